"""Rows that are deleted in daily use are found by an index from whatever refers to them."""

import pytest

from stoa.platform.database.session import Database

# Their rows go by the thousand: erased with a person, swept, or dropped after something shown.
DELETED = ("message", "blob", "delivery", "attachment", "contact_point", "rule_run")

UNINDEXED = """
SELECT c.conrelid::regclass::text AS from_table, a.attname::text AS from_column
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.confrelid = $1::text::regclass AND NOT EXISTS (
    SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]
    AND (i.indpred IS NULL
        OR pg_get_expr(i.indpred, i.indrelid) = format('(%I IS NOT NULL)', a.attname)))
ORDER BY 1, 2
"""


@pytest.mark.parametrize("table", DELETED)
async def test_what_refers_to_a_deleted_row_is_found_by_an_index(
    database: Database, table: str
) -> None:
    async with database.read() as session:
        assert await session.fetch(UNINDEXED, table) == []
