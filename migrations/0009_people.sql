-- One person is one customer. Of two that turned out to be the same person, the one that was merged
-- says into whom; whoever is told of the old one is led on.
ALTER TABLE customer ADD COLUMN merged_into uuid REFERENCES customer (id);
ALTER TABLE customer ADD COLUMN preferred_channel text; -- null: the way they came last
ALTER TABLE customer ADD COLUMN search_text text NOT NULL DEFAULT ''; -- the name, folded
ALTER TABLE customer ADD COLUMN erased_at timestamptz; -- nothing is known of this person any more
ALTER TABLE customer ADD CONSTRAINT customer_not_into_itself CHECK (merged_into <> id);
CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX customer_newest ON customer (created_at DESC, id DESC) WHERE merged_into IS NULL;

-- What is written down for a customer while they are being merged waits for that, and goes to the
-- one who stays: a statement cannot know whom a merge that commits a moment later leaves.
CREATE FUNCTION follow_merge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    further uuid;
BEGIN
    LOOP
        SELECT merged_into INTO further FROM customer WHERE id = NEW.customer_id FOR KEY SHARE;
        EXIT WHEN further IS NULL;
        NEW.customer_id := further;
    END LOOP;
    RETURN NEW;
END;
$$;
CREATE TRIGGER visitor_follows_merge BEFORE INSERT OR UPDATE OF customer_id ON visitor
    FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge();
CREATE TRIGGER conversation_follows_merge BEFORE INSERT OR UPDATE OF customer_id ON conversation
    FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge();
CREATE TRIGGER order_follows_merge BEFORE INSERT OR UPDATE OF customer_id ON "order"
    FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge();
CREATE TRIGGER contact_point_follows_merge BEFORE INSERT OR UPDATE OF customer_id ON contact_point
    FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge();

