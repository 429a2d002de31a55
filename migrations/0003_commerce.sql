CREATE TABLE shop (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'), -- decides the VAT rates
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    default_locale text NOT NULL,
    locales text[] NOT NULL,
    hosts text[] NOT NULL DEFAULT '{}',
    company jsonb NOT NULL DEFAULT '{}', -- legal name, address, VAT number, e-mail, phone
    bank_account jsonb, -- {holder, iban, bic}
    settings jsonb NOT NULL DEFAULT '{}',
    next_order_number bigint NOT NULL DEFAULT 1,
    order_prefix text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL
);

-- Dated rates in hundredths of a percent: 2300 = 23 %.
CREATE TABLE vat_rate (
    country text NOT NULL,
    category text NOT NULL CHECK (category IN ('standard', 'reduced', 'super_reduced', 'zero')),
    rate_basis_points integer NOT NULL CHECK (rate_basis_points BETWEEN 0 AND 10000),
    valid_from date NOT NULL,
    PRIMARY KEY (country, category, valid_from)
);

-- The EU's rates for goods as of 2026, with those they replaced since 2024. `reduced` is the rate most
-- reduced goods have, `super_reduced` the lowest above zero that goods can have; a country without
-- one of them repeats the next higher. Sources: the Commission's TEDB and the national acts.
INSERT INTO vat_rate (country, valid_from, category, rate_basis_points)
SELECT r.country, r.valid_from, c.category, c.rate
FROM (VALUES
    ('AT', DATE '2016-01-01', 2000, 1000, 1000),
    ('BE', DATE '2000-01-01', 2100, 1200, 600),
    ('BG', DATE '2011-04-01', 2000, 900, 900),
    ('HR', DATE '2014-01-01', 2500, 1300, 500),
    ('CY', DATE '2023-07-21', 1900, 500, 300),
    ('CZ', DATE '2024-01-01', 2100, 1200, 1200),
    ('DE', DATE '2021-01-01', 1900, 700, 700),
    ('DK', DATE '1992-01-01', 2500, 2500, 2500),
    ('EE', DATE '2024-01-01', 2200, 900, 900),
    ('EE', DATE '2025-07-01', 2400, 900, 900),
    ('ES', DATE '2012-09-01', 2100, 1000, 400),
    ('FI', DATE '2013-01-01', 2400, 1400, 1000),
    ('FI', DATE '2024-09-01', 2550, 1400, 1000),
    ('FI', DATE '2026-01-01', 2550, 1350, 1000),
    ('FR', DATE '2014-01-01', 2000, 550, 210),
    ('GR', DATE '2016-06-01', 2400, 1300, 600),
    ('HU', DATE '2012-01-01', 2700, 1800, 500),
    ('IE', DATE '2012-01-01', 2300, 1350, 900),
    ('IT', DATE '2013-10-01', 2200, 1000, 400),
    ('LT', DATE '2009-09-01', 2100, 900, 500),
    ('LT', DATE '2026-01-01', 2100, 1200, 500),
    ('LU', DATE '2024-01-01', 1700, 800, 300),
    ('LV', DATE '2018-01-01', 2100, 1200, 500),
    ('MT', DATE '2004-01-01', 1800, 700, 500),
    ('NL', DATE '2019-01-01', 2100, 900, 900),
    ('PL', DATE '2011-01-01', 2300, 800, 500),
    ('PT', DATE '2011-01-01', 2300, 1300, 600),
    ('RO', DATE '2017-01-01', 1900, 900, 500),
    ('RO', DATE '2025-08-01', 2100, 1100, 1100),
    ('SE', DATE '1996-01-01', 2500, 1200, 600),
    ('SI', DATE '2020-01-01', 2200, 950, 500),
    ('SK', DATE '2011-01-01', 2000, 1000, 1000),
    ('SK', DATE '2025-01-01', 2300, 1900, 500)
) AS r (country, valid_from, standard, reduced, super_reduced)
CROSS JOIN LATERAL (VALUES
    ('standard', r.standard), ('reduced', r.reduced), ('super_reduced', r.super_reduced), ('zero', 0)
) AS c (category, rate);

-- A picture's content never changes: new content is a new picture, so its address may be cached
-- for ever. Bytes in a further size or format are renditions.
CREATE TABLE picture (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    blob_id uuid REFERENCES blob (id), -- the original; null until an import has fetched it
    source_url text, -- where an import takes it from; one picture per address
    state text NOT NULL CHECK (state IN ('waiting', 'stored', 'ready', 'failed')),
    problem text, -- why it failed: a code of the `errors` catalogue
    width integer NOT NULL DEFAULT 0,
    height integer NOT NULL DEFAULT 0,
    widths integer[] NOT NULL DEFAULT '{}', -- rendered sizes, each as AVIF and WebP
    created_at timestamptz NOT NULL,
    UNIQUE (shop_id, source_url)
);

