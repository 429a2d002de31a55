-- What customers are promised: an answer within so much of the time in which the shop is open.
CREATE TABLE sla_policy (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id) ON DELETE CASCADE,
    name text NOT NULL,
    -- What it is for; null: whatever. Of several the nearest holds: queue, inbox, channel, shop.
    channel text,
    inbox_id uuid REFERENCES inbox (id) ON DELETE CASCADE,
    queue_id uuid REFERENCES queue (id) ON DELETE CASCADE,
    first_seconds integer CHECK (first_seconds > 0), -- null: the first answer may take its time
    next_seconds integer CHECK (next_seconds > 0),
    warn_percent smallint NOT NULL CHECK (warn_percent BETWEEN 1 AND 99),
    is_on boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (num_nonnulls(first_seconds, next_seconds) > 0),
    CHECK (num_nonnulls(channel, inbox_id, queue_id) <= 1),
    UNIQUE NULLS NOT DISTINCT (shop_id, channel, inbox_id, queue_id)
);

-- By when the wait that began at `due_for` has to end; of no meaning for any other wait, so that
-- whatever ends one does not have to know about this.
ALTER TABLE conversation ADD COLUMN due_for timestamptz;
ALTER TABLE conversation ADD COLUMN due_at timestamptz;
ALTER TABLE conversation ADD COLUMN warn_at timestamptz;

-- The waits that run against a promise.
CREATE TABLE sla_timer (
    conversation_id uuid PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
    shop_id uuid NOT NULL REFERENCES shop (id) ON DELETE CASCADE,
    policy_id uuid NOT NULL, -- it may be gone until the next look
    kind text NOT NULL CHECK (kind IN ('first', 'next')),
    promised_seconds integer NOT NULL,
    waiting_since timestamptz NOT NULL,
    warn_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    warned_at timestamptz,
    next_at timestamptz -- when something is to be done about it; null: it is broken already
);
CREATE INDEX sla_timer_next ON sla_timer (next_at, conversation_id) WHERE next_at IS NOT NULL;
CREATE INDEX sla_timer_due ON sla_timer (due_at, conversation_id);

-- A promise that was not kept: once for each wait.
CREATE TABLE sla_breach (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id) ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    policy_id uuid REFERENCES sla_policy (id) ON DELETE SET NULL,
    kind text NOT NULL CHECK (kind IN ('first', 'next')),
    channel text NOT NULL,
    assignee_id uuid REFERENCES staff (id), -- whose it was then
    promised_seconds integer NOT NULL,
    waiting_since timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    breached_at timestamptz NOT NULL,
    ended_at timestamptz, -- when the wait did
    UNIQUE (conversation_id, waiting_since)
);
CREATE INDEX sla_breach_recent ON sla_breach (breached_at DESC, id DESC);
CREATE INDEX sla_breach_running ON sla_breach (conversation_id) WHERE ended_at IS NULL;

ALTER TABLE answer_time ADD COLUMN staff_id uuid REFERENCES staff (id); -- who answered
