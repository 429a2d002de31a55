-- Members of staff.
CREATE TABLE staff (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('agent', 'supervisor', 'administrator')),
    locale text NOT NULL DEFAULT 'en',
    password_hash text,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX staff_email ON staff (lower(email));

CREATE TABLE staff_session (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    user_agent text NOT NULL DEFAULT '',
    ip text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX staff_session_staff ON staff_session (staff_id, created_at DESC, id);

-- One-time links: the first administrator, invitations, password resets.
CREATE TABLE staff_link (
    id uuid PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('setup', 'invite', 'reset')),
    token_hash bytea NOT NULL UNIQUE,
    staff_id uuid REFERENCES staff (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE audit_entry (
    id uuid PRIMARY KEY,
    staff_id uuid REFERENCES staff (id),
    action text NOT NULL,
    subject text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE INDEX audit_entry_created_at ON audit_entry (created_at DESC, id);

-- The people outside. A customer is who we know; a visitor is a browser holding a token.
CREATE TABLE customer (
    id uuid PRIMARY KEY,
    name text NOT NULL DEFAULT '',
    email text,
    phone text,
    locale text NOT NULL DEFAULT 'en',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE visitor (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    customer_id uuid REFERENCES customer (id),
    locale text NOT NULL DEFAULT 'en',
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL
);
CREATE INDEX visitor_customer ON visitor (customer_id);
