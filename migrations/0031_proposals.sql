-- Checking that a customer is there waits for whoever merges them, who in turn waits for whoever
-- proposes: two merges of people with one address stood in each other's way. No customer is ever
-- deleted, so there is nothing to check.
ALTER TABLE merge_proposal DROP CONSTRAINT merge_proposal_first_id_fkey;
ALTER TABLE merge_proposal DROP CONSTRAINT merge_proposal_second_id_fkey;
