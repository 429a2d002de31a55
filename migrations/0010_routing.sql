-- People who serve certain customers together. Without one, whoever answers has a conversation.
CREATE TABLE team (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    languages text[] NOT NULL DEFAULT '{}', -- of its customers; empty: all
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    removed_at timestamptz -- conversations go on naming the team they were with
);
CREATE UNIQUE INDEX team_name ON team (lower(name)) WHERE removed_at IS NULL;

-- The shops it serves; none: all of them.
CREATE TABLE team_shop (
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    shop_id uuid NOT NULL REFERENCES shop (id) ON DELETE CASCADE,
    PRIMARY KEY (team_id, shop_id)
);

CREATE TABLE team_member (
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    staff_id uuid NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    PRIMARY KEY (team_id, staff_id)
);
CREATE INDEX team_member_staff ON team_member (staff_id);

-- Where conversations wait for somebody of the team.
CREATE TABLE queue (
    id uuid PRIMARY KEY,
    team_id uuid NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0, -- among the queues of its team
    priority integer NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 9), -- the higher goes first
    rule text NOT NULL CHECK (rule IN ('round_robin', 'least_busy', 'manual')),
    takes_counter boolean NOT NULL DEFAULT false, -- what is begun at a shop's own counter
    skills text[] NOT NULL DEFAULT '{}', -- all of them are needed
    needs_language boolean NOT NULL DEFAULT true, -- else who speaks it comes first
    overflow_queue_id uuid REFERENCES queue (id) ON DELETE SET NULL,
    overflow_seconds integer CHECK (overflow_seconds > 0),
    return_seconds integer NOT NULL DEFAULT 60 CHECK (return_seconds > 0),
    removed_at timestamptz,
    CHECK ((overflow_queue_id IS NULL) = (overflow_seconds IS NULL)),
    CHECK (overflow_queue_id <> id)
);
CREATE INDEX queue_team ON queue (team_id, position, id);

CREATE TABLE queue_inbox (
    queue_id uuid NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
    inbox_id uuid NOT NULL REFERENCES inbox (id) ON DELETE CASCADE,
    PRIMARY KEY (queue_id, inbox_id)
);

-- Who was given one when: whoever waits longest for their turn is next.
CREATE TABLE queue_turn (
    queue_id uuid NOT NULL REFERENCES queue (id) ON DELETE CASCADE,
    staff_id uuid NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    turn bigint NOT NULL,
    PRIMARY KEY (queue_id, staff_id)
);

-- How many conversations somebody is given at once; without a row, the default.
CREATE TABLE staff_capacity (
    staff_id uuid PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
    conversations integer NOT NULL CHECK (conversations BETWEEN 0 AND 50)
);

-- What a conversation of a channel counts as, in hundredths; without a row, the default.
CREATE TABLE channel_weight (
    channel text PRIMARY KEY,
    percent integer NOT NULL CHECK (percent BETWEEN 0 AND 1000)
);

ALTER TABLE conversation ADD COLUMN team_id uuid REFERENCES team (id);
ALTER TABLE conversation ADD COLUMN queue_id uuid REFERENCES queue (id);
ALTER TABLE conversation ADD COLUMN queued_at timestamptz; -- since when it is there, or with whom it was given to by rule
-- Who put it back among the unassigned last: they are not given it again.
ALTER TABLE conversation ADD COLUMN put_back_by uuid REFERENCES staff (id);
-- Only what waits for somebody is in it: nothing at all as long as there is no team.
CREATE INDEX conversation_queued ON conversation (queue_id, waiting_since, id)
    WHERE queue_id IS NOT NULL AND assignee_id IS NULL AND waiting_since IS NOT NULL;
