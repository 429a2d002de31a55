-- Whose address a message came from: somebody who wrote may be answered there.
ALTER TABLE inbound ADD COLUMN from_kind text;
ALTER TABLE inbound ADD COLUMN from_key text; -- contact_point.key
CREATE INDEX inbound_from ON inbound (from_kind, from_key, received_at DESC) WHERE state = 'taken';
