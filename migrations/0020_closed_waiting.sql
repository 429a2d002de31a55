-- Since when the customer waited when the conversation was closed: a closing that is taken back soon
-- takes nothing from them.
ALTER TABLE conversation ADD COLUMN closed_waiting_since timestamptz;