-- What an agent should know of a customer, whichever conversation it is.
CREATE TABLE customer_note (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    staff_id uuid NOT NULL REFERENCES staff (id),
    body text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX customer_note_customer ON customer_note (customer_id, created_at DESC, id DESC);
CREATE TRIGGER customer_note_follows_merge BEFORE INSERT OR UPDATE OF customer_id ON customer_note
    FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION follow_merge();

-- Two customers who may be one person. A pair is proposed once; more evidence renews it.
CREATE TABLE merge_proposal (
    id uuid PRIMARY KEY,
    first_id uuid NOT NULL REFERENCES customer (id),
    second_id uuid NOT NULL REFERENCES customer (id),
    state text NOT NULL CHECK (state IN ('open', 'dismissed', 'merged')),
    evidence jsonb NOT NULL, -- [stoa.people.customers.schemas.Evidence]
    staff_id uuid REFERENCES staff (id), -- who dismissed or merged
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    CHECK (first_id < second_id),
    UNIQUE (first_id, second_id)
);
CREATE INDEX merge_proposal_open ON merge_proposal (created_at DESC, id DESC) WHERE state = 'open';
CREATE INDEX merge_proposal_second ON merge_proposal (second_id);

CREATE TABLE customer_merge (
    id uuid PRIMARY KEY,
    from_id uuid NOT NULL REFERENCES customer (id),
    into_id uuid NOT NULL REFERENCES customer (id),
    staff_id uuid REFERENCES staff (id), -- null: by a verified match
    reason text NOT NULL CHECK (reason IN ('person', 'verified')),
    before jsonb NOT NULL, -- what the merge changed of the one who stays: {column: [before, after]}
    merged_at timestamptz NOT NULL,
    undone_at timestamptz,
    undone_by uuid REFERENCES staff (id)
);
CREATE UNIQUE INDEX customer_merge_standing ON customer_merge (from_id) WHERE undone_at IS NULL;
CREATE INDEX customer_merge_into ON customer_merge (into_id, merged_at DESC, id DESC);

-- Every row that a merge moved, so that it can be moved back.
CREATE TABLE customer_move (
    merge_id uuid NOT NULL REFERENCES customer_merge (id) ON DELETE CASCADE,
    kind text NOT NULL
        CHECK (kind IN ('visitor', 'conversation', 'order', 'point', 'note', 'point_joined')),
    row_id uuid NOT NULL,
    -- Of a point that both had: the row that went, and how the one that stayed stood before.
    joined jsonb,
    PRIMARY KEY (merge_id, kind, row_id)
);
CREATE INDEX customer_move_row ON customer_move (row_id);

-- The ledger of consent holds as well what was agreed to for an address: to be written to there.
ALTER TABLE consent ALTER COLUMN subject DROP NOT NULL;
ALTER TABLE consent ADD COLUMN point_kind text
    CHECK (point_kind IN ('email', 'phone', 'postal', 'fax', 'messenger'));
ALTER TABLE consent ADD COLUMN point_key text; -- contact_point.key; null once the person was erased
ALTER TABLE consent ADD COLUMN channel text; -- what it was asked or said by
ALTER TABLE consent ADD COLUMN recorded_by uuid REFERENCES staff (id); -- who wrote down what was said
ALTER TABLE consent ADD COLUMN proof jsonb NOT NULL DEFAULT '{}'; -- stoa.people.consent.models.Proof
ALTER TABLE consent ADD COLUMN erased_at timestamptz;
ALTER TABLE consent DROP CONSTRAINT consent_purpose_check;
ALTER TABLE consent ADD CONSTRAINT consent_purpose_check CHECK (purpose IN
    ('recording', 'cobrowsing', 'control', 'snapshot', 'service', 'urgent', 'marketing'));
ALTER TABLE consent DROP CONSTRAINT consent_how_check;
ALTER TABLE consent ADD CONSTRAINT consent_how_check CHECK (how IN
    ('clicked', 'announced', 'written', 'spoken', 'double_opt_in', 'imported', 'stop', 'link'));
-- Whoever owns the address may be unknown; the address is whom it is about.
ALTER TABLE consent DROP CONSTRAINT consent_check;
ALTER TABLE consent ADD CONSTRAINT consent_person CHECK (
    (visitor_id IS NULL AND customer_id IS NULL) = (staff_id IS NOT NULL)
    OR (point_kind IS NOT NULL AND staff_id IS NULL)
);
ALTER TABLE consent ADD CONSTRAINT consent_about CHECK (num_nonnulls(subject, point_kind) = 1);
ALTER TABLE consent ADD CONSTRAINT consent_point CHECK (
    (point_kind IS NULL AND point_key IS NULL)
    OR (point_kind IS NOT NULL AND (point_key IS NOT NULL OR erased_at IS NOT NULL))
);
CREATE INDEX consent_of_point ON consent (point_kind, point_key, purpose, at DESC, id DESC)
    WHERE point_key IS NOT NULL;
CREATE INDEX consent_customer ON consent (customer_id, at, id) WHERE customer_id IS NOT NULL;

-- Rows are only added. The one exception is the law's: an erasure, which says so in its transaction,
-- takes the address and the proof out of a row and leaves what was said, when, and how.
CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('stoa.erasing', true) = 'yes'
        AND NEW.erased_at IS NOT NULL
        AND (NEW.id, NEW.purpose, NEW.state, NEW.how, NEW.wording, NEW.wording_version, NEW.at)
            = (OLD.id, OLD.purpose, OLD.state, OLD.how, OLD.wording, OLD.wording_version, OLD.at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;
DROP TRIGGER consent_only_added ON consent;
CREATE TRIGGER consent_only_added BEFORE UPDATE OR DELETE ON consent
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();

-- Everything about one person as a file, made as a job.
CREATE TABLE customer_export (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    staff_id uuid NOT NULL REFERENCES staff (id),
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    steps_done integer NOT NULL DEFAULT 0,
    steps integer NOT NULL DEFAULT 0,
    blob_id uuid REFERENCES blob (id),
    size_bytes bigint,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    expires_at timestamptz NOT NULL -- the file is gone then
);
CREATE INDEX customer_export_customer ON customer_export (customer_id, created_at DESC, id DESC);
CREATE INDEX customer_export_expiring ON customer_export (expires_at) WHERE blob_id IS NOT NULL;

-- An erasure: who did it, what went, and what the law keeps until when. Names nobody.
CREATE TABLE customer_erasure (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id),
    staff_id uuid NOT NULL REFERENCES staff (id),
    report jsonb NOT NULL, -- stoa.desk.erasing.schemas.ErasureReport
    erased_at timestamptz NOT NULL
);
CREATE INDEX customer_erasure_customer ON customer_erasure (customer_id);

-- What the law keeps of a person who was erased: nobody sees or uses it for anything else.
ALTER TABLE "order" ADD COLUMN restricted_until date;

-- Whoever left an address or ordered before there were customers is one, with what they said last.
-- The name is folded as stoa.platform.i18n.locale.fold does it, as far as these languages go.
WITH known AS MATERIALIZED (
    SELECT gen_random_uuid() AS customer_id, v.id AS visitor_id, v.locale, v.created_at,
        coalesce(o.name, c.name, '') AS name, coalesce(o.email, c.email) AS email,
        coalesce(o.phone, '') AS phone, CASE WHEN o.email IS NULL THEN 'chat' ELSE 'checkout' END AS source
    FROM visitor v
    LEFT JOIN LATERAL (
        SELECT shipping_address ->> 'name' AS name, email, phone FROM "order"
        WHERE visitor_id = v.id ORDER BY placed_at DESC, id DESC LIMIT 1
    ) o ON true
    LEFT JOIN LATERAL (
        SELECT contact_name AS name, contact_email AS email FROM conversation
        WHERE visitor_id = v.id AND contact_email IS NOT NULL
        ORDER BY last_message_at DESC, id DESC LIMIT 1
    ) c ON true
    WHERE v.customer_id IS NULL AND coalesce(o.email, c.email) IS NOT NULL
), made AS (
    INSERT INTO customer (id, name, search_text, locale, created_at, updated_at)
    SELECT customer_id, name, translate(lower(name), 'ąćęłńóśźżäöüàèéìòùάέήίόύώϊϋΐΰς',
        'acelnoszzaouaeeiouαεηιουωιυιυσ'), locale, created_at, now() FROM known
), written AS (
    INSERT INTO contact_point (id, customer_id, kind, value, key, state, source, created_at)
    SELECT gen_random_uuid(), customer_id, 'email', email, lower(btrim(email)), 'claimed', source,
        created_at FROM known
), called AS (
    INSERT INTO contact_point (id, customer_id, kind, value, key, state, source, created_at)
    SELECT gen_random_uuid(), customer_id, 'phone', phone, regexp_replace(phone, '[^+0-9]', '', 'g'),
        'claimed', source, created_at FROM known WHERE phone LIKE '+%'
)
UPDATE visitor v SET customer_id = k.customer_id FROM known k WHERE v.id = k.visitor_id;
UPDATE conversation c SET customer_id = v.customer_id, version = c.version + 1
    FROM visitor v WHERE v.id = c.visitor_id AND c.customer_id IS NULL AND v.customer_id IS NOT NULL;
UPDATE "order" o SET customer_id = v.customer_id, version = o.version + 1
    FROM visitor v WHERE v.id = o.visitor_id AND o.customer_id IS NULL AND v.customer_id IS NOT NULL;
