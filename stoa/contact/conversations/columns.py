"""SQL that says how rows look as JSON: the snapshots and the events are made by the same words."""

# A conversation `c` as stoa.contact.conversations.schemas.ConversationRow.
ROW_JSON = """jsonb_build_object(
    'id', c.id, 'shop_id', c.shop_id, 'visitor_id', c.visitor_id, 'customer_id', c.customer_id,
    'channel', c.channel, 'state', c.state, 'is_offline', c.is_offline,
    'contact_name', c.contact_name, 'contact_email', c.contact_email, 'locale', c.locale,
    'assignee_id', c.assignee_id,
    'assignee_name', (SELECT s.name FROM staff s WHERE s.id = c.assignee_id),
    'message_count', c.message_count, 'unread_count', c.unread_count,
    'last_message_at', c.last_message_at, 'last_message_preview', c.last_message_preview,
    'last_sender_kind', c.last_sender_kind, 'waiting_since', c.waiting_since,
    'agent_read_seq', c.agent_read_seq, 'customer_read_seq', c.customer_read_seq,
    'page_url', c.page_url, 'created_at', c.created_at, 'closed_at', c.closed_at,
    'team_id', c.team_id, 'queue_id', c.queue_id,
    'inbox_id', c.inbox_id, 'subject', c.subject, 'answer_channel', c.answer_channel,
    'tag_ids', c.tag_ids, 'snoozed_at', c.snoozed_at, 'snoozed_until', c.snoozed_until,
    'woke_at', c.woke_at, 'woke_by', c.woke_by,
    'warn_at', CASE WHEN c.due_for = c.waiting_since THEN c.warn_at END,
    'due_at', CASE WHEN c.due_for = c.waiting_since THEN c.due_at END,
    'version', c.version)"""

# A conversation `c` as ConversationView: what its customer may know.
VIEW_JSON = """jsonb_build_object(
    'id', c.id, 'shop_id', c.shop_id, 'channel', c.channel, 'state', c.state,
    'is_offline', c.is_offline, 'locale', c.locale, 'contact_name', c.contact_name,
    'contact_email', c.contact_email,
    'agent', (SELECT jsonb_build_object('id', s.id, 'name', s.name)
              FROM staff s WHERE s.id = c.assignee_id),
    'agent_read_seq', c.agent_read_seq, 'customer_read_seq', c.customer_read_seq,
    'created_at', c.created_at, 'closed_at', c.closed_at)"""

# The way by which the customer of a conversation `c` waits for an answer.
WAIT_CHANNEL = """CASE WHEN c.is_offline AND c.answer_channel IS NULL THEN 'message'
    ELSE coalesce(c.answer_channel, c.channel) END"""

# A message `m` as MessageView.
MESSAGE_JSON = """jsonb_build_object(
    'id', m.id, 'conversation_id', m.conversation_id, 'seq', m.seq, 'client_id', m.client_id,
    'kind', m.kind, 'sender_kind', m.sender_kind, 'staff_id', m.staff_id,
    'staff_name', (SELECT s.name FROM staff s WHERE s.id = m.staff_id),
    'body', m.body, 'card', m.card, 'attachments', m.attachments, 'channel', m.channel,
    'delivery', m.delivery, 'created_at', m.created_at)"""
