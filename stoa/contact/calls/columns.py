"""SQL that says how calls look as JSON: the snapshots and the events are made by the same words."""

_NAME = "coalesce((SELECT s.name FROM staff s WHERE s.id = l.staff_id), '')"

# A leg `l` as stoa.contact.calls.schemas.LegView.
LEG_JSON = f"""jsonb_build_object(
    'id', l.id, 'role', l.role, 'staff_id', l.staff_id, 'name', {_NAME}, 'mode', l.mode,
    'state', l.state, 'is_held', l.is_held OR l.is_parked, 'is_muted', l.is_muted,
    'joined_at', l.joined_at)"""

# A recording `r` as stoa.contact.conversations.schemas.RecordingView.
RECORDING_JSON = """jsonb_build_object(
    'id', r.id, 'kind', r.kind, 'state', r.state, 'channels', r.channels,
    'duration_ms', r.duration_ms, 'started_at', r.started_at, 'is_complete', r.is_complete,
    'waveform', (SELECT coalesce(jsonb_agg(get_byte(r.waveform, n) ORDER BY n), '[]')
                 FROM generate_series(0, length(r.waveform) - 1) n))"""

RECORDINGS_JSON = f"""(
    SELECT coalesce(jsonb_agg({RECORDING_JSON} ORDER BY r.started_at, r.id), '[]')
    FROM call_recording r WHERE r.call_id = c.id)"""

# A call `c` as CallRow.
ROW_JSON = f"""jsonb_build_object(
    'id', c.id, 'shop_id', c.shop_id, 'conversation_id', c.conversation_id,
    'visitor_id', c.visitor_id,
    'contact_name', (SELECT v.contact_name FROM conversation v WHERE v.id = c.conversation_id),
    'direction', c.direction, 'state', c.state, 'end_reason', c.end_reason, 'locale', c.locale,
    'skill', c.skill, 'page_url', c.page_url, 'recording', c.recording,
    'recording_policy', coalesce(
        (SELECT s.settings -> 'calls' ->> 'recording' FROM shop s WHERE s.id = c.shop_id), 'never'),
    'callback_phone', c.callback_phone,
    'legs', (SELECT coalesce(jsonb_agg({LEG_JSON} ORDER BY l.joined_at, l.id), '[]')
        FROM call_leg l WHERE l.call_id = c.id AND l.state <> 'left'
        AND (l.role <> 'supervisor' OR l.mode = 'talk' OR coalesce((SELECT
            (s.settings -> 'calls' ->> 'agent_sees_supervisor')::boolean
            FROM shop s WHERE s.id = c.shop_id), true))),
    'offers', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', o.id, 'staff_id', o.staff_id, 'kind', o.kind, 'state', o.state,
            'by_name', (SELECT s.name FROM staff s WHERE s.id = o.by_staff_id),
            'offered_at', o.offered_at, 'until', o.until) ORDER BY o.offered_at, o.id), '[]')
        FROM call_offer o WHERE o.call_id = c.id AND o.state = 'offered'),
    'facts', c.facts, 'recordings', {RECORDINGS_JSON},
    'queued_at', c.queued_at, 'created_at', c.created_at, 'answered_at', c.answered_at,
    'ended_at', c.ended_at, 'version', c.version)"""

# Whose turn it is before `c`. Who waits on the line is not kept by those who wait for a call back.
_AHEAD = """(SELECT count(*) FROM call o WHERE o.state <> 'ended'
    AND (o.queued_at, o.id) < (c.queued_at, c.id)
    AND (o.state IN ('queued', 'ringing') OR o.state = 'callback' AND c.state = 'callback'))"""

# A call `c` as CustomerCall, without `wait`, which takes arithmetic.
CUSTOMER_JSON = f"""jsonb_build_object(
    'id', c.id, 'shop_id', c.shop_id, 'conversation_id', c.conversation_id,
    'direction', c.direction, 'state', c.state, 'end_reason', c.end_reason,
    'position', CASE WHEN c.state IN ('queued', 'ringing', 'callback') THEN 1 + {_AHEAD} END,
    'leg_id', (SELECT l.id FROM call_leg l
        WHERE l.call_id = c.id AND l.role = 'customer' AND l.state <> 'left'),
    'legs', (SELECT coalesce(jsonb_agg({LEG_JSON} ORDER BY l.joined_at, l.id), '[]')
        FROM call_leg l WHERE l.call_id = c.id AND l.state <> 'left'
        AND (l.role = 'customer' OR l.mode = 'talk')),
    'recording', c.recording,
    'is_attended', c.unattended_since IS NULL,
    'is_callback_offered', (c.state IN ('queued', 'ringing')
            OR coalesce(c.end_reason IN ('lost', 'failed'), false))
        AND coalesce((SELECT (s.settings -> 'calls' ->> 'callback')::boolean
            FROM shop s WHERE s.id = c.shop_id), true),
    'is_voicemail_offered', c.state IN ('queued', 'ringing') AND c.unattended_since IS NOT NULL
        AND coalesce((SELECT (s.settings -> 'calls' ->> 'voicemail')::boolean
            FROM shop s WHERE s.id = c.shop_id), true),
    'created_at', c.created_at, 'answered_at', c.answered_at, 'ended_at', c.ended_at,
    'version', c.version + c.moves)"""

# A call `c` as stoa.contact.calls.models.Call.
CALL_JSON = f"""jsonb_build_object(
    'id', c.id, 'shop_id', c.shop_id, 'conversation_id', c.conversation_id,
    'visitor_id', c.visitor_id, 'message_id', c.message_id, 'client_id', c.client_id,
    'direction', c.direction, 'state', c.state, 'end_reason', c.end_reason, 'locale', c.locale,
    'skill', c.skill, 'page_url', c.page_url, 'recording', c.recording,
    'callback_phone', c.callback_phone, 'callback_of', c.callback_of, 'queued_at', c.queued_at,
    'unattended_since', c.unattended_since, 'answered_at', c.answered_at, 'ended_at', c.ended_at,
    'media_node', c.media_node, 'created_at', c.created_at, 'facts', c.facts,
    'legs', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', l.id, 'role', l.role, 'staff_id', l.staff_id, 'name', {_NAME}, 'mode', l.mode,
            'state', l.state, 'is_held', l.is_held, 'is_parked', l.is_parked,
            'is_muted', l.is_muted, 'connection_id', l.connection_id, 'joined_at', l.joined_at,
            'state_at', l.state_at, 'left_at', l.left_at) ORDER BY l.joined_at, l.id), '[]')
        FROM call_leg l WHERE l.call_id = c.id),
    'offers', (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', o.id, 'staff_id', o.staff_id,
            'name', (SELECT s.name FROM staff s WHERE s.id = o.staff_id), 'kind', o.kind,
            'by_staff_id', o.by_staff_id, 'state', o.state, 'offered_at', o.offered_at,
            'until', o.until, 'answered_at', o.answered_at) ORDER BY o.offered_at, o.id), '[]')
        FROM (SELECT DISTINCT ON (staff_id) * FROM call_offer WHERE call_id = c.id
            ORDER BY staff_id, offered_at DESC, id DESC) o))"""
