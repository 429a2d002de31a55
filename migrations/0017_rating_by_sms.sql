ALTER TABLE rating DROP CONSTRAINT rating_way_check;
ALTER TABLE rating ADD CONSTRAINT rating_way_check CHECK (way IN ('chat', 'email', 'sms'));
