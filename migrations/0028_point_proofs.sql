-- A code that went to an address, to be typed where it was asked for: who has it, holds the address.
CREATE TABLE point_proof (
    id uuid PRIMARY KEY, -- random; the code is made of it and the secret key
    shop_id uuid NOT NULL REFERENCES shop (id),
    visitor_id uuid NOT NULL REFERENCES visitor (id),
    point_kind text NOT NULL CHECK (point_kind IN ('email', 'phone')),
    point_value text NOT NULL,
    point_key text NOT NULL CHECK (point_key <> ''),
    locale text NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > asked_at),
    proven_at timestamptz
);
CREATE INDEX point_proof_point ON point_proof (point_kind, point_key, asked_at);
CREATE INDEX point_proof_visitor ON point_proof (visitor_id, asked_at);
