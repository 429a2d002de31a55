-- Who was merged into somebody is found as that person, who was erased is not found, and what agents
-- note about a customer finds them.
DROP TRIGGER search_customer ON customer;
CREATE TRIGGER search_customer
    AFTER INSERT OR DELETE OR UPDATE OF name, email, phone, merged_into, erased_at ON customer
    FOR EACH ROW EXECUTE FUNCTION search_row_due('customer');
CREATE TRIGGER search_note AFTER INSERT OR DELETE OR UPDATE OF customer_id, body ON customer_note
    FOR EACH ROW EXECUTE FUNCTION search_point_due();
DROP TRIGGER search_order ON "order";
CREATE TRIGGER search_order
    AFTER INSERT OR DELETE OR UPDATE OF number, search_text, restricted_until ON "order"
    FOR EACH ROW EXECUTE FUNCTION search_row_due('order');

INSERT INTO search_due (kind, id) SELECT 'customer', id FROM customer
    WHERE merged_into IS NOT NULL OR erased_at IS NOT NULL
    OR EXISTS (SELECT FROM customer_note n WHERE n.customer_id = customer.id);
INSERT INTO search_due (kind, id) SELECT 'order', id FROM "order" WHERE restricted_until IS NOT NULL;
