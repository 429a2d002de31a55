-- Whoever writes twice into one row asks PostgreSQL for the keys that it refers to, with the row in
-- hand. So merging customers locks no keys, and what is written down for a customer who is being
-- merged waits here by itself: for the one they are by then, whoever that is.
CREATE OR REPLACE FUNCTION follow_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held uuid;
    found uuid;
BEGIN
    -- Whoever only writes the same again has other rows in hand, and asks for none of these.
    IF TG_OP = 'UPDATE' AND NEW.customer_id IS NOT DISTINCT FROM OLD.customer_id THEN
        RETURN NEW;
    END IF;
    LOOP
        WITH RECURSIVE line AS (
            SELECT id, merged_into FROM customer WHERE id = NEW.customer_id
            UNION ALL SELECT c.id, c.merged_into FROM customer c JOIN line ON c.id = line.merged_into
        )
        SELECT id INTO found FROM line WHERE merged_into IS NULL;
        EXIT WHEN found IS NULL OR found IS NOT DISTINCT FROM held;
        PERFORM FROM customer WHERE id = found FOR NO KEY UPDATE;
        held := found;
    END LOOP;
    NEW.customer_id := coalesce(found, NEW.customer_id);
    RETURN NEW;
END;
$$;

-- The index is written in batches, in whatever order; a batch of messages locks conversations by id.
-- No conversation is ever deleted, and an erasure takes the entries itself.
ALTER TABLE search_entry DROP CONSTRAINT search_entry_conversation_id_fkey;
