-- Visits that are over (or long): summaries, written in batches. Live visits are in memory.
CREATE TABLE visit (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    visitor_id uuid REFERENCES visitor (id),
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    locale text NOT NULL,
    device text NOT NULL DEFAULT '',
    referrer text NOT NULL DEFAULT '',
    is_returning boolean NOT NULL,
    page_count integer NOT NULL,
    furthest_step text NOT NULL DEFAULT '', -- browse, cart, contact, address, delivery, payment, review, ordered
    field_error_count integer NOT NULL DEFAULT 0,
    signals jsonb NOT NULL DEFAULT '[]',
    was_invited boolean NOT NULL DEFAULT false,
    has_talked boolean NOT NULL DEFAULT false,
    order_id uuid REFERENCES "order" (id)
);
CREATE INDEX visit_visitor ON visit (visitor_id, started_at DESC) WHERE visitor_id IS NOT NULL;
CREATE INDEX visit_started ON visit (shop_id, started_at DESC, id);

CREATE TABLE invitation (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    visit_id uuid NOT NULL,
    visitor_id uuid REFERENCES visitor (id),
    staff_id uuid REFERENCES staff (id), -- null: a rule invited
    rule text,
    state text NOT NULL CHECK (state IN ('shown', 'accepted', 'dismissed', 'expired')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX invitation_visitor ON invitation (visitor_id, created_at) WHERE visitor_id IS NOT NULL;
CREATE INDEX invitation_visit ON invitation (visit_id, created_at, id);

-- What an agent proposes and the customer accepts or refuses.
CREATE TABLE proposal (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    conversation_id uuid NOT NULL REFERENCES conversation (id),
    visitor_id uuid NOT NULL REFERENCES visitor (id),
    staff_id uuid NOT NULL REFERENCES staff (id),
    kind text NOT NULL CHECK (kind IN ('product', 'discount', 'delivery')),
    suggestion jsonb NOT NULL, -- stoa.assist.proposals.schemas.Suggestion
    message_id uuid NOT NULL REFERENCES message (id), -- its card shows how the proposal stands
    state text NOT NULL CHECK (state IN ('open', 'accepted', 'refused', 'withdrawn', 'failed')),
    created_at timestamptz NOT NULL,
    answered_at timestamptz
);
CREATE INDEX proposal_open ON proposal (visitor_id, created_at, id) WHERE state = 'open';
CREATE INDEX proposal_conversation ON proposal (conversation_id, created_at, id);
