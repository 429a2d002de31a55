"""One process holds a line, and does what the one before it left."""

from typing import Any

from stoa.contact.channels.inboxes import switch_inbox
from stoa.contact.channels.receive import store
from tests.contact.channels.answering import holding
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import a_mail
from tests.factories.people import an_agent
from tests.waiting import until


async def test_one_process_holds_a_line_and_another_takes_it_over(place: Place) -> None:
    async def is_held() -> Any:
        return place.channel.lines

    async def is_down() -> bool:
        return not place.channel.lines

    async with holding(place.node) as second:
        async with holding(place.node) as first:
            await until(is_held)
            assert len(first._held) + len(second._held) == 1
            before = place.channel.lines[place.inbox.id]
            holder = first if first._held else second
            await holder._let_go(list(holder._held))
        # The lock of the first went with it, so whoever is left has the line.
        await until(is_held)
        assert place.channel.lines[place.inbox.id] is not before
        agent = await an_agent(place.node.database)
        assert agent.staff_id is not None
        async with place.node.database.begin() as session:
            await switch_inbox(
                session, inbox_id=place.inbox.id, is_on=False, staff_id=agent.staff_id
            )
        await until(is_down)


async def test_what_was_stored_and_not_read_is_read_by_who_holds_the_line_next(
    place: Place,
) -> None:
    await store(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>", text="first"))
    await store(place.node, inbox_id=place.inbox.id, raw=a_mail("<2>", answers=["<1>"]))
    async with holding(place.node):

        async def is_read() -> bool:
            pool = place.node.database.pool
            return bool(await pool.fetchval("SELECT count(*) = 2 FROM message"))

        await until(is_read)
    assert await place.node.database.pool.fetchval("SELECT count(*) FROM conversation") == 1
