"""What leaves by a channel, against a real database."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from stoa.contact.channels.deliver import BACKOFF, next_try
from stoa.contact.channels.errors import (
    FilesNotCarried,
    FilesTooLarge,
    NoSuchWay,
    NothingToResend,
)
from stoa.contact.channels.inboxes import get_inbox, secret_paths, switch_inbox
from stoa.contact.channels.lines import Lines
from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.outbox import queue_delivery, resend
from stoa.contact.channels.protocol import Accepted, Outgoing, Report
from stoa.contact.channels.receive import store, take
from stoa.contact.channels.reports import lock_names, take_parked, take_report
from stoa.contact.channels.threads import name_message
from stoa.contact.channels.tokens import read_reply_token
from stoa.contact.channels.ways import answer, ways_of
from stoa.contact.conversations.attachments import take_in
from stoa.people.consent.models import ConsentState, How, Wording
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.service import read_link, record_point_consent, withdraw_for_point
from stoa.people.customers.models import Point, PointKind
from stoa.platform.clock import now
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import FolderSender, a_mail
from tests.factories.people import an_agent


@asynccontextmanager
async def holding(place: Place) -> AsyncIterator[Lines]:
    lines = Lines(place.node)
    task = asyncio.create_task(lines.run())
    try:
        yield lines
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], Awaitable[Any]], *, seconds: float = 20) -> Any:
    async with asyncio.timeout(seconds):
        while not (found := await condition()):
            await asyncio.sleep(0.01)
    return found


async def an_answer(place: Place, body: str = "On its way", client_id: str = "client-01") -> None:
    """Somebody wrote, and an agent answers by the way they came."""
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>", subject="Paket"))
    agent = await an_agent(place.node.database)
    async with place.node.database.begin() as session:
        conversation_id = await session.fetch_value("SELECT id FROM conversation")
        [way] = (await ways_of(session, conversation_id=conversation_id)).ways
        assert way.inbox_id == place.inbox.id
        await answer(
            session,
            conversation_id=conversation_id,
            inbox_id=place.inbox.id,
            to=way.to,
            sender=agent,
            client_id=client_id,
            body=body,
            subject="",
            attachment_ids=[],
        )


async def state(place: Place) -> str:
    found: str = await place.node.database.pool.fetchval("SELECT state FROM delivery")
    return found


async def shown(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = await place.node.database.pool.fetchval(
        "SELECT delivery FROM message WHERE sender_kind = 'agent'"
    )
    return found


async def test_an_answer_leaves_with_its_thread(place: Place) -> None:
    async with holding(place):
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


async def test_whoever_wants_no_more_answers_says_so_by_a_link_in_one(place: Place) -> None:
    """What an order needs still comes."""
    to = Point(PointKind.EMAIL, "anna@example.com")
    async with holding(place):
        await an_answer(place)

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)
        [file] = place.folder.glob("*.json")
        sent = json.loads(file.read_text())
        assert sent["unsubscribe_url"] is None
        link = read_link(
            place.node.settings.secret_key, token=sent["withdrawal_url"].partition("/consent/")[2]
        )
        assert link is not None
        assert (link.key, link.purpose) == (to.value, Use.SERVICE)
        async with place.node.database.begin() as session:
            await withdraw_for_point(
                session,
                kind=link.kind,
                key=link.key,
                how=How.LINK,
                channel="folder",
                wording=Wording("No more", "1", "en"),
                purposes=[link.purpose],
            )
            conversation_id = await session.fetch_value("SELECT id FROM conversation")
            [way] = (await ways_of(session, conversation_id=conversation_id)).ways
            await queue_delivery(
                session,
                inbox=place.inbox,
                to=to,
                content=Content(text="Order 7", locale="pl", is_automatic=True),
                purpose=Purpose.SERVICE,
            )
        assert way.problem == "consent_withdrawn"

        async def are_both() -> bool:
            pool = place.node.database.pool
            return bool(await pool.fetchval("SELECT count(*) = 2 FROM delivery WHERE state='sent'"))

        await until(are_both)
    [order] = [path for path in place.folder.glob("*.json") if "Order 7" in path.read_text()]
    assert json.loads(order.read_text())["withdrawal_url"] is None


async def test_a_mailing_carries_the_way_out_and_heeds_it(place: Place) -> None:
    to = Point(PointKind.EMAIL, "anna@example.com")

    async def mail(number: int) -> str:
        async with place.node.database.begin() as session:
            id_ = await queue_delivery(
                session,
                inbox=place.inbox,
                to=to,
                content=Content(text=f"News {number}", locale="pl", is_automatic=True),
                purpose=Purpose.MARKETING,
            )

        async def is_done() -> str | None:
            found: str = await place.node.database.pool.fetchval(
                "SELECT state FROM delivery WHERE id = $1", id_
            )
            return None if found in ("queued", "sending") else found

        return str(await until(is_done))

    async with place.node.database.begin() as session:
        await record_point_consent(
            session,
            point=to,
            purpose=Use.MARKETING,
            state=ConsentState.GIVEN,
            wording=Wording("Yes", "1", "pl"),
            how=How.CLICKED,
            channel="checkout",
        )
    async with holding(place):
        assert await mail(1) == "sent"
        [file] = place.folder.glob("*.json")
        url = json.loads(file.read_text())["unsubscribe_url"]
        base, _, token = url.partition("/consent/")
        assert base == place.node.settings.base_url
        link = read_link(place.node.settings.secret_key, token=token)
        assert link is not None
        assert (link.key, link.purpose, link.locale) == (to.value, Use.MARKETING, "pl")
        async with place.node.database.begin() as session:
            await withdraw_for_point(
                session,
                kind=link.kind,
                key=link.key,
                purposes=[link.purpose],
                how=How.LINK,
                channel="link",
                wording=Wording("No more", "1", "pl"),
            )
        assert await mail(2) == "refused"


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
    async with holding(place):
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
    async with holding(place):
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


async def test_a_report_that_overtakes_the_answer_is_heard(place: Place) -> None:
    await an_answer(place)
    pool = place.node.database.pool
    delivery_id = await pool.fetchval("SELECT id FROM delivery")
    report = Report(name=f"<{delivery_id}@folder>", state="delivered")
    async with place.node.database.begin() as session:
        await take_report(session, inbox_id=place.inbox.id, report=report)
    assert await pool.fetchval("SELECT count(*) FROM parked_receipt") == 1
    async with holding(place):

        async def has_arrived() -> bool:
            return await state(place) == "delivered"

        await until(has_arrived)
    assert await pool.fetchval("SELECT count(*) FROM parked_receipt") == 0


async def test_a_bounce_marks_message_and_address(place: Place) -> None:
    async with holding(place):
        await an_answer(place)

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)
    delivery_id = await place.node.database.pool.fetchval("SELECT id FROM delivery")
    report = Report(name=str(delivery_id), state="failed", code="5.1.1", is_point_dead=True)
    async with place.node.database.begin() as session:
        await take_report(session, inbox_id=place.inbox.id, report=report)
        conversation_id = await session.fetch_value("SELECT id FROM conversation")
        [way] = (await ways_of(session, conversation_id=conversation_id)).ways
    assert (await shown(place))["state"] == "failed"
    assert way.problem == "address_dead"


async def test_what_a_dead_process_was_sending_is_sent_by_the_next(place: Place) -> None:
    await an_answer(place)
    pool = place.node.database.pool
    await pool.execute("UPDATE delivery SET state = 'sending', claimed_at = now()")
    async with holding(place):

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)


async def test_one_process_holds_a_line_and_another_takes_it_over(place: Place) -> None:
    async def is_held() -> Any:
        return place.channel.lines

    async def is_down() -> bool:
        return not place.channel.lines

    async with holding(place) as second:
        async with holding(place) as first:
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


async def test_secrets_are_kept_apart_and_sealed(place: Place) -> None:
    async with place.node.database.read() as session:
        inbox = await get_inbox(session, inbox_id=place.inbox.id)
    assert inbox.settings["password"] is None
    assert inbox.secrets is not None
    assert b"hunter2" not in inbox.secrets
    assert secret_paths(inbox, key=place.node.settings.secret_key) == ["password"]


def test_tries_less_and_less_often_and_ends() -> None:
    at = now()
    waits = [next_try(attempts=number + 1, after=None, at=at) for number in range(len(BACKOFF))]
    assert [moment - at for moment in waits if moment] == list(BACKOFF)
    assert next_try(attempts=len(BACKOFF) + 1, after=None, at=at) is None
    asked = next_try(attempts=1, after=timedelta(minutes=5), at=at)
    assert asked == at + timedelta(minutes=5)


async def test_no_receipt_is_lost_between_the_answer_and_its_record(place: Place) -> None:
    """Two connections: one records the name while the other hears the receipt for it."""
    await an_answer(place)
    pool = place.node.database.pool
    delivery_id = await pool.fetchval("SELECT id FROM delivery")
    await pool.execute("UPDATE delivery SET state = 'sending'")
    report = Report(name="sms-1", state="delivered")
    recording = asyncio.Event()

    async def record() -> None:
        async with place.node.database.begin() as session:
            await lock_names(session, inbox_id=place.inbox.id, names=["sms-1"])
            recording.set()
            await name_message(
                session,
                inbox_id=place.inbox.id,
                names=["sms-1"],
                conversation_id=None,
                message_id=None,
                delivery_id=delivery_id,
                at=now(),
            )
            await take_parked(session, inbox_id=place.inbox.id, names=["sms-1"])

            async def somebody_waits() -> Any:
                return await pool.fetchval(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                )

            await until(somebody_waits)

    async def hear() -> None:
        await recording.wait()
        async with place.node.database.begin() as session:
            await take_report(session, inbox_id=place.inbox.id, report=report)

    await asyncio.gather(record(), hear())
    assert await state(place) == "delivered"
    assert await pool.fetchval("SELECT count(*) FROM parked_receipt") == 0


async def test_a_receipt_that_names_the_delivery_is_not_undone_by_its_answer(
    place: Place,
) -> None:
    await an_answer(place)
    delivery_id = await place.node.database.pool.fetchval("SELECT id FROM delivery")
    sent = FolderSender.send

    async def told_at_once(sender: FolderSender, outgoing: Outgoing) -> Accepted:
        async with place.node.database.begin() as session:
            await take_report(
                session,
                inbox_id=place.inbox.id,
                report=Report(name=str(delivery_id), state="delivered"),
            )
        return await sent(sender, outgoing)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FolderSender, "send", told_at_once)
        async with holding(place):
            names = "SELECT count(*) FROM external_name WHERE delivery_id IS NOT NULL"
            await until(lambda: place.node.database.pool.fetchval(names))
    assert await state(place) == "delivered"


async def test_what_was_stored_and_not_read_is_read_by_who_holds_the_line_next(
    place: Place,
) -> None:
    await store(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>", text="first"))
    await store(place.node, inbox_id=place.inbox.id, raw=a_mail("<2>", answers=["<1>"]))
    async with holding(place):

        async def is_read() -> bool:
            pool = place.node.database.pool
            return bool(await pool.fetchval("SELECT count(*) = 2 FROM message"))

        await until(is_read)
    assert await place.node.database.pool.fetchval("SELECT count(*) FROM conversation") == 1
