-- The event log. A topic's seq is given inside the writer's transaction (stoa.platform.outbox),
-- so sequence order is commit order and a topic has no gaps.
CREATE TABLE topic (
    name text PRIMARY KEY,
    seq bigint NOT NULL DEFAULT 0,
    pruned_seq bigint NOT NULL DEFAULT 0 -- events up to and including this one are gone
);

CREATE TABLE event (
    topic text NOT NULL REFERENCES topic (name) ON DELETE CASCADE,
    seq bigint NOT NULL,
    type text NOT NULL,
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, seq)
);
CREATE INDEX event_created_at ON event (created_at);

-- Secrets and switches that belong to the installation rather than to a shop.
CREATE TABLE installation (
    key text PRIMARY KEY,
    value text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Files of any kind; the bytes lie in the blob store under the key.
CREATE TABLE blob (
    id uuid PRIMARY KEY,
    key text NOT NULL UNIQUE,
    sha256 bytea NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE rate_limit (
    key text PRIMARY KEY,
    tokens double precision NOT NULL,
    refilled_at timestamptz NOT NULL
);
