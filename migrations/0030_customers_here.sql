-- Which visitors have the counter open, by the node that holds their line. A node renews its rows;
-- old ones are of a node that is gone. Nothing is lost when it is empty after a crash: unlogged.
CREATE UNLOGGED TABLE visitor_here (
    visitor_id uuid NOT NULL REFERENCES visitor (id) ON DELETE CASCADE,
    node text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (visitor_id, node)
);
CREATE INDEX visitor_here_node ON visitor_here (node);
