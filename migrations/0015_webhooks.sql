-- Other people's programs that want to hear what happens here.
CREATE TABLE webhook (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    name text NOT NULL,
    url text NOT NULL,
    secret bytea NOT NULL, -- encrypted; the key is outside the database
    events text[] NOT NULL, -- stoa.contact.automation.webhooks.schemas.WebhookEvent
    is_on boolean NOT NULL DEFAULT true,
    failing_since timestamptz, -- nothing has arrived since
    stopped_at timestamptz, -- switched off because nothing arrived for days
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX webhook_shop ON webhook (shop_id, created_at, id);

CREATE TABLE webhook_delivery (
    id uuid PRIMARY KEY, -- sent as `webhook-id`: the same thing again has the same
    webhook_id uuid NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    conversation_id uuid, -- whose words it holds; they are erased with the person
    event text NOT NULL,
    body text NOT NULL, -- as it is signed and sent, byte by byte
    state text NOT NULL DEFAULT 'queued'
        CHECK (state IN ('queued', 'delivered', 'dead', 'cancelled')),
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz, -- null: nothing more is tried
    status integer, -- what the other side last answered
    problem text, -- `webhook.problem.<problem>`: why the last try failed
    answer text NOT NULL DEFAULT '', -- the beginning of what it said
    took_ms integer,
    unique_key text UNIQUE, -- makes a repeated wish harmless
    created_at timestamptz NOT NULL,
    tried_at timestamptz,
    done_at timestamptz
);
CREATE INDEX webhook_delivery_list ON webhook_delivery (webhook_id, created_at DESC, id DESC);
CREATE INDEX webhook_delivery_conversation ON webhook_delivery (conversation_id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_try_at, id) WHERE state = 'queued';
CREATE INDEX webhook_delivery_old ON webhook_delivery (created_at) WHERE state <> 'queued';
