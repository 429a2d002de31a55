CREATE TABLE conversation (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    visitor_id uuid REFERENCES visitor (id),
    customer_id uuid REFERENCES customer (id),
    channel text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    is_offline boolean NOT NULL DEFAULT false, -- begun as a message left when nobody was there
    contact_name text NOT NULL DEFAULT '',
    contact_email text, -- the reply address the customer gave
    consent jsonb, -- {text, at, locale}: agreed to be answered by e-mail
    locale text NOT NULL,
    assignee_id uuid REFERENCES staff (id),
    message_count integer NOT NULL DEFAULT 0, -- 0: begun but not yet spoken; no list shows it
    unread_count integer NOT NULL DEFAULT 0, -- customer messages after agent_read_seq
    last_message_at timestamptz NOT NULL,
    last_message_preview text NOT NULL DEFAULT '',
    last_sender_kind text NOT NULL DEFAULT 'customer',
    waiting_since timestamptz, -- the oldest customer message nobody has answered
    agent_read_seq bigint NOT NULL DEFAULT 0,
    customer_read_seq bigint NOT NULL DEFAULT 0,
    mailed_seq bigint NOT NULL DEFAULT 0, -- answers up to here went to the reply address
    page_url text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    version bigint NOT NULL DEFAULT 1
);
CREATE INDEX conversation_open ON conversation (last_message_at DESC, id DESC)
    WHERE state = 'open' AND message_count > 0;
CREATE INDEX conversation_closed ON conversation (last_message_at DESC, id DESC)
    WHERE state = 'closed' AND message_count > 0;
-- Every message moves last_message_at and so writes into each index here: they are few.
CREATE INDEX conversation_visitor ON conversation (visitor_id);
CREATE INDEX conversation_customer ON conversation (customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE message (
    id uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    seq bigint NOT NULL, -- the event's seq on topic conversation:<id>, or on notes:<id> for a note
    client_id text NOT NULL, -- made by the sender; makes a repeated send harmless
    kind text NOT NULL CHECK (kind IN ('text', 'note', 'system', 'product', 'order', 'proposal')),
    sender_kind text NOT NULL CHECK (sender_kind IN ('customer', 'agent', 'system')),
    staff_id uuid REFERENCES staff (id),
    body text NOT NULL DEFAULT '',
    card jsonb, -- stoa.contact.conversations.schemas.Card
    attachments jsonb NOT NULL DEFAULT '[]', -- as shown; the rows of `attachment` own the bytes
    created_at timestamptz NOT NULL,
    UNIQUE (conversation_id, client_id)
);
CREATE INDEX message_timeline ON message (conversation_id, created_at, id);

-- Uploaded first, without a message; sending a message takes it in. What is never sent is swept.
CREATE TABLE attachment (
    id uuid PRIMARY KEY,
    visitor_id uuid REFERENCES visitor (id), -- who uploaded it: a visitor
    staff_id uuid REFERENCES staff (id), -- or a member of staff
    conversation_id uuid REFERENCES conversation (id) ON DELETE CASCADE,
    message_id uuid REFERENCES message (id) ON DELETE CASCADE,
    blob_id uuid NOT NULL REFERENCES blob (id),
    preview_blob_id uuid REFERENCES blob (id),
    file_name text NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL,
    width integer,
    height integer,
    created_at timestamptz NOT NULL,
    CHECK ((visitor_id IS NULL) <> (staff_id IS NULL)),
    CHECK ((message_id IS NULL) = (conversation_id IS NULL))
);
CREATE INDEX attachment_message ON attachment (message_id);
CREATE INDEX attachment_unsent ON attachment (created_at) WHERE message_id IS NULL;

CREATE TABLE saved_reply (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    shortcut text NOT NULL,
    title text NOT NULL,
    bodies jsonb NOT NULL, -- {locale: text with {{variables}}}
    staff_id uuid REFERENCES staff (id),
    updated_at timestamptz NOT NULL,
    UNIQUE (shop_id, shortcut)
);

-- One row per answer the customer waited for; the expected wait comes from the recent ones.
CREATE TABLE answer_time (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    channel text NOT NULL,
    asked_at timestamptz NOT NULL,
    answered_at timestamptz NOT NULL,
    was_first boolean NOT NULL
);
CREATE INDEX answer_time_recent ON answer_time (shop_id, channel, answered_at DESC, id);
CREATE INDEX answer_time_conversation ON answer_time (conversation_id);
