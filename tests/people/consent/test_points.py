"""What an address may be used for: agreed to, refused, withdrawn by STOP or by a link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.people.consent.errors import NothingToConsent
from stoa.people.consent.events import ConsentWithdrawn
from stoa.people.consent.links import read_link, withdrawal_path
from stoa.people.consent.models import (
    POINT_PURPOSES,
    ConsentState,
    How,
    Person,
    Proof,
    Purpose,
    WithdrawalLink,
    Wording,
)
from stoa.people.consent.queries import (
    consents_of_person,
    has_point_consent,
    has_refused_point,
    standing_point_consents,
)
from stoa.people.consent.service import record_point_consent, withdraw_for_point
from stoa.people.customers.models import Point, PointKind
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import LOCALES, Locale
from stoa.platform.ids import new_id
from tests.factories.people import a_visitor

WORDS = Wording("Tell me when the parcel is at the door.", "1", "en")
STOP = Wording("STOP", "", "en")
SECRET = b"s" * 32


def a_number() -> Point:
    return Point(PointKind.PHONE, f"+48 22 {new_id().int % 10**7:07}")


def key_of(point: Point) -> str:
    return point.value.replace(" ", "")


async def say(
    database: Database,
    point: Point,
    state: ConsentState,
    *,
    purpose: Purpose = Purpose.URGENT,
    person: Person | None = None,
) -> None:
    async with database.begin() as session:
        await record_point_consent(
            session,
            point=point,
            purpose=purpose,
            state=state,
            wording=WORDS,
            how=How.CLICKED,
            channel="checkout",
            person=person,
            proof=Proof(ip="192.0.2.7", order="S-1"),
            country="PL",
        )


async def may(database: Database, point: Point, purpose: Purpose = Purpose.URGENT) -> bool:
    async with database.read() as session:
        return await has_point_consent(session, kind=point.kind, key=key_of(point), purpose=purpose)


async def test_the_last_word_about_an_address_counts(database: Database) -> None:
    point = a_number()
    stood = [await may(database, point)]
    for state in (ConsentState.REFUSED, ConsentState.GIVEN, ConsentState.WITHDRAWN):
        await say(database, point, state)
        stood.append(await may(database, point))
    assert stood == [False, False, True, False]


async def test_a_yes_to_one_use_is_no_yes_to_another(database: Database) -> None:
    point, other = a_number(), a_number()
    await say(database, point, ConsentState.GIVEN)
    assert not await may(database, point, Purpose.MARKETING)
    assert not await may(database, other)
    async with database.read() as session:
        assert not await has_point_consent(
            session, kind=PointKind.FAX, key=key_of(point), purpose=Purpose.URGENT
        )


async def test_stop_withdraws_everything_once(database: Database) -> None:
    point = a_number()
    await say(database, point, ConsentState.GIVEN)
    withdrawn = []
    for _ in range(2):
        async with database.begin() as session:
            withdrawn.append(
                await withdraw_for_point(
                    session,
                    kind=point.kind,
                    key=key_of(point),
                    how=How.STOP,
                    channel="sms",
                    wording=STOP,
                )
            )
    assert withdrawn == [list(POINT_PURPOSES), []]
    assert not await may(database, point)
    async with database.read() as session:
        standing = await standing_point_consents(session, kind=point.kind, key=key_of(point))
        assert await has_refused_point(
            session, kind=point.kind, key=key_of(point), purpose=Purpose.MARKETING
        )
    assert {entry.state for entry in standing.values()} == {ConsentState.WITHDRAWN}


async def test_whoever_is_about_to_send_hears_of_it(own_database: Database) -> None:
    heard: list[ConsentWithdrawn] = []

    async def hear(_session: object, event: ConsentWithdrawn) -> None:
        heard.append(event)

    database = Database(own_database.pool, reactions={"consent.withdrawn": [hear]})
    point = a_number()
    await say(database, point, ConsentState.GIVEN)
    assert heard == []
    await say(database, point, ConsentState.WITHDRAWN)
    assert [(e.kind, e.key, e.purposes) for e in heard] == [
        (PointKind.PHONE, key_of(point), [Purpose.URGENT])
    ]


async def test_keeps_who_said_it_where_and_the_proof(database: Database) -> None:
    visitor_id, _ = await a_visitor(database)
    point = a_number()
    await say(database, point, ConsentState.GIVEN, person=Person(visitor_id=visitor_id))
    async with database.read() as session:
        [entry] = await consents_of_person(
            session, customer_ids=[], points=[(point.kind, key_of(point))]
        )
    assert (entry.visitor_id, entry.channel, entry.wording, entry.how) == (
        visitor_id,
        "checkout",
        WORDS.text,
        How.CLICKED,
    )
    assert entry.proof == {"ip": "192.0.2.7", "order": "S-1"}


async def test_refuses_what_is_about_no_address(database: Database) -> None:
    with pytest.raises(NothingToConsent):
        await say(database, Point(PointKind.PHONE, " "), ConsentState.GIVEN)
    with pytest.raises(ValueError, match="recording"):
        await say(database, a_number(), ConsentState.GIVEN, purpose=Purpose.RECORDING)
    with pytest.raises(ValueError, match="snapshot"):
        await may(database, a_number(), Purpose.SNAPSHOT)


@given(
    st.sampled_from(PointKind),
    st.text(max_size=200),
    st.sampled_from(POINT_PURPOSES),
    st.sampled_from(LOCALES),
)
def test_a_link_says_what_it_withdraws(
    kind: PointKind, key: str, purpose: Purpose, locale: Locale
) -> None:
    path = withdrawal_path(SECRET, kind=kind, key=key, purpose=purpose, locale=locale)
    token = path.removeprefix("/consent/")
    assert read_link(SECRET, token=token) == WithdrawalLink(kind, key, purpose, locale)
    assert read_link(b"t" * 32, token=token) is None


@pytest.mark.parametrize("token", ["", "x", "ä", "A" * 60, "A" * 2000, "%%%"])
def test_refuses_a_link_that_is_not_ours(token: str) -> None:
    assert read_link(SECRET, token=token) is None


def test_a_link_to_a_number_fits_into_an_sms() -> None:
    path = withdrawal_path(
        SECRET, kind=PointKind.PHONE, key="+48221234567", purpose=Purpose.URGENT, locale="pl"
    )
    assert len(path) < 55
    assert "48221234567" not in path
