-- A text by an agent to somebody who did not write counts towards the day's cap, as notices do.
ALTER TABLE delivery ADD COLUMN is_unasked boolean NOT NULL DEFAULT false;
