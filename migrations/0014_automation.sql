-- When something happens, and if it is so, then this is done.
CREATE TABLE rule (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    name text NOT NULL,
    is_on boolean NOT NULL DEFAULT false,
    position integer NOT NULL,
    trigger text NOT NULL, -- stoa.contact.automation.schemas.TriggerCode
    definition jsonb NOT NULL, -- stoa.contact.automation.schemas.RuleDefinition
    -- Of a rule that waits: customers who began to wait up to here have been looked at.
    waits_seen_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid REFERENCES staff (id)
);
CREATE INDEX rule_shop ON rule (shop_id, position, id);

-- One row per message that a rule or a webhook has to be asked about; gone once they were. Without
-- foreign keys: checking those would wait for the locks of conversations that are written to.
CREATE TABLE rule_task (
    id uuid PRIMARY KEY, -- the message's id, or made from rule and beginning of a wait
    conversation_id uuid NOT NULL,
    message_id uuid,
    rule_id uuid, -- null: every rule with such a trigger
    triggers text[] NOT NULL,
    tag_ids uuid[] NOT NULL DEFAULT '{}', -- what a person tagged it with
    failures integer NOT NULL DEFAULT 0, -- by a fault of ours; given up after some
    at timestamptz NOT NULL
);
CREATE INDEX rule_task_conversation ON rule_task (conversation_id, at, id);

-- What a rule did. It acts on one message once, however often it is asked.
CREATE TABLE rule_run (
    id uuid PRIMARY KEY,
    rule_id uuid NOT NULL REFERENCES rule (id) ON DELETE CASCADE,
    event_id uuid NOT NULL, -- rule_task.id
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    note_id uuid REFERENCES message (id) ON DELETE SET NULL, -- where the timeline says so
    has_replied boolean NOT NULL DEFAULT false,
    deeds jsonb NOT NULL, -- [stoa.contact.automation.schemas.Deed]
    at timestamptz NOT NULL,
    undone_at timestamptz,
    undone_by uuid REFERENCES staff (id),
    UNIQUE (rule_id, event_id)
);
CREATE INDEX rule_run_rule ON rule_run (rule_id, at DESC, id DESC);
CREATE INDEX rule_run_conversation ON rule_run (conversation_id, at);
CREATE INDEX rule_run_note ON rule_run (note_id);

-- How far the agents' list has been followed. One row; it is locked by whoever follows.
CREATE TABLE rule_position (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    seq bigint NOT NULL,
    at timestamptz NOT NULL, -- when what was followed last had happened
    since timestamptz NOT NULL, -- what was said before nobody is asked about
    is_followed boolean NOT NULL -- false: no rule is on, and no webhook
);
INSERT INTO rule_position (seq, at, since, is_followed) VALUES (0, now(), now(), false);

-- The last message of a conversation that was seen; without a foreign key, as above.
CREATE TABLE rule_seen (
    conversation_id uuid PRIMARY KEY,
    seq bigint NOT NULL
);
