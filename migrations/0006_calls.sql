-- What a person agreed to or took back, word for word. Rows are only ever added.
CREATE TABLE consent (
    id uuid PRIMARY KEY,
    visitor_id uuid REFERENCES visitor (id),
    customer_id uuid REFERENCES customer (id),
    staff_id uuid REFERENCES staff (id), -- a member of staff agrees as well
    purpose text NOT NULL CHECK (purpose IN ('recording', 'cobrowsing', 'control', 'snapshot')),
    subject uuid NOT NULL, -- the call or the co-browsing session it was given for
    state text NOT NULL CHECK (state IN ('given', 'refused', 'withdrawn')),
    wording text NOT NULL, -- what the person read or heard, in their language
    wording_version text NOT NULL,
    locale text NOT NULL,
    how text NOT NULL CHECK (how IN ('clicked', 'announced')), -- went on after hearing it
    at timestamptz NOT NULL,
    CHECK ((visitor_id IS NULL AND customer_id IS NULL) = (staff_id IS NOT NULL))
);
CREATE INDEX consent_subject ON consent (subject, at, id);
CREATE INDEX consent_visitor ON consent (visitor_id, at, id) WHERE visitor_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END;
$$;
CREATE TRIGGER consent_only_added BEFORE UPDATE OR DELETE ON consent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Whom a call is offered to first.
ALTER TABLE staff ADD COLUMN languages text[] NOT NULL DEFAULT '{}'; -- empty: their own locale
ALTER TABLE staff ADD COLUMN skills text[] NOT NULL DEFAULT '{}';

CREATE TABLE call (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    conversation_id uuid NOT NULL REFERENCES conversation (id),
    visitor_id uuid NOT NULL REFERENCES visitor (id),
    message_id uuid REFERENCES message (id), -- its card in the timeline
    client_id text NOT NULL, -- made by whoever calls; makes a repeated call harmless
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    -- stoa.contact.calls.models.CallState
    state text NOT NULL
        CHECK (state IN ('calling', 'queued', 'ringing', 'active', 'voicemail', 'callback', 'ended')),
    end_reason text, -- stoa.contact.calls.models.EndReason, set when ended
    locale text NOT NULL,
    skill text, -- null: anybody
    page_url text NOT NULL DEFAULT '',
    recording text NOT NULL DEFAULT 'off'
        CHECK (recording IN ('off', 'asked', 'announced', 'on', 'refused')),
    callback_phone text, -- where to call back when the page is gone
    callback_of uuid REFERENCES call (id), -- the call whose customer is called back by this one
    queued_at timestamptz, -- the place in the queue; kept by a callback
    unattended_since timestamptz, -- it waits, and nobody is there who could be rung
    answered_at timestamptz,
    ended_at timestamptz,
    quality jsonb NOT NULL DEFAULT '{}', -- stoa.contact.calls.schemas.CallQuality
    facts jsonb NOT NULL DEFAULT '[]', -- stoa.contact.calls.schemas.CallFact, from old to new
    media_node text, -- which node's media processes carry it
    created_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    -- How often its place in the queue, or the wait, changed by what others did: desks do not see
    -- either, so these changes are told to its customer alone.
    moves bigint NOT NULL DEFAULT 0,
    UNIQUE (visitor_id, client_id),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL))
);
-- One call at a time for a visitor.
CREATE UNIQUE INDEX call_live_visitor ON call (visitor_id) WHERE state <> 'ended';
CREATE INDEX call_live ON call (queued_at, id) WHERE state <> 'ended';
CREATE INDEX call_conversation ON call (conversation_id, created_at, id);
CREATE INDEX call_answered ON call (shop_id, answered_at DESC, id) WHERE answered_at IS NOT NULL;

