-- What customers say of how they were served: asked for once, after their conversation was closed.
CREATE TABLE rating (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id) ON DELETE CASCADE,
    conversation_id uuid NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    closed_at timestamptz NOT NULL, -- which of its closings
    way text NOT NULL CHECK (way IN ('chat', 'email')), -- how it is asked for
    channel text NOT NULL, -- by which the customer was served
    staff_id uuid REFERENCES staff (id), -- whose the conversation was
    token text NOT NULL UNIQUE, -- opens the page where it is given
    message_id uuid REFERENCES message (id) ON DELETE SET NULL, -- where the timeline shows it
    asked_at timestamptz NOT NULL,
    score smallint CHECK (score BETWEEN 1 AND 5),
    words text NOT NULL DEFAULT '',
    rated_at timestamptz,
    CHECK ((score IS NULL) = (rated_at IS NULL)),
    UNIQUE (conversation_id, closed_at)
);
CREATE INDEX rating_given ON rating (shop_id, rated_at DESC, id DESC) WHERE rated_at IS NOT NULL;
CREATE INDEX rating_asked ON rating (shop_id, asked_at DESC, id DESC);
