"""What leaves by a channel, against a real database."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from stoa.contact.channels.deliver import BACKOFF, next_try
from stoa.contact.channels.errors import FilesNotCarried, FilesTooLarge, NoSuchWay, NothingToResend
from stoa.contact.channels.outbox import resend
from stoa.contact.channels.receive import take
from stoa.contact.channels.tokens import read_reply_token
from stoa.contact.channels.ways import answer
from stoa.contact.conversations.attachments import take_in
from stoa.platform.clock import now
from tests.contact.channels.answering import an_answer, holding, shown, state
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import a_mail
from tests.factories.people import an_agent
from tests.waiting import until


async def test_an_answer_leaves_with_its_thread(place: Place) -> None:
    async with holding(place.node):
        await an_answer(place)

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)
    [file] = place.folder.glob("*.json")
    sent = json.loads(file.read_text())
    assert sent["subject"] == "Re: Paket"
    assert sent["references"] == ["<1>"]
    assert sent["to"]["value"] == "anna@example.com"
    pool = place.node.database.pool
    token = read_reply_token(place.node.settings.secret_key, sent["reply_token"])
    assert token == await pool.fetchval("SELECT id FROM conversation")
    assert (await shown(place))["state"] == "sent"
    assert await pool.fetchval("SELECT waiting_since FROM conversation") is None
    # The customer's answer to ours, by its name alone, is in the same conversation.
    name = f"<{sent['id']}@folder>"
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<2>", answers=[name]))
    assert await pool.fetchval("SELECT count(*) FROM conversation") == 1


async def test_the_same_answer_twice_leaves_once(place: Place) -> None:
    await an_answer(place)
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>"))
    agent = await an_agent(place.node.database)
    async with place.node.database.begin() as session:
        await answer(
            session,
            conversation_id=await session.fetch_value("SELECT id FROM conversation"),
            inbox_id=place.inbox.id,
            to="anna@example.com",
            sender=agent,
            client_id="client-01",
            body="On its way",
            subject="",
            attachment_ids=[],
        )
    assert await place.node.database.pool.fetchval("SELECT count(*) FROM delivery") == 1


@pytest.mark.parametrize(
    ("able", "error"),
    [({"has_files": False}, FilesNotCarried), ({"max_files_bytes": 3}, FilesTooLarge)],
)
async def test_refuses_files_that_the_way_does_not_take(
    place: Place, able: dict[str, Any], error: type[Exception]
) -> None:
    place.channel.capabilities = replace(place.channel.capabilities, **able)
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>"))
    agent = await an_agent(place.node.database)

    async def content() -> AsyncIterator[bytes]:
        yield b"four"

    file = await take_in(
        place.node.database,
        place.node.blobs,
        sender=agent,
        header_name="list.txt",
        chunks=content(),
        max_bytes=100,
    )
    with pytest.raises(error):
        async with place.node.database.begin() as session:
            await answer(
                session,
                conversation_id=await session.fetch_value("SELECT id FROM conversation"),
                inbox_id=place.inbox.id,
                to="anna@example.com",
                sender=agent,
                client_id="client-01",
                body="Here",
                subject="",
                attachment_ids=[file.id],
            )
    assert await place.node.database.pool.fetchval("SELECT count(*) FROM delivery") == 0


async def test_refuses_an_address_that_is_not_the_customers(place: Place) -> None:
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>"))
    agent = await an_agent(place.node.database)
    with pytest.raises(NoSuchWay):
        async with place.node.database.begin() as session:
            await answer(
                session,
                conversation_id=await session.fetch_value("SELECT id FROM conversation"),
                inbox_id=place.inbox.id,
                to="eve@example.com",
                sender=agent,
                client_id="client-01",
                body="Hello",
                subject="",
                attachment_ids=[],
            )
    assert await place.node.database.pool.fetchval("SELECT count(*) FROM delivery") == 0


async def test_waits_and_tries_again_and_the_message_says_why(place: Place) -> None:
    (place.folder / "fail.txt").write_text("later")
    async with holding(place.node):
        await an_answer(place)

        async def has_failed() -> Any:
            return (await shown(place))["reason"] == "busy"

        await until(has_failed)
        assert await state(place) == "queued"
        (place.folder / "fail.txt").unlink()
        async with place.node.database.begin() as session:
            await resend(session, delivery_id=await session.fetch_value("SELECT id FROM delivery"))

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)
    with pytest.raises(NothingToResend):
        async with place.node.database.begin() as session:
            await resend(session, delivery_id=await session.fetch_value("SELECT id FROM delivery"))


async def test_gives_up_what_never_works_and_sends_it_when_asked(place: Place) -> None:
    (place.folder / "fail.txt").write_text("never")
    async with holding(place.node):
        await an_answer(place)

        async def is_over() -> bool:
            return await state(place) == "failed"

        await until(is_over)
        assert (await shown(place))["detail"] == "5.1.1 No such box"
        (place.folder / "fail.txt").unlink()
        async with place.node.database.begin() as session:
            await resend(session, delivery_id=await session.fetch_value("SELECT id FROM delivery"))

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)


async def test_what_a_dead_process_was_sending_is_sent_by_the_next(place: Place) -> None:
    await an_answer(place)
    pool = place.node.database.pool
    await pool.execute("UPDATE delivery SET state = 'sending', claimed_at = now()")
    async with holding(place.node):

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)


def test_tries_less_and_less_often_and_ends() -> None:
    at = now()
    waits = [next_try(attempts=number + 1, after=None, at=at) for number in range(len(BACKOFF))]
    assert [moment - at for moment in waits if moment] == list(BACKOFF)
    assert next_try(attempts=len(BACKOFF) + 1, after=None, at=at) is None
    asked = next_try(attempts=1, after=timedelta(minutes=5), at=at)
    assert asked == at + timedelta(minutes=5)
