-- The ways in which somebody is reached. Claimed: somebody said so. Verified: it was proven that
-- whoever writes from it owns it.
CREATE TABLE contact_point (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('email', 'phone', 'postal', 'fax', 'messenger')),
    value text NOT NULL, -- as it was given
    key text NOT NULL, -- what two of them are compared by: folded address, E.164 number
    state text NOT NULL CHECK (state IN ('claimed', 'verified')),
    source text NOT NULL, -- what it was learnt from: a channel's code, checkout, chat, desk
    undeliverable_code text, -- what came back last said that nothing arrives there
    undeliverable_at timestamptz,
    created_at timestamptz NOT NULL,
    verified_at timestamptz,
    CHECK ((state = 'verified') = (verified_at IS NOT NULL)),
    UNIQUE (customer_id, kind, key)
);
-- A proven address is one person's.
CREATE UNIQUE INDEX contact_point_verified ON contact_point (kind, key) WHERE state = 'verified';
CREATE INDEX contact_point_key ON contact_point (kind, key, created_at, id);

-- A mailbox, a number, a page: where a shop is written to, and what it writes from.
CREATE TABLE inbox (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    channel text NOT NULL, -- a code of stoa.contact.channels.installed
    name text NOT NULL,
    address text NOT NULL, -- what customers see: an address, a number
    settings jsonb NOT NULL, -- the channel's settings without its secrets
    secrets bytea, -- encrypted; the key is outside the database
    is_on boolean NOT NULL DEFAULT true,
    is_down boolean NOT NULL DEFAULT false, -- its line is broken; `trouble` says how
    trouble jsonb, -- {reason, params, code, text, since}
    last_in_at timestamptz,
    last_out_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1 -- of the settings; whoever holds a line begins it anew
);
CREATE INDEX inbox_shop ON inbox (shop_id, channel, created_at, id);

-- What came in, stored before anything is made of it. The same thing fetched again is one row.
CREATE TABLE inbound (
    id uuid PRIMARY KEY,
    inbox_id uuid NOT NULL REFERENCES inbox (id),
    external_id text NOT NULL,
    blob_id uuid REFERENCES blob (id), -- the bytes as they came
    envelope jsonb NOT NULL DEFAULT '{}', -- stoa.contact.channels.protocol.Envelope
    state text NOT NULL DEFAULT 'received'
        CHECK (state IN ('received', 'taken', 'ignored', 'set_aside')),
    problem jsonb, -- {reason, params}: why it was ignored or set aside
    attempts integer NOT NULL DEFAULT 0, -- how often storing it failed by a fault of ours
    conversation_id uuid REFERENCES conversation (id) ON DELETE SET NULL,
    message_id uuid REFERENCES message (id) ON DELETE SET NULL,
    received_at timestamptz NOT NULL,
    done_at timestamptz,
    UNIQUE (inbox_id, external_id)
);
CREATE INDEX inbound_waiting ON inbound (received_at, id) WHERE state = 'received';
CREATE INDEX inbound_aside ON inbound (received_at DESC, id DESC) WHERE state = 'set_aside';
CREATE INDEX inbound_message ON inbound (message_id) WHERE message_id IS NOT NULL;

-- Something of ours on its way out by a channel: one or more messages of a conversation.
CREATE TABLE delivery (
    id uuid PRIMARY KEY,
    inbox_id uuid NOT NULL REFERENCES inbox (id),
    conversation_id uuid REFERENCES conversation (id) ON DELETE CASCADE,
    message_ids uuid[] NOT NULL DEFAULT '{}',
    purpose text NOT NULL CHECK (purpose IN ('service', 'urgent', 'marketing')),
    to_kind text NOT NULL,
    to_value text NOT NULL,
    to_key text NOT NULL,
    content jsonb NOT NULL, -- stoa.contact.channels.models.Content
    state text NOT NULL DEFAULT 'queued' CHECK (state IN
        -- failed: the other side says never; dead: given up after many tries; refused: by a rule
        -- of ours (no consent, a cap)
        ('queued', 'sending', 'sent', 'delivered', 'failed', 'dead', 'refused', 'cancelled')),
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz, -- null: nothing more is tried
    claimed_at timestamptz,
    problem jsonb, -- {reason, params, code, text}
    unique_key text UNIQUE, -- made by whoever wants it sent; makes a repeated wish harmless
    segments integer,
    cost_micros bigint, -- millionths of `currency`
    currency text,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    done_at timestamptz
);
CREATE INDEX delivery_due ON delivery (inbox_id, next_try_at, id) WHERE state = 'queued';
CREATE INDEX delivery_sending ON delivery (inbox_id) WHERE state = 'sending';
CREATE INDEX delivery_dead ON delivery (done_at DESC, id DESC)
    WHERE state IN ('dead', 'failed', 'refused');
CREATE INDEX delivery_conversation ON delivery (conversation_id, created_at, id);
CREATE INDEX delivery_to ON delivery (to_kind, to_key, created_at DESC, id);

-- How the world outside names our messages, in both directions: Message-IDs, SMS ids.
CREATE TABLE external_name (
    inbox_id uuid NOT NULL REFERENCES inbox (id) ON DELETE CASCADE,
    name text NOT NULL,
    conversation_id uuid REFERENCES conversation (id) ON DELETE CASCADE,
    message_id uuid REFERENCES message (id) ON DELETE CASCADE,
    delivery_id uuid REFERENCES delivery (id) ON DELETE CASCADE,
    reported text CHECK (reported IN ('delivered', 'failed')), -- of one of ours
    created_at timestamptz NOT NULL,
    PRIMARY KEY (inbox_id, name)
);
CREATE INDEX external_name_conversation ON external_name (conversation_id, created_at);
CREATE INDEX external_name_delivery ON external_name (delivery_id);

-- A receipt that came before we knew the name of what it is for.
CREATE TABLE parked_receipt (
    id uuid PRIMARY KEY,
    inbox_id uuid NOT NULL REFERENCES inbox (id) ON DELETE CASCADE,
    name text NOT NULL,
    receipt jsonb NOT NULL, -- stoa.contact.channels.protocol.Report
    received_at timestamptz NOT NULL
);
CREATE INDEX parked_receipt_name ON parked_receipt (inbox_id, name);

ALTER TABLE conversation ADD COLUMN inbox_id uuid REFERENCES inbox (id); -- null: the shop's own counter
ALTER TABLE conversation ADD COLUMN subject text NOT NULL DEFAULT '';
-- The way the next answer goes unless the agent chooses another; null: where it came from.
ALTER TABLE conversation ADD COLUMN answer_channel text;
ALTER TABLE message ADD COLUMN channel text; -- null: the conversation's own
ALTER TABLE message ADD COLUMN delivery jsonb; -- stoa.contact.conversations.schemas.DeliveryView
-- A file may come by a channel, with nobody signed in.
ALTER TABLE attachment ADD COLUMN inbox_id uuid REFERENCES inbox (id);
ALTER TABLE attachment DROP CONSTRAINT attachment_check;
ALTER TABLE attachment ADD CONSTRAINT attachment_owner
    CHECK (num_nonnulls(visitor_id, staff_id, inbox_id) = 1);
