-- What failed and is sent anew by a person is something new to whoever carries it.
ALTER TABLE delivery ADD COLUMN round integer NOT NULL DEFAULT 0 CHECK (round >= 0);
