-- A telephone number is found without its country, and by its last digits.
INSERT INTO search_due (kind, id)
    SELECT DISTINCT 'customer', customer_id FROM contact_point WHERE kind IN ('phone', 'fax')
    AND customer_id IS NOT NULL;