CREATE INDEX picture_unfinished ON picture (state, id) WHERE state IN ('waiting', 'stored');

CREATE TABLE picture_rendition (
    picture_id uuid NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    width integer NOT NULL,
    format text NOT NULL CHECK (format IN ('avif', 'webp')),
    blob_id uuid NOT NULL REFERENCES blob (id),
    PRIMARY KEY (picture_id, width, format)
);

CREATE TABLE category (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    parent_id uuid REFERENCES category (id),
    position integer NOT NULL DEFAULT 0,
    names jsonb NOT NULL, -- {locale: text}; every translated field has this shape
    descriptions jsonb NOT NULL DEFAULT '{}',
    picture_id uuid REFERENCES picture (id),
    external_id text,
    is_visible boolean NOT NULL DEFAULT true,
    content_hash bytea,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX category_external ON category (shop_id, external_id);
CREATE INDEX category_parent ON category (shop_id, parent_id, position, id);

CREATE TABLE product (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    external_id text, -- the import source's identity: importing twice changes nothing
    names jsonb NOT NULL,
    descriptions jsonb NOT NULL DEFAULT '{}', -- sanitised HTML
    brand text NOT NULL DEFAULT '',
    vat_category text NOT NULL DEFAULT 'standard',
    options jsonb NOT NULL DEFAULT '[]', -- [{code, names, values: [{code, names}]}], in order
    position integer NOT NULL DEFAULT 0, -- the merchant's own order
    is_visible boolean NOT NULL DEFAULT true,
    is_featured boolean NOT NULL DEFAULT false,
    content_hash bytea, -- of the imported record
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX product_external ON product (shop_id, external_id);
CREATE INDEX product_newest ON product (shop_id, created_at DESC, id DESC);

CREATE TABLE product_category (
    product_id uuid NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    category_id uuid NOT NULL REFERENCES category (id) ON DELETE CASCADE,
    position integer NOT NULL DEFAULT 0, -- among the product's categories: the first is its home
    PRIMARY KEY (product_id, category_id)
);
CREATE INDEX product_category_category ON product_category (category_id, product_id);

CREATE TABLE variant (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    shop_id uuid NOT NULL REFERENCES shop (id),
    sku text NOT NULL,
    gtin text,
    option_values jsonb NOT NULL DEFAULT '{}', -- {option code: value code}
    price_minor bigint NOT NULL CHECK (price_minor >= 0), -- gross, in the shop's currency
    compare_price_minor bigint CHECK (compare_price_minor > price_minor),
    weight_grams integer NOT NULL DEFAULT 0,
    picture_id uuid REFERENCES picture (id),
    position integer NOT NULL DEFAULT 0,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (shop_id, sku)
);
CREATE INDEX variant_product ON variant (product_id, position, id);

CREATE TABLE product_attribute (
    product_id uuid NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    code text NOT NULL,
    value_code text NOT NULL,
    names jsonb NOT NULL,
    value_names jsonb NOT NULL,
    position integer NOT NULL DEFAULT 0,
    PRIMARY KEY (product_id, code, value_code)
);

CREATE TABLE product_picture (
    product_id uuid NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    picture_id uuid NOT NULL REFERENCES picture (id),
    alts jsonb NOT NULL DEFAULT '{}',
    position integer NOT NULL DEFAULT 0,
    PRIMARY KEY (product_id, picture_id)
);
CREATE INDEX product_picture_picture ON product_picture (picture_id);

-- Every slug a product or category ever had; the current one is shown, older ones redirect.
CREATE TABLE slug (
    shop_id uuid NOT NULL REFERENCES shop (id),
    kind text NOT NULL CHECK (kind IN ('product', 'category')),
    locale text NOT NULL,
    slug text NOT NULL,
    product_id uuid REFERENCES product (id) ON DELETE CASCADE,
    category_id uuid REFERENCES category (id) ON DELETE CASCADE,
    is_current boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (shop_id, kind, locale, slug),
    CHECK ((kind = 'product') = (product_id IS NOT NULL)),
    CHECK ((kind = 'category') = (category_id IS NOT NULL))
);
CREATE UNIQUE INDEX slug_current_product ON slug (product_id, locale) WHERE is_current;
CREATE UNIQUE INDEX slug_current_category ON slug (category_id, locale) WHERE is_current;

-- What a list of products shows and filters by, one row per visible product, rebuilt in the
-- transaction that changed anything in it: a category page reads this and nothing else.
CREATE TABLE product_listing (
    product_id uuid PRIMARY KEY REFERENCES product (id) ON DELETE CASCADE,
    shop_id uuid NOT NULL,
    category_ids uuid[] NOT NULL, -- with all their ancestors
    facets text[] NOT NULL, -- 'code=value_code' of options and attributes
    names jsonb NOT NULL,
    sort_names jsonb NOT NULL, -- folded
    slugs jsonb NOT NULL,
    brand text NOT NULL,
    picture jsonb, -- {id, width, height, widths, alts}
    price_minor bigint NOT NULL, -- the lowest of its variants
    price_max_minor bigint NOT NULL,
    compare_price_minor bigint,
    only_variant_id uuid, -- when there is nothing to choose
    is_available boolean NOT NULL,
    is_featured boolean NOT NULL,
    position integer NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX product_listing_shop ON product_listing (shop_id, position, product_id);
CREATE INDEX product_listing_categories ON product_listing USING gin (category_ids);

-- How a facet and its values are called; value_code '' names the facet itself.
CREATE TABLE facet_label (
    shop_id uuid NOT NULL REFERENCES shop (id),
    code text NOT NULL,
    value_code text NOT NULL,
    names jsonb NOT NULL,
    position integer NOT NULL DEFAULT 0,
    PRIMARY KEY (shop_id, code, value_code)
);

CREATE TABLE search_document (
    product_id uuid NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    shop_id uuid NOT NULL,
    locale text NOT NULL,
    folded_name text NOT NULL, -- lower case, accents removed, words apart by single spaces
    document tsvector NOT NULL,
    PRIMARY KEY (product_id, locale)
);
CREATE INDEX search_document_fts ON search_document USING gin (document);
CREATE INDEX search_document_shop ON search_document (shop_id, locale);

-- Every word that products are found by, to guess what a mistyped one was meant to be.
CREATE TABLE search_word (
    shop_id uuid NOT NULL REFERENCES shop (id),
    locale text NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (shop_id, locale, word)
);

-- Trigrams are used where the server offers them and this user may install them.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX search_document_trigrams ON search_document USING gin (folded_name gin_trgm_ops);
    CREATE INDEX search_word_trigrams ON search_word USING gin (word gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'pg_trgm is not available: %', SQLERRM;
END
$$;

CREATE TABLE stock (
    variant_id uuid PRIMARY KEY REFERENCES variant (id) ON DELETE CASCADE,
    on_hand integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    is_tracked boolean NOT NULL DEFAULT true,
    allows_backorder boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL,
    CHECK (NOT is_tracked OR allows_backorder OR reserved <= on_hand)
);

CREATE TABLE import_run (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    file_name text NOT NULL,
    format text NOT NULL DEFAULT '', -- known once the file has been looked into
    is_dry_run boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    total_bytes bigint NOT NULL DEFAULT 0,
    read_bytes bigint NOT NULL DEFAULT 0,
    counts jsonb NOT NULL DEFAULT '{}',
    problem text,
    blob_id uuid REFERENCES blob (id),
    staff_id uuid REFERENCES staff (id),
    created_at timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX import_run_newest ON import_run (shop_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX import_run_running ON import_run (shop_id) WHERE state = 'running';

CREATE TABLE import_problem (
    run_id uuid NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
    number integer NOT NULL,
    line integer NOT NULL,
    field text NOT NULL DEFAULT '',
    code text NOT NULL,
    params jsonb NOT NULL DEFAULT '{}',
    is_error boolean NOT NULL DEFAULT true, -- else the row went in without the part named
    PRIMARY KEY (run_id, number)
);

-- Where a picture's address stood in which import, so that its failure is told on that line.
CREATE TABLE import_picture (
    run_id uuid NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
    picture_id uuid NOT NULL REFERENCES picture (id) ON DELETE CASCADE,
    line integer NOT NULL,
    PRIMARY KEY (run_id, picture_id)
);
CREATE INDEX import_picture_picture ON import_picture (picture_id);

-- Cart. `version` is the optimistic lock: one writer wins when two tabs edit.
CREATE TABLE cart (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    visitor_id uuid NOT NULL REFERENCES visitor (id),
    currency text NOT NULL,
    locale text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    discount jsonb, -- {kind: percent|amount, value, reason, staff_id}: agreed at the counter
    checkout jsonb NOT NULL DEFAULT '{}', -- what the customer has submitted so far, by step
    order_id uuid, -- set once ordered; the visitor's next cart is a new one
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX cart_open ON cart (shop_id, visitor_id) WHERE order_id IS NULL;

CREATE TABLE cart_line (
    id uuid PRIMARY KEY,
    cart_id uuid NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
    variant_id uuid NOT NULL REFERENCES variant (id) ON DELETE CASCADE,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 999),
    position integer NOT NULL,
    UNIQUE (cart_id, variant_id)
);

CREATE TABLE shipping_method (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    code text NOT NULL,
    names jsonb NOT NULL,
    descriptions jsonb NOT NULL DEFAULT '{}',
    countries text[] NOT NULL,
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    free_from_minor bigint,
    days_min integer NOT NULL DEFAULT 1,
    days_max integer NOT NULL DEFAULT 5,
    position integer NOT NULL DEFAULT 0,
    is_active boolean NOT NULL DEFAULT true,
    UNIQUE (shop_id, code)
);

CREATE TABLE "order" (
    id uuid PRIMARY KEY,
    shop_id uuid NOT NULL REFERENCES shop (id),
    number text NOT NULL,
    token text NOT NULL UNIQUE, -- the status link
    cart_id uuid NOT NULL UNIQUE REFERENCES cart (id), -- a cart becomes one order, once
    visitor_id uuid REFERENCES visitor (id),
    customer_id uuid REFERENCES customer (id),
    state text NOT NULL CHECK (state IN ('open', 'completed', 'cancelled')),
    payment_state text NOT NULL CHECK (
        payment_state IN ('awaiting', 'authorised', 'paid', 'on_delivery', 'refunded', 'voided')
    ),
    shipment_state text NOT NULL CHECK (shipment_state IN ('waiting', 'shipped', 'delivered', 'returned')),
    currency text NOT NULL,
    locale text NOT NULL,
    email text NOT NULL,
    phone text NOT NULL DEFAULT '',
    shipping_address jsonb NOT NULL,
    billing_address jsonb NOT NULL,
    note text NOT NULL DEFAULT '',
    shipping_method_id uuid REFERENCES shipping_method (id),
    shipping_name text NOT NULL,
    payment_method text NOT NULL,
    totals jsonb NOT NULL, -- stoa.commerce.pricing.Totals
    total_minor bigint NOT NULL,
    expires_at timestamptz, -- unpaid orders give their stock back then
    tracking jsonb, -- {carrier, number, url}
    search_text text NOT NULL, -- folded: number, e-mail, names, telephone, town
    placed_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (shop_id, number)
);
CREATE INDEX order_newest ON "order" (shop_id, placed_at DESC, id DESC);
CREATE INDEX order_state ON "order" (shop_id, state, placed_at DESC, id DESC);
CREATE INDEX order_visitor ON "order" (visitor_id, placed_at DESC, id);
CREATE INDEX order_customer ON "order" (customer_id, placed_at DESC, id);
CREATE INDEX order_expiring ON "order" (expires_at) WHERE expires_at IS NOT NULL AND state = 'open';

CREATE TABLE order_line (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES "order" (id) ON DELETE CASCADE,
    variant_id uuid REFERENCES variant (id) ON DELETE SET NULL,
    product_id uuid REFERENCES product (id) ON DELETE SET NULL,
    sku text NOT NULL,
    name text NOT NULL,
    options text NOT NULL DEFAULT '',
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price_minor bigint NOT NULL,
    discount_minor bigint NOT NULL DEFAULT 0,
    total_minor bigint NOT NULL, -- gross, after discount
    vat_basis_points integer NOT NULL,
    vat_minor bigint NOT NULL,
    position integer NOT NULL
);
CREATE INDEX order_line_order ON order_line (order_id, position);

CREATE TABLE order_entry ( -- the order's history
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES "order" (id) ON DELETE CASCADE,
    kind text NOT NULL,
    staff_id uuid REFERENCES staff (id),
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE INDEX order_entry_order ON order_entry (order_id, created_at, id);

CREATE TABLE stock_reservation (
    order_id uuid NOT NULL REFERENCES "order" (id) ON DELETE CASCADE,
    variant_id uuid NOT NULL REFERENCES variant (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    state text NOT NULL CHECK (state IN ('held', 'released', 'taken')),
    PRIMARY KEY (order_id, variant_id)
);

CREATE TABLE payment (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES "order" (id) ON DELETE CASCADE,
    method text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'authorised', 'captured', 'refused', 'voided', 'refunded')),
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    reference text NOT NULL DEFAULT '', -- bank transfer: the structured creditor reference (ISO 11649)
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX payment_order ON payment (order_id, created_at, id);

-- One row per try to place an order, under the key of the review page it was sent from:
-- started -> placed, or started -> undoing (its authorisation is being voided) -> failed.
CREATE TABLE checkout_attempt (
    key text PRIMARY KEY,
    cart_id uuid NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('started', 'undoing', 'placed', 'failed')),
    payment_method text NOT NULL,
    amount_minor bigint NOT NULL,
    currency text NOT NULL,
    order_id uuid REFERENCES "order" (id),
    problem text, -- the code of what went wrong
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX checkout_attempt_open ON checkout_attempt (updated_at)
    WHERE state IN ('started', 'undoing');
