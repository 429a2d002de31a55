-- What a view asks of a conversation stands in the lists' indexes: a view that finds little looks
-- through an index instead of every row. Nothing of it changes without a new entry anyway, but for
-- tags and teams, which change seldom.
DROP INDEX conversation_open;
DROP INDEX conversation_closed;
CREATE INDEX conversation_open ON conversation (listed_at DESC, id DESC)
    INCLUDE (shop_id, assignee_id, channel, locale, team_id, queue_id, waiting_since, tag_ids)
    WHERE state = 'open' AND message_count > 0 AND snoozed_at IS NULL;
CREATE INDEX conversation_closed ON conversation (listed_at DESC, id DESC)
    INCLUDE (shop_id, assignee_id, channel, locale, team_id, queue_id, waiting_since, tag_ids)
    WHERE state = 'closed' AND message_count > 0;
