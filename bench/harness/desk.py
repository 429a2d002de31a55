"""A desk with many conversations, and an agent who is signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import aiohttp

from bench.harness.server import Bench
from stoa.people.identity.service import open_session
from stoa.platform.clock import now
from stoa.platform.ids import new_id

STAFF = 50
TAGS = 20


async def make_staff(bench: Bench) -> list[UUID]:
    """50 agents; the first is the one who is signed in."""
    ids = [new_id() for _ in range(STAFF)]
    async with bench.database.begin() as session:
        await session.execute(
            "INSERT INTO staff (id, email, name, role, created_at, updated_at)"
            " SELECT s.id, s.id || '@example.com', 'Agent ' || s.n, 'agent', now(), now()"
            " FROM unnest($1::uuid[]) WITH ORDINALITY AS s (id, n)",
            ids,
        )
    return ids


async def make_tags(bench: Bench) -> list[UUID]:
    ids = [new_id() for _ in range(TAGS)]
    async with bench.database.begin() as session:
        await session.execute(
            "INSERT INTO tag (id, shop_id, name, key, created_at)"
            " SELECT t.id, $1, 'tag ' || t.n, 'tag ' || t.n, $2"
            " FROM unnest($3::uuid[]) WITH ORDINALITY AS t (id, n)",
            bench.shop_id,
            now(),
            ids,
        )
    return ids


async def make_conversations(
    bench: Bench, *, count: int, staff_ids: list[UUID], tag_ids: list[UUID]
) -> None:
    """`count` conversations of half a year: a third closed, one in twenty of the others put aside,
    half of the rest waiting; a third of the open ones is nobody's."""
    async with bench.database.begin() as session:
        await session.execute(
            """
            INSERT INTO conversation (id, shop_id, channel, state, contact_name, contact_email,
                locale, assignee_id, message_count, unread_count, last_message_at,
                last_message_preview, waiting_since, snoozed_at, snoozed_until, tag_ids,
                created_at, closed_at)
            SELECT gen_random_uuid(), $1, (ARRAY['chat', 'email', 'sms'])[1 + n % 3], state,
                'Customer ' || n, 'customer' || n || '@example.com',
                (ARRAY['en', 'pl', 'de', 'it', 'el'])[1 + n % 5],
                CASE WHEN n % 9 >= 3 THEN ($2::uuid[])[1 + n % 50] END, 4, n % 3, at,
                'The last words of ' || n,
                CASE WHEN state = 'open' AND n % 2 = 0 THEN at END,
                CASE WHEN state = 'open' AND n % 20 = 1 THEN at END,
                CASE WHEN state = 'open' AND n % 20 = 1 THEN now() + interval '30 days' END,
                CASE WHEN n % 4 = 0 THEN ARRAY[($3::uuid[])[1 + n % 20]] ELSE '{}' END,
                at - interval '1 hour', CASE WHEN state = 'closed' THEN at END
            FROM (SELECT n, CASE WHEN n % 3 = 2 THEN 'closed' ELSE 'open' END AS state,
                now() - n * interval '150 seconds' AS at FROM generate_series(1, $4::int) n) g
            """,
            bench.shop_id,
            staff_ids,
            tag_ids,
            count,
        )
        await session.execute(
            "INSERT INTO conversation_tag (tag_id, conversation_id)"
            " SELECT unnest(tag_ids), id FROM conversation"
        )
    await bench.database.pool.execute("VACUUM ANALYZE conversation")
    await bench.database.pool.execute("VACUUM ANALYZE conversation_tag")


@asynccontextmanager
async def at_the_desk(bench: Bench, staff_id: UUID) -> AsyncIterator[aiohttp.ClientSession]:
    """The agent's browser."""
    async with bench.database.begin() as session:
        token = await open_session(session, staff_id=staff_id, user_agent="bench", ip="127.0.0.1")
    async with aiohttp.ClientSession(
        bench.stoa.url, headers={"X-Stoa-Request": "1"}, cookies={"stoa_staff": token}
    ) as client:
        yield client
