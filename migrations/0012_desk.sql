-- What a team needs at its desk: tags, snoozing, saved views, macros, and finding everything again.

CREATE TABLE tag (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    name text NOT NULL,
    key text NOT NULL, -- folded: what two of them are compared by
    tone text NOT NULL DEFAULT 'neutral' CHECK (tone IN ('neutral', 'good', 'warn', 'bad')),
    merged_into uuid REFERENCES tag (id), -- conversations that name it are meant to have that one
    removed_at timestamptz, -- conversations may still name it; nobody is shown it
    staff_id uuid REFERENCES staff (id),
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX tag_key ON tag (shop_id, key) WHERE merged_into IS NULL AND removed_at IS NULL;

-- For finding a tag's conversations; what a conversation shows is its own column `tag_ids`.
CREATE TABLE conversation_tag (
    tag_id uuid NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, conversation_id)
);
CREATE INDEX conversation_tag_conversation ON conversation_tag (conversation_id);

ALTER TABLE conversation ADD COLUMN tag_ids uuid[] NOT NULL DEFAULT '{}';
-- Put aside: until a moment, and in any case until the customer writes again.
ALTER TABLE conversation ADD COLUMN snoozed_at timestamptz;
ALTER TABLE conversation ADD COLUMN snoozed_until timestamptz;
ALTER TABLE conversation ADD COLUMN woke_at timestamptz; -- came back by its time
ALTER TABLE conversation ADD COLUMN woke_by text CHECK (woke_by IN ('time', 'customer'));
ALTER TABLE conversation ADD CONSTRAINT conversation_snooze CHECK (
    (snoozed_until IS NULL OR snoozed_at IS NOT NULL) AND (snoozed_at IS NULL OR state = 'open')
);
-- Where it stands in the lists. What came back by its time stands above what was said since then.
ALTER TABLE conversation ADD COLUMN listed_at timestamptz NOT NULL
    GENERATED ALWAYS AS (greatest(last_message_at, woke_at)) STORED;

-- Every message writes into each of these that its conversation is in: three while its customer
-- waits. With them no list and no count looks at more rows than it shows.
DROP INDEX conversation_open;
DROP INDEX conversation_closed;
CREATE INDEX conversation_open ON conversation (listed_at DESC, id DESC)
    WHERE state = 'open' AND message_count > 0 AND snoozed_at IS NULL;
CREATE INDEX conversation_assigned ON conversation (assignee_id, listed_at DESC, id DESC)
    WHERE state = 'open' AND message_count > 0 AND snoozed_at IS NULL AND assignee_id IS NOT NULL;
CREATE INDEX conversation_unassigned ON conversation (listed_at DESC, id DESC)
    WHERE state = 'open' AND message_count > 0 AND snoozed_at IS NULL AND assignee_id IS NULL;
CREATE INDEX conversation_waiting ON conversation (waiting_since, id) INCLUDE (assignee_id)
    WHERE state = 'open' AND message_count > 0 AND snoozed_at IS NULL
    AND waiting_since IS NOT NULL;
CREATE INDEX conversation_snoozed ON conversation (listed_at DESC, id DESC)
    WHERE snoozed_at IS NOT NULL AND message_count > 0;
CREATE INDEX conversation_wakes ON conversation (snoozed_until) WHERE snoozed_until IS NOT NULL;
CREATE INDEX conversation_closed ON conversation (listed_at DESC, id DESC)
    WHERE state = 'closed' AND message_count > 0;

