"""What ends the process that handles it is given up in the end, and the next one goes on."""

from datetime import timedelta

import pytest

from stoa.contact.channels.deliver import BACKOFF
from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.contact.channels.protocol import Account, Parsed, Raw
from stoa.contact.channels.receive import MAX_ATTEMPTS, read_left_behind, store, take
from stoa.people.customers.models import Point, PointKind
from stoa.platform.clock import now
from tests.contact.channels.answering import an_answer, holding, shown, state
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import FolderChannel, a_mail
from tests.waiting import until


class Killed(BaseException):
    """The process is gone; nothing after it is done."""


async def test_a_mail_that_kills_its_reader_is_set_aside(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = FolderChannel.parse

    def deadly(channel: FolderChannel, account: Account, raw: Raw) -> Parsed:
        if raw.external_id == "<deadly>":
            raise Killed
        return parse(channel, account, raw)

    monkeypatch.setattr(FolderChannel, "parse", deadly)
    await store(place.node, inbox_id=place.inbox.id, raw=a_mail("<deadly>"))
    await store(place.node, inbox_id=place.inbox.id, raw=a_mail("<next>"))
    pool = place.node.database.pool
    await pool.execute("UPDATE inbound SET received_at = $1", now() - timedelta(minutes=2))
    deaths = 0
    while await pool.fetchval("SELECT count(*) FROM inbound WHERE state = 'received'"):
        try:
            await read_left_behind(place.node)
        except Killed:
            deaths += 1
    assert deaths == MAX_ATTEMPTS
    rows = await pool.fetch("SELECT external_id, state FROM inbound ORDER BY id")
    assert [tuple(row) for row in rows] == [("<deadly>", "set_aside"), ("<next>", "taken")]


async def test_a_delivery_that_kills_its_sender_is_given_up(place: Place) -> None:
    await an_answer(place)
    pool = place.node.database.pool
    await pool.execute("UPDATE delivery SET state = 'sending', attempts = $1", len(BACKOFF) + 1)
    async with holding(place.node):

        async def is_over() -> bool:
            return await state(place) == "dead"

        await until(is_over)
    assert list(place.folder.glob("*.json")) == []
    assert (await shown(place))["state"] == "dead"


async def test_a_delivery_that_cannot_be_read_holds_up_no_other(place: Place) -> None:
    await an_answer(place)
    pool = place.node.database.pool
    await pool.execute("UPDATE delivery SET content = content || '{\"of_another_version\": 1}'")
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<2>", sender="eve@example.com"))
    async with place.node.database.begin() as session:
        await queue_delivery(
            session,
            inbox=place.inbox,
            to=Point(PointKind.EMAIL, "eve@example.com"),
            content=Content(text="Hello", locale="en"),
            purpose=Purpose.SERVICE,
        )
    async with holding(place.node):

        async def are_over() -> bool:
            rows = await pool.fetch("SELECT state FROM delivery ORDER BY created_at, id")
            return [row["state"] for row in rows] == ["dead", "sent"]

        await until(are_over)
    assert (await shown(place))["state"] == "dead"
