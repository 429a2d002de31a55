-- The words a shop's customers agree to, each version of them; without any, those that Stoa brings,
-- which are version 1.
CREATE TABLE consent_wording (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    purpose text NOT NULL CHECK (purpose IN ('service', 'urgent', 'marketing')),
    locale text NOT NULL,
    version integer NOT NULL CHECK (version > 1),
    text text NOT NULL CHECK (text <> '' AND length(text) <= 1000),
    made_by uuid NOT NULL REFERENCES staff (id),
    made_at timestamptz NOT NULL,
    UNIQUE (shop_id, purpose, locale, version)
);
CREATE TRIGGER consent_wording_only_added BEFORE UPDATE OR DELETE ON consent_wording
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