-- A list somebody put together, for themselves or for everybody.
CREATE TABLE saved_view (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    name text NOT NULL,
    filters jsonb NOT NULL, -- stoa.contact.conversations.schemas.desk.Filters
    is_shared boolean NOT NULL DEFAULT false,
    position integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX saved_view_staff ON saved_view (staff_id, position, id);
CREATE INDEX saved_view_shared ON saved_view (position, id) WHERE is_shared;

-- Several acts under one key.
CREATE TABLE macro (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    name text NOT NULL,
    digit smallint CHECK (digit BETWEEN 1 AND 9), -- the key that runs it, after another
    reply_id uuid REFERENCES saved_reply (id) ON DELETE SET NULL,
    acts jsonb NOT NULL, -- stoa.contact.conversations.schemas.desk.Act
    staff_id uuid REFERENCES staff (id),
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX macro_digit ON macro (shop_id, digit) WHERE digit IS NOT NULL;
CREATE UNIQUE INDEX macro_name ON macro (shop_id, lower(name));

-- Everything that can be found by its words, folded by stoa.platform.i18n.words.
CREATE TABLE search_entry (
    id uuid PRIMARY KEY, -- of the message, conversation, order or customer
    kind text NOT NULL CHECK (kind IN ('message', 'conversation', 'order', 'customer')),
    conversation_id uuid REFERENCES conversation (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    document tsvector NOT NULL,
    CHECK ((conversation_id IS NOT NULL) = (kind IN ('message', 'conversation')))
);
-- Entries are written in batches in the background, so the index is kept whole at once: a list of
-- what is pending would be read through by every search.
CREATE INDEX search_said ON search_entry USING gin (document) WITH (fastupdate = off)
    WHERE conversation_id IS NOT NULL;
CREATE INDEX search_known ON search_entry USING gin (document) WITH (fastupdate = off)
    WHERE conversation_id IS NULL;
CREATE INDEX search_newest ON search_entry (at DESC, id DESC) WHERE conversation_id IS NOT NULL;
CREATE INDEX search_conversation ON search_entry (conversation_id, at DESC, id DESC)
    WHERE conversation_id IS NOT NULL;
-- How often words occur decides how they are looked for.
ALTER TABLE search_entry ALTER COLUMN document SET STATISTICS 1000;

-- What is to be read (again) for the search. Whoever writes into the tables below pays one short row
-- here; folding and indexing happen afterwards.
CREATE TABLE search_due (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    id uuid NOT NULL
);

CREATE FUNCTION search_messages_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_due (kind, id)
        SELECT 'message', w.id FROM written w WHERE w.body <> '' OR w.attachments <> '[]';
    RETURN NULL;
END $$;
CREATE TRIGGER search_messages AFTER INSERT ON message
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_messages_due();

-- The rest is changed rarely, a row at a time.
CREATE FUNCTION search_row_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO search_due (kind, id) VALUES (TG_ARGV[0], OLD.id);
    ELSE
        INSERT INTO search_due (kind, id) VALUES (TG_ARGV[0], NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION search_point_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO search_due (kind, id) VALUES ('customer', OLD.customer_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO search_due (kind, id) VALUES ('customer', NEW.customer_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER search_message_changed AFTER DELETE OR UPDATE OF body, attachments ON message
    FOR EACH ROW EXECUTE FUNCTION search_row_due('message');
CREATE TRIGGER search_conversation AFTER UPDATE OF contact_name, contact_email, subject
    ON conversation FOR EACH ROW EXECUTE FUNCTION search_row_due('conversation');
CREATE TRIGGER search_conversation_named AFTER INSERT ON conversation FOR EACH ROW
    WHEN (NEW.contact_name <> '' OR NEW.contact_email IS NOT NULL OR NEW.subject <> '')
    EXECUTE FUNCTION search_row_due('conversation');
CREATE TRIGGER search_order AFTER INSERT OR DELETE OR UPDATE OF number, search_text ON "order"
    FOR EACH ROW EXECUTE FUNCTION search_row_due('order');
CREATE TRIGGER search_customer AFTER INSERT OR DELETE OR UPDATE OF name, email, phone ON customer
    FOR EACH ROW EXECUTE FUNCTION search_row_due('customer');
CREATE TRIGGER search_point AFTER INSERT OR DELETE OR UPDATE OF customer_id, value ON contact_point
    FOR EACH ROW EXECUTE FUNCTION search_point_due();

INSERT INTO search_due (kind, id) SELECT 'message', id FROM message ORDER BY created_at, id;
INSERT INTO search_due (kind, id) SELECT 'conversation', id FROM conversation
    WHERE contact_name <> '' OR contact_email IS NOT NULL OR subject <> '';
INSERT INTO search_due (kind, id) SELECT 'order', id FROM "order";
INSERT INTO search_due (kind, id) SELECT 'customer', id FROM customer;
