-- Double opt-in: what was asked in one place and is agreed to only from the address itself.
CREATE TABLE consent_request (
    id uuid PRIMARY KEY, -- random; the confirmation's link is made of it and the secret key
    shop_id uuid NOT NULL REFERENCES shop (id),
    point_kind text NOT NULL CHECK (point_kind IN ('email', 'phone')),
    point_value text NOT NULL,
    point_key text NOT NULL CHECK (point_key <> ''),
    purpose text NOT NULL CHECK (purpose IN ('marketing')),
    wording text NOT NULL,
    wording_version text NOT NULL,
    locale text NOT NULL,
    source text NOT NULL, -- where it was asked: checkout, account, desk, link
    visitor_id uuid REFERENCES visitor (id),
    customer_id uuid REFERENCES customer (id),
    recorded_by uuid REFERENCES staff (id),
    proof jsonb NOT NULL DEFAULT '{}', -- stoa.people.consent.models.Proof, of the asking
    state text NOT NULL CHECK (state IN ('pending', 'confirmed', 'declined', 'cancelled')),
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > asked_at),
    done_at timestamptz,
    CHECK ((state = 'pending') = (done_at IS NULL))
);
CREATE INDEX consent_request_point ON consent_request (point_kind, point_key, asked_at);
CREATE INDEX consent_request_visitor ON consent_request (visitor_id, asked_at)
    WHERE visitor_id IS NOT NULL;
CREATE INDEX consent_request_customer ON consent_request (customer_id, asked_at)
    WHERE customer_id IS NOT NULL;

-- The question itself leaves by a purpose of its own: it needs no consent, for it asks for one.
ALTER TABLE delivery DROP CONSTRAINT delivery_purpose_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_purpose_check
    CHECK (purpose IN ('service', 'urgent', 'marketing', 'confirmation'));
