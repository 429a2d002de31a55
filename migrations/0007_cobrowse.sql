-- An agent looks at the customer's page, for as long as the customer lets them.
CREATE TABLE cobrowse_session (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    conversation_id uuid NOT NULL REFERENCES conversation (id),
    visitor_id uuid NOT NULL REFERENCES visitor (id),
    staff_id uuid NOT NULL REFERENCES staff (id), -- who watches
    message_id uuid REFERENCES message (id), -- its card in the timeline
    state text NOT NULL CHECK (state IN ('asked', 'active', 'ended')),
    end_reason text, -- refused, stopped_by_customer, stopped_by_agent, expired, gone
    control text NOT NULL DEFAULT 'none' CHECK (control IN ('none', 'asked', 'given')),
    asked_at timestamptz NOT NULL,
    answered_at timestamptz,
    seen_at timestamptz NOT NULL, -- when a page of the customer's was last connected
    ended_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
CREATE INDEX cobrowse_session_seen ON cobrowse_session (seen_at) WHERE state <> 'ended';
-- One at a time for a visitor.
CREATE UNIQUE INDEX cobrowse_session_live ON cobrowse_session (visitor_id) WHERE state <> 'ended';
CREATE INDEX cobrowse_session_conversation ON cobrowse_session (conversation_id, asked_at, id);

-- What the agent did in the customer's page: never what was typed into it.
CREATE TABLE cobrowse_action (
    id uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES cobrowse_session (id) ON DELETE CASCADE,
    staff_id uuid NOT NULL REFERENCES staff (id),
    kind text NOT NULL CHECK (kind IN ('scroll', 'click', 'fill')),
    target text NOT NULL DEFAULT '', -- the element as the page names it: label, button text
    page_url text NOT NULL DEFAULT '',
    outcome text NOT NULL CHECK (outcome IN ('sent', 'done', 'refused')),
    reason text NOT NULL DEFAULT '',
    at timestamptz NOT NULL
);
CREATE INDEX cobrowse_action_session ON cobrowse_action (session_id, at, id);

-- "Come with me": where an agent invites the customer to, in the customer's own page.
CREATE TABLE walk (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    conversation_id uuid NOT NULL REFERENCES conversation (id),
    visitor_id uuid NOT NULL REFERENCES visitor (id),
    staff_id uuid NOT NULL REFERENCES staff (id),
    message_id uuid NOT NULL REFERENCES message (id), -- its card in the timeline
    state text NOT NULL CHECK (state IN ('asked', 'walking', 'refused', 'ended')),
    first_title text NOT NULL, -- where to, as the customer was asked
    title text NOT NULL, -- where to, now
    url text NOT NULL,
    step integer NOT NULL DEFAULT 0, -- counts the places the customer was led to
    asked_at timestamptz NOT NULL,
    answered_at timestamptz,
    moved_at timestamptz NOT NULL, -- when a place was last named
    ended_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CHECK ((state IN ('refused', 'ended')) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX walk_live ON walk (visitor_id) WHERE state IN ('asked', 'walking');
