"""A million messages and their entries, as the node's indexer would have written them."""

import random
from itertools import islice
from uuid import UUID

from bench.desk_search.texts import bodies
from bench.harness.server import Bench
from stoa.desk.search.rules import document_of
from stoa.platform.ids import new_id

CHUNK = 50_000
INDEXES = ("search_said", "search_newest", "search_conversation", "search_known")


async def fill_messages(bench: Bench, *, count: int) -> None:
    """`count` messages in the conversations that are there, the newest in the newest ones."""
    rng = random.Random(5)
    texts = bodies(rng)
    async with bench.database.pool.acquire() as connection:
        # As in a restore: no triggers, and the indexes at the end.
        await connection.execute("SET session_replication_role = replica")
        definitions = await connection.fetch(
            "SELECT indexdef FROM pg_indexes WHERE indexname = ANY($1::text[])", list(INDEXES)
        )
        await connection.execute(f"DROP INDEX {', '.join(INDEXES)}")
        ids: list[UUID] = [
            row["id"]
            for row in await connection.fetch("SELECT id FROM conversation ORDER BY listed_at")
        ]
        await connection.execute(
            "CREATE UNLOGGED TABLE filled (id uuid, conversation_id uuid, seq bigint, body text,"
            " document text)"
        )
        for first in range(0, count, CHUNK):
            rows = [
                (
                    new_id(),
                    ids[(first + n) * len(ids) // count],
                    first + n,
                    text,
                    document_of([text]),
                )
                for n, (_, text) in enumerate(islice(texts, CHUNK))
            ]
            await connection.copy_records_to_table("filled", records=rows)
        await connection.execute(
            "INSERT INTO message (id, conversation_id, seq, client_id, kind, sender_kind, body,"
            " created_at) SELECT id, conversation_id, seq, 'client-' || seq, 'text', 'customer',"
            " body, now() - ($1::bigint - seq) * interval '15 seconds' FROM filled",
            count,
        )
        await connection.execute(
            "INSERT INTO search_entry (id, kind, conversation_id, at, document)"
            " SELECT f.id, 'message', f.conversation_id,"
            " now() - ($1::bigint - f.seq) * interval '15 seconds', f.document::tsvector"
            " FROM filled f ORDER BY f.seq",
            count,
        )
        await connection.execute("DROP TABLE filled")
        await connection.execute("SET maintenance_work_mem = '256MB'")
        for row in definitions:
            await connection.execute(row["indexdef"])
        await connection.execute("RESET session_replication_role")
        await connection.execute("VACUUM ANALYZE search_entry")
        await connection.execute("VACUUM ANALYZE message")
