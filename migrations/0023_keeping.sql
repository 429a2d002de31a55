-- What nobody needs any more is found by its age: the bytes of what was put away, and the words of
-- what has left (an answer's are in its conversation).
CREATE INDEX inbound_put_away ON inbound (received_at)
    WHERE state = 'ignored' AND blob_id IS NOT NULL;
CREATE INDEX delivery_over ON delivery (created_at)
    WHERE state IN ('sent', 'delivered', 'cancelled') AND content <> '{}';
