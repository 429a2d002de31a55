-- Inboxes that sign in at a provider (OAuth 2.0, RFC 6749) instead of having a password.

CREATE TABLE inbox_grant (
    inbox_id uuid PRIMARY KEY REFERENCES inbox (id) ON DELETE CASCADE,
    owner text NOT NULL DEFAULT '', -- whose account it is, as the provider says; '': it did not
    tokens bytea NOT NULL, -- encrypted: {refresh, access}; the key is outside the database
    issued_at timestamptz NOT NULL, -- of the access token, and the two below
    renew_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    -- Whoever stores anything here names the generation it was made from.
    generation bigint NOT NULL DEFAULT 1,
    claimed_until timestamptz, -- somebody is renewing it
    failures integer NOT NULL DEFAULT 0, -- in a row
    retry_at timestamptz, -- after a failure, the provider is asked no earlier
    problem jsonb, -- {reason, params, code, text} of the last failure
    ended_at timestamptz, -- the provider takes it no more: a person has to sign in anew
    connected_at timestamptz NOT NULL,
    connected_by uuid REFERENCES staff (id) ON DELETE SET NULL
);

-- A person who is at a provider's sign-in right now. Deleted by the first who comes back.
CREATE TABLE inbox_sign_in (
    nonce_hash bytea PRIMARY KEY,
    inbox_id uuid NOT NULL REFERENCES inbox (id) ON DELETE CASCADE,
    inbox_version bigint NOT NULL, -- what comes back belongs to these settings
    session_id uuid NOT NULL REFERENCES staff_session (id) ON DELETE CASCADE,
    verifier bytea NOT NULL, -- encrypted (RFC 7636)
    expires_at timestamptz NOT NULL
);
CREATE INDEX inbox_sign_in_expires ON inbox_sign_in (expires_at);
CREATE INDEX inbox_sign_in_inbox ON inbox_sign_in (inbox_id);
CREATE INDEX inbox_sign_in_session ON inbox_sign_in (session_id);
