"""What may leave, and when: the facts from a database, and what the desk is told of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from stoa.contact.channels import installed
from stoa.contact.channels.errors import NoSuchWay
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.leaving import may_leave
from stoa.contact.channels.limits import Now, Refused, Verdict, WaitUntil
from stoa.contact.channels.models import Content, Inbox, Purpose
from stoa.contact.channels.outbox import ask_again, claim, queue_delivery
from stoa.contact.channels.protocol import Raw
from stoa.contact.channels.receive import take
from stoa.contact.channels.schemas import Way
from stoa.contact.channels.sms.arrivals import Part, SmppMessage
from stoa.contact.channels.sms.channel import CHANNEL
from stoa.contact.channels.ways import answer, ways_of
from stoa.people.consent.models import ConsentState, How
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.queries import standing_point_consents
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import mark_undeliverable
from tests.contact.channels.conftest import Place
from tests.factories.consent import record_answer
from tests.factories.people import an_agent

WARSAW = ZoneInfo("Europe/Warsaw")
DAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)
CUSTOMER = Point(PointKind.PHONE, "+48600100200")
S, U, M = Purpose.SERVICE, Purpose.URGENT, Purpose.MARKETING


@pytest.fixture
async def sms(place: Place, monkeypatch: pytest.MonkeyPatch) -> Inbox:
    monkeypatch.setattr(installed, "CHANNEL_TYPES", [place.channel, CHANNEL])
    async with place.node.database.begin() as session:
        return await add_inbox(
            session,
            shop_id=place.shop.id,
            channel="sms",
            name="SMS",
            settings={
                "sender": "+48221234567",
                "carrier": {"provider": "smpp", "host": "h", "system_id": "s", "password": "p"},
            },
            staff_id=None,
            key=place.node.settings.secret_key,
        )


async def verdict_on(place: Place, purpose: Purpose, *, now: datetime = DAY) -> Verdict:
    async with place.node.database.read() as session:
        standing = await may_leave(
            session,
            shop_id=place.shop.id,
            point=CUSTOMER,
            purpose=purpose,
            channel="sms",
            now=now,
        )
    return standing.verdict


async def consent(place: Place, use: Use, state: ConsentState = ConsentState.GIVEN) -> None:
    async with place.node.database.begin() as session:
        await record_answer(session, point=CUSTOMER, purpose=use, state=state)


async def write(place: Place, sms: Inbox, text: str) -> None:
    octets = text.encode("utf-16-be").hex()
    message = SmppMessage(
        source="48600100200",
        source_ton=1,
        destination="48221234567",
        at=datetime.now(UTC),
        total=1,
        parts=[Part(number=1, data_coding=8, octets=octets)],
    )
    raw = Raw(f"mo-{text}", message.model_dump_json().encode())
    assert await take(place.node, inbox_id=sms.id, raw=raw)


async def test_an_urgent_notice_needs_consent_for_just_that(place: Place, sms: Inbox) -> None:
    assert sms.channel == "sms"
    assert await verdict_on(place, U) == Refused("no_consent")
    await consent(place, Use.MARKETING)
    assert await verdict_on(place, U) == Refused("no_consent")
    await consent(place, Use.URGENT)
    assert await verdict_on(place, U) == Now()
    assert isinstance(await verdict_on(place, U, now=NIGHT), WaitUntil)
    await consent(place, Use.URGENT, ConsentState.WITHDRAWN)
    assert await verdict_on(place, U) == Refused("consent_withdrawn")


async def test_whoever_wrote_may_be_answered_for_a_week(place: Place, sms: Inbox) -> None:
    assert await verdict_on(place, S) == Refused("no_consent")
    await write(place, sms, "Where is my parcel?")
    now = datetime.now(UTC)
    assert await verdict_on(place, S, now=now) == Now()
    assert await verdict_on(place, U, now=now) == Refused("no_consent")
    later = now + timedelta(days=8)
    assert await verdict_on(place, S, now=later) == Refused("no_consent")


async def test_stop_takes_everything_back_until_they_write_again(place: Place, sms: Inbox) -> None:
    await consent(place, Use.URGENT)
    await write(place, sms, "Where is my parcel?")
    await write(place, sms, "ΣΤΟΠ")
    async with place.node.database.read() as session:
        said = await standing_point_consents(session, kind=PointKind.PHONE, key="+48600100200")
    assert {entry.state for entry in said.values()} == {ConsentState.WITHDRAWN}
    assert {entry.how for entry in said.values()} == {How.STOP}
    assert {entry.wording for entry in said.values()} == {"ΣΤΟΠ"}
    now = datetime.now(UTC)
    assert await verdict_on(place, S, now=now) == Refused("consent_withdrawn")
    assert await verdict_on(place, U, now=now) == Refused("consent_withdrawn")
    await write(place, sms, "One more question")
    assert await verdict_on(place, S, now=datetime.now(UTC)) == Now()
    assert await verdict_on(place, U) == Refused("consent_withdrawn")


async def test_sends_nothing_to_a_dead_number(place: Place, sms: Inbox) -> None:
    await write(place, sms, "hello")
    await consent(place, Use.URGENT)
    async with place.node.database.begin() as session:
        await mark_undeliverable(session, point=CUSTOMER, code="UNDELIV 1")
    assert await verdict_on(place, U) == Refused("address_dead")
    assert await verdict_on(place, S) == Refused("address_dead")


async def test_counts_what_left_today_to_any_number_of_the_person(place: Place, sms: Inbox) -> None:
    await consent(place, Use.URGENT)
    await write(place, sms, "hello")
    other = Point(PointKind.PHONE, "+48600100201")
    async with place.node.database.begin() as session:
        await session.execute(
            "INSERT INTO contact_point (id, customer_id, kind, value, key, state, source,"
            " created_at) SELECT gen_random_uuid(), customer_id, kind, $1, $1, 'claimed', 'chat',"
            " created_at FROM contact_point",
            other.value,
        )
        for number in range(3):
            delivery_id = await queue_delivery(
                session,
                inbox=sms,
                to=CUSTOMER if number else other,
                content=Content(text=f"{number}", locale="en"),
                purpose=U,
            )
            await session.execute(
                "UPDATE delivery SET state = 'sent', sent_at = $2, created_at = $2 WHERE id = $1",
                delivery_id,
                DAY - timedelta(hours=number),
            )
    assert await verdict_on(place, U) == Refused("daily_cap")
    assert await verdict_on(place, U, now=DAY + timedelta(days=1)) == Now()


async def test_a_shop_sets_its_own_limits_and_nonsense_changes_nothing(
    place: Place, sms: Inbox
) -> None:
    await consent(place, Use.URGENT)
    for limits, expected in (('{"is_urgent_exempt": true}', True), ('{"per_day": 0}', False)):
        async with place.node.database.begin() as session:
            await session.execute(
                "UPDATE shop SET settings = jsonb_set(settings, '{limits}', $1::text::jsonb)",
                limits,
            )
        assert (await verdict_on(place, U, now=NIGHT) == Now()) is expected


# ---- what an agent is told before and after sending ----


async def talk_long_ago(place: Place, sms: Inbox) -> UUID:
    """They wrote a month ago, and have agreed to service messages since: nothing is an answer."""
    await write(place, sms, "Is it in stock?")
    await consent(place, Use.SERVICE)
    async with place.node.database.begin() as session:
        await session.execute("UPDATE inbound SET received_at = received_at - interval '30 days'")
        found: UUID = await session.fetch_value("SELECT id FROM conversation")
    return found


async def set_quiet(place: Place, *, is_quiet: bool, per_day: int = 3) -> datetime:
    """It is quiet now in Warsaw, or not; when that ends."""
    local = datetime.now(WARSAW)
    hours = (-1, 2) if is_quiet else (2, 3)
    begin, end = (local + timedelta(hours=each) for each in hours)
    async with place.node.database.begin() as session:
        await session.execute(
            "UPDATE shop SET settings = settings || $1",
            {
                "limits": {
                    "quiet_from": begin.strftime("%H:%M"),
                    "quiet_until": end.strftime("%H:%M"),
                    "per_day": per_day,
                }
            },
        )
    return end.replace(second=0, microsecond=0)


async def way_of(place: Place, conversation_id: UUID) -> Way:
    async with place.node.database.read() as session:
        [way] = (await ways_of(session, conversation_id=conversation_id)).ways
    return way


async def send(place: Place, sms: Inbox, conversation_id: UUID, client_id: str) -> None:
    agent = await an_agent(place.node.database)
    async with place.node.database.begin() as session:
        await answer(
            session,
            conversation_id=conversation_id,
            inbox_id=sms.id,
            to=CUSTOMER.value,
            sender=agent,
            client_id=client_id,
            body="It is back in stock.",
            subject="",
            attachment_ids=[],
        )


async def test_an_answer_counts_nowhere_and_leaves_at_any_hour(place: Place, sms: Inbox) -> None:
    await set_quiet(place, is_quiet=True)
    await write(place, sms, "Is it in stock?")
    async with place.node.database.read() as session:
        conversation_id = await session.fetch_value("SELECT id FROM conversation")
    way = await way_of(place, conversation_id)
    assert (way.problem, way.leaves_at, way.number_of_day) == (None, None, None)
    await send(place, sms, conversation_id, "client-01")
    async with place.node.database.read() as session:
        assert await session.fetch_value("SELECT is_unasked FROM delivery") is False


async def test_who_did_not_write_gets_so_many_a_day_and_the_agent_knows_which(
    place: Place, sms: Inbox
) -> None:
    conversation_id = await talk_long_ago(place, sms)
    await set_quiet(place, is_quiet=False, per_day=2)
    for number in (1, 2):
        way = await way_of(place, conversation_id)
        assert (way.problem, way.number_of_day, way.most_a_day) == (None, number, 2)
        await send(place, sms, conversation_id, f"client-{number:02}")
    assert (await way_of(place, conversation_id)).problem == "daily_cap"
    with pytest.raises(NoSuchWay):
        await send(place, sms, conversation_id, "client-03")
    async with place.node.database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM delivery") == 2
        assert await session.fetch_value("SELECT count(*) FROM message WHERE kind = 'text'") == 3


async def test_what_waits_for_the_morning_says_so_before_and_after_sending(
    place: Place, sms: Inbox
) -> None:
    conversation_id = await talk_long_ago(place, sms)
    end = await set_quiet(place, is_quiet=True)
    way = await way_of(place, conversation_id)
    assert (way.problem, way.leaves_at) == (None, end)
    await send(place, sms, conversation_id, "client-01")
    async with place.node.database.read() as session:
        shown = await session.fetch_value("SELECT delivery FROM message ORDER BY seq DESC LIMIT 1")
    assert (shown["state"], shown["reason"]) == ("queued", "held_back")
    assert datetime.fromisoformat(shown["due_at"]) == end


async def test_what_is_held_back_is_asked_anew_when_the_limits_change(
    place: Place, sms: Inbox
) -> None:
    conversation_id = await talk_long_ago(place, sms)
    await set_quiet(place, is_quiet=True)
    await send(place, sms, conversation_id, "client-01")
    async with place.node.database.begin() as session:
        await session.execute(
            "UPDATE delivery SET problem = $1, next_try_at = next_try_at + interval '9 hours'",
            {"reason": "held_back"},
        )
        assert await claim(session, inbox=sms, limit=5) == []
    async with place.node.database.begin() as session:
        await ask_again(session, shop_id=place.shop.id)
        assert len(await claim(session, inbox=sms, limit=5)) == 1


async def test_the_preferred_way_is_taken_when_the_last_one_is_closed(
    place: Place, sms: Inbox
) -> None:
    await write(place, sms, "Is it in stock?")
    async with place.node.database.begin() as session:
        conversation_id = await session.fetch_value("SELECT id FROM conversation")
        await session.execute(
            "INSERT INTO contact_point (id, customer_id, kind, value, key, state, source,"
            " created_at) SELECT gen_random_uuid(), customer_id, 'email', $1, $1, 'claimed',"
            " 'chat', created_at FROM contact_point",
            "ann@home.example",
        )
        await session.execute("UPDATE customer SET preferred_channel = 'folder'")

    async def ways() -> tuple[list[tuple[str, bool]], str | None]:
        async with place.node.database.read() as session:
            view = await ways_of(session, conversation_id=conversation_id)
        return [(way.code, way.is_preferred) for way in view.ways], view.why

    assert await ways() == ([("sms", False), ("folder", True)], "last")
    async with place.node.database.begin() as session:
        await mark_undeliverable(session, point=CUSTOMER, code="UNDELIV 1")
    assert await ways() == ([("folder", True), ("sms", False)], "closed")