-- Everybody who is or was in a call.
CREATE TABLE call_leg (
    id uuid PRIMARY KEY,
    call_id uuid NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('customer', 'agent', 'supervisor')),
    staff_id uuid REFERENCES staff (id),
    mode text NOT NULL DEFAULT 'talk' CHECK (mode IN ('talk', 'listen', 'whisper')),
    -- joining: no media yet; away: the line broke and may come back; left: for good
    state text NOT NULL CHECK (state IN ('joining', 'connected', 'away', 'left')),
    is_held boolean NOT NULL DEFAULT false, -- stepped out by its own wish; the others wait
    is_parked boolean NOT NULL DEFAULT false, -- waits while agents speak about a transfer
    is_muted boolean NOT NULL DEFAULT false,
    connection_id text, -- the page that speaks for this leg
    joined_at timestamptz NOT NULL,
    state_at timestamptz NOT NULL,
    left_at timestamptz,
    CHECK ((role = 'customer') = (staff_id IS NULL))
);
CREATE INDEX call_leg_call ON call_leg (call_id, joined_at, id);
CREATE INDEX call_leg_staff ON call_leg (staff_id, left_at DESC, id) WHERE staff_id IS NOT NULL;
-- A member of staff is in one call at a time, and once.
CREATE UNIQUE INDEX call_leg_busy ON call_leg (staff_id) WHERE state <> 'left';
CREATE UNIQUE INDEX call_leg_customer ON call_leg (call_id) WHERE role = 'customer' AND state <> 'left';

-- Whom a call rings, and what became of it. Of those offered at once exactly one is accepted.
CREATE TABLE call_offer (
    id uuid PRIMARY KEY,
    call_id uuid NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    staff_id uuid NOT NULL REFERENCES staff (id),
    kind text NOT NULL CHECK (kind IN ('queue', 'transfer', 'attended', 'conference')),
    by_staff_id uuid REFERENCES staff (id),
    state text NOT NULL
        CHECK (state IN ('offered', 'accepted', 'declined', 'expired', 'taken', 'withdrawn')),
    offered_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    answered_at timestamptz
);
CREATE INDEX call_offer_call ON call_offer (call_id, offered_at, id);
CREATE UNIQUE INDEX call_offer_open ON call_offer (call_id, staff_id) WHERE state = 'offered';

-- Sound that was kept: a recording of a call, or a voicemail.
CREATE TABLE call_recording (
    id uuid PRIMARY KEY,
    call_id uuid NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('call', 'voicemail')),
    state text NOT NULL CHECK (state IN ('running', 'kept', 'failed', 'deleted')),
    blob_id uuid REFERENCES blob (id),
    media_type text NOT NULL DEFAULT 'audio/ogg',
    channels smallint NOT NULL, -- 2: the customer left, the shop right
    duration_ms integer NOT NULL DEFAULT 0,
    waveform bytea NOT NULL DEFAULT '', -- peaks 0..255, one per channel in turn
    started_at timestamptz NOT NULL,
    is_complete boolean NOT NULL DEFAULT true, -- false: the process that made it died
    ended_at timestamptz,
    delete_after date, -- the shop's retention, counted from the end
    deleted_at timestamptz,
    deleted_by uuid REFERENCES staff (id)
);
CREATE INDEX call_recording_call ON call_recording (call_id, started_at, id);
CREATE INDEX call_recording_due ON call_recording (delete_after) WHERE state = 'kept';

-- Who listened to a recording, and when.
CREATE INDEX audit_entry_subject ON audit_entry (subject, created_at);

-- A shop's own words spoken by its own voice, instead of the machine's.
CREATE TABLE call_prompt (
    shop_id uuid NOT NULL REFERENCES shop (id),
    key text NOT NULL, -- stoa.contact.calls.prompts: welcome, position, music, ...
    locale text NOT NULL, -- '' for music
    blob_id uuid NOT NULL REFERENCES blob (id), -- Ogg Opus, 48 kHz mono, 20 ms
    duration_ms integer NOT NULL,
    updated_by uuid REFERENCES staff (id),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (shop_id, key, locale)
);

-- Calls and co-browsing stand in the timeline as cards.
ALTER TABLE message DROP CONSTRAINT message_kind_check;
ALTER TABLE message ADD CONSTRAINT message_kind_check CHECK (
    kind IN ('text', 'note', 'system', 'product', 'order', 'proposal', 'call', 'cobrowse', 'walk')
);
