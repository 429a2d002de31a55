"""What may leave, when, and to whom: the decision by tables, the facts from a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stoa.contact.channels import installed
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.limits import (
    Facts,
    Limits,
    Now,
    Refused,
    Verdict,
    WaitUntil,
    decide,
    end_of_quiet,
    may_leave,
    zones_of_country,
    zones_of_number,
)
from stoa.contact.channels.models import Content, Inbox, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.contact.channels.protocol import Raw
from stoa.contact.channels.receive import take
from stoa.contact.channels.sms.arrivals import Part, SmppMessage
from stoa.contact.channels.sms.channel import CHANNEL
from stoa.people.consent.models import ConsentState, How, Wording
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.queries import standing_point_consents
from stoa.people.consent.service import record_point_consent
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import mark_undeliverable
from tests.contact.channels.conftest import Place

WARSAW = ZoneInfo("Europe/Warsaw")
DAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)
MORNING = datetime(2026, 12, 1, 7, tzinfo=UTC)  # eight in Warsaw
CUSTOMER = Point(PointKind.PHONE, "+48600100200")
GIVEN = Facts(consent=True, zones=(WARSAW,))
NEVER = Facts(zones=(WARSAW,))
S, U, M = Purpose.SERVICE, Purpose.URGENT, Purpose.MARKETING


@pytest.mark.parametrize(
    ("facts", "purpose", "now", "verdict"),
    [
        (GIVEN, U, DAY, Now()),
        (GIVEN, M, DAY, Now()),
        (NEVER, U, DAY, Refused("no_consent")),
        (NEVER, S, DAY, Refused("no_consent")),
        (NEVER, M, DAY, Refused("no_consent")),
        (replace(NEVER, consent=False), U, DAY, Refused("consent_withdrawn")),
        (replace(NEVER, is_answer=True), S, DAY, Now()),
        (replace(NEVER, is_answer=True), S, NIGHT, Now()),
        (replace(NEVER, is_answer=True), U, DAY, Refused("no_consent")),
        (replace(NEVER, is_answer=True), M, DAY, Refused("no_consent")),
        (replace(NEVER, is_answer=True, consent=False), S, DAY, Now()),
        (replace(GIVEN, is_dead=True, is_answer=True), S, DAY, Refused("address_dead")),
        (GIVEN, U, NIGHT, WaitUntil(MORNING)),
        (GIVEN, M, NIGHT, WaitUntil(MORNING)),
        (GIVEN, S, NIGHT, WaitUntil(MORNING)),
        (replace(GIVEN, sent_today=3), U, DAY, Refused("daily_cap")),
        (replace(GIVEN, sent_today=3), M, DAY, WaitUntil(MORNING)),
        (replace(GIVEN, sent_today=2), U, DAY, Now()),
        (replace(GIVEN, sent_today=9, is_answer=True), S, DAY, Now()),
    ],
)
def test_decides(facts: Facts, purpose: Purpose, now: datetime, verdict: Verdict) -> None:
    decided = decide(
        facts, limits=Limits(), capabilities=CHANNEL.capabilities, purpose=purpose, now=now
    )
    assert decided == verdict


def test_lets_urgent_notices_through_at_night_only_where_a_shop_says_so() -> None:
    limits = Limits(is_urgent_exempt=True)
    able = CHANNEL.capabilities
    assert decide(GIVEN, limits=limits, capabilities=able, purpose=U, now=NIGHT) == Now()
    assert decide(GIVEN, limits=limits, capabilities=able, purpose=M, now=NIGHT) != Now()


def test_asks_nobody_where_the_channel_needs_no_consent_but_for_mailings() -> None:
    able = replace(CHANNEL.capabilities, needs_consent=False, has_quiet_hours=False)
    assert decide(NEVER, limits=Limits(), capabilities=able, purpose=S, now=NIGHT) == Now()
    asked = decide(NEVER, limits=Limits(), capabilities=able, purpose=M, now=DAY)
    assert asked == Refused("no_consent")


@pytest.mark.parametrize(
    ("at", "zone", "end"),
    [
        ("2026-11-30T18:59+00:00", "Europe/Warsaw", "2026-11-30T18:59+00:00"),
        ("2026-11-30T19:00+00:00", "Europe/Warsaw", "2026-12-01T07:00+00:00"),
        ("2026-12-01T06:59+00:00", "Europe/Warsaw", "2026-12-01T07:00+00:00"),
        ("2026-12-01T07:00+00:00", "Europe/Warsaw", "2026-12-01T07:00+00:00"),
        ("2026-11-30T18:30+00:00", "Europe/Athens", "2026-12-01T06:00+00:00"),
        # The clocks go forward in the night.
        ("2026-03-28T20:00+00:00", "Europe/Berlin", "2026-03-29T06:00+00:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_there(at: str, zone: str, end: str) -> None:
    found = end_of_quiet(datetime.fromisoformat(at), limits=Limits(), zones=[ZoneInfo(zone)])
    assert found == datetime.fromisoformat(end)


def test_waits_for_every_zone_a_number_can_be_in() -> None:
    zones = [ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")]
    at = datetime(2026, 11, 30, 14, tzinfo=UTC)  # nine in New York, six in Los Angeles
    assert end_of_quiet(at, limits=Limits(), zones=zones) == at + timedelta(hours=2)


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+48600100200", "Europe/Warsaw"),
        ("+306900000777", "Europe/Athens"),
        ("+4915123456789", "Europe/Berlin"),
        ("+393331234567", "Europe/Rome"),
    ],
)
def test_knows_the_zone_of_a_number(number: str, zone: str) -> None:
    assert str(zones_of_number(number)[0]) == zone


def test_knows_a_zone_of_a_country_and_none_of_nonsense() -> None:
    assert [str(one) for one in zones_of_country("GR")] == ["Europe/Athens"]
    assert zones_of_number("nonsense") == ()


# ---- with a database ----


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
        return await may_leave(
            session,
            shop_id=place.shop.id,
            point=CUSTOMER,
            purpose=purpose,
            channel="sms",
            now=now,
        )


async def consent(place: Place, use: Use, state: ConsentState = ConsentState.GIVEN) -> None:
    async with place.node.database.begin() as session:
        await record_point_consent(
            session,
            point=CUSTOMER,
            purpose=use,
            state=state,
            wording=Wording("Tell me by SMS.", "1", "en"),
            how=How.DOUBLE_OPT_IN if use is Use.MARKETING else How.CLICKED,
            channel="checkout",
        )


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
