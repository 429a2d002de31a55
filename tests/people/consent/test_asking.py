"""Double opt-in: asked by whoever, agreed to only at the address, and seldom asked."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.commerce.shops.models import Shop
from stoa.people.consent.asking import MOST_PER_ADDRESS, MOST_PER_VISITOR
from stoa.people.consent.errors import (
    AskedTooOften,
    NeedsConfirmation,
    NothingToConsent,
    RequestEnded,
)
from stoa.people.consent.links import confirmation_path, read_confirmation
from stoa.people.consent.models import (
    ConsentRequest,
    ConsentState,
    How,
    Person,
    Proof,
    Purpose,
    RequestState,
    Wording,
)
from stoa.people.consent.queries import (
    consents_of_person,
    find_request,
    has_point_consent,
    requests_of_person,
)
from stoa.people.consent.service import (
    ask_consent,
    confirm_consent,
    decline_consent,
    forget_old_requests,
    record_point_consent,
    withdraw_for_point,
)
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import erase_customer, know_visitor
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from tests.factories.people import a_visitor
from tests.factories.shops import make_shop, with_reactions

WORDS = Wording("Send me news by e-mail.", "4", "de")
SECRET = b"s" * 32
SEEN = {"ip": "192.0.2.9", "user_agent": "Mail/1"}


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    return await make_shop(database)


def an_address() -> Point:
    return Point(PointKind.EMAIL, f"Anna-{new_id().hex}@Example.org")


async def ask(
    database: Database, shop: Shop, point: Point, *, person: Person | None = None
) -> ConsentRequest:
    async with database.begin() as session:
        return await ask_consent(
            session,
            shop_id=shop.id,
            point=point,
            purpose=Purpose.MARKETING,
            wording=WORDS,
            source="checkout",
            person=person,
            proof=Proof(ip="192.0.2.7", order="S-1"),
            country="DE",
        )


async def confirm(database: Database, request: ConsentRequest) -> None:
    async with database.begin() as session:
        await confirm_consent(session, request_id=request.id, **SEEN)


async def may(database: Database, point: Point) -> bool:
    async with database.read() as session:
        return await has_point_consent(
            session, kind=point.kind, key=point.value.lower(), purpose=Purpose.MARKETING
        )


async def ledger(database: Database, point: Point) -> list[Any]:
    async with database.read() as session:
        return list(
            await consents_of_person(
                session, customer_ids=[], points=[(point.kind, point.value.lower())]
            )
        )


async def state_of(database: Database, request: ConsentRequest) -> RequestState:
    async with database.read() as session:
        found = await find_request(session, request_id=request.id)
    assert found is not None
    return found.state


async def let_run_out(database: Database, request: ConsentRequest) -> None:
    await database.pool.execute(
        "UPDATE consent_request SET asked_at = asked_at - interval '8 days',"
        " expires_at = expires_at - interval '8 days' WHERE id = $1",
        request.id,
    )


async def test_only_the_answer_from_the_address_is_a_consent(
    database: Database, shop: Shop
) -> None:
    point = an_address()
    request = await ask(database, shop, point)
    assert not await may(database, point)
    assert await ledger(database, point) == []
    await confirm(database, request)
    await confirm(database, request)  # a second click is harmless
    assert await may(database, point)
    [entry] = await ledger(database, point)
    assert (entry.state, entry.how, entry.channel) == (
        ConsentState.GIVEN,
        How.DOUBLE_OPT_IN,
        "email",
    )
    assert (entry.wording, entry.wording_version, entry.locale) == (WORDS.text, "4", "de")
    assert entry.proof == {
        "ip": "192.0.2.9",
        "user_agent": "Mail/1",
        "order": "S-1",
        "request": str(request.id),
        "asked_at": request.asked_at.isoformat(timespec="seconds"),
        "asked_ip": "192.0.2.7",
        "asked_by": "checkout",
    }


async def test_two_clicks_at_once_are_written_down_once(database: Database, shop: Shop) -> None:
    point = an_address()
    request = await ask(database, shop, point)
    await asyncio.gather(confirm(database, request), confirm(database, request))
    assert len(await ledger(database, point)) == 1


@pytest.mark.parametrize("how", [How.CLICKED, How.SPOKEN, How.WRITTEN])
async def test_refuses_marketing_that_was_only_said(database: Database, how: How) -> None:
    point = an_address()
    with pytest.raises(NeedsConfirmation):
        async with database.begin() as session:
            await record_point_consent(
                session,
                point=point,
                purpose=Purpose.MARKETING,
                state=ConsentState.GIVEN,
                wording=WORDS,
                how=how,
                channel="desk",
            )
    assert await ledger(database, point) == []


async def test_a_row_from_before_that_nobody_confirmed_permits_nothing(
    database: Database,
) -> None:
    point = an_address()
    await database.pool.execute(
        "INSERT INTO consent (id, purpose, state, wording, wording_version, locale, how, at,"
        " point_kind, point_key) VALUES ($1, 'marketing', 'given', 'Yes', '1', 'en', 'spoken',"
        " now(), 'email', $2)",
        new_id(),
        point.value.lower(),
    )
    assert not await may(database, point)


async def test_a_question_ends(database: Database, shop: Shop) -> None:
    point = an_address()
    request = await ask(database, shop, point)
    await let_run_out(database, request)
    with pytest.raises(RequestEnded):
        await confirm(database, request)
    assert await ledger(database, point) == []
    await confirm(database, await ask(database, shop, point))
    assert await may(database, point)


async def test_a_later_no_closes_the_question_and_one_may_ask_anew(
    database: Database, shop: Shop
) -> None:
    point = an_address()
    first = await ask(database, shop, point)
    async with database.begin() as session:
        await withdraw_for_point(
            session,
            kind=point.kind,
            key=point.value.lower(),
            how=How.LINK,
            channel="link",
            wording=WORDS,
        )
    assert await state_of(database, first) is RequestState.CANCELLED
    with pytest.raises(RequestEnded):
        await confirm(database, first)
    assert not await may(database, point)
    await confirm(database, await ask(database, shop, point))
    assert await may(database, point)


async def test_who_had_taken_it_back_and_asks_anew_can_say_no_again(
    database: Database, shop: Shop
) -> None:
    point = an_address()
    for _ in range(2):
        request = await ask(database, shop, point)
        async with database.begin() as session:
            await withdraw_for_point(
                session,
                kind=point.kind,
                key=point.value.lower(),
                how=How.STOP,
                channel="sms",
                wording=WORDS,
            )
        assert await state_of(database, request) is RequestState.CANCELLED
    assert len(await ledger(database, point)) == 3  # one for each purpose, once


async def test_who_says_that_it_was_not_them_is_left_alone(database: Database, shop: Shop) -> None:
    point = an_address()
    request = await ask(database, shop, point)
    async with database.begin() as session:
        await decline_consent(session, request_id=request.id, **SEEN)
    with pytest.raises(AskedTooOften):
        await ask(database, shop, point)
    with pytest.raises(RequestEnded):
        await confirm(database, request)
    [entry] = await ledger(database, point)
    assert entry.state is ConsentState.REFUSED
    async with database.begin() as session:  # who has proven the address may change their mind
        await ask_consent(
            session,
            shop_id=shop.id,
            point=point,
            purpose=Purpose.MARKETING,
            wording=WORDS,
            source="account",
            is_owner=True,
        )


async def test_of_a_yes_and_a_no_at_once_the_no_stands(database: Database, shop: Shop) -> None:
    point = an_address()
    request = await ask(database, shop, point)

    async def withdraw() -> None:
        async with database.begin() as session:
            await withdraw_for_point(
                session,
                kind=point.kind,
                key=point.value.lower(),
                how=How.LINK,
                channel="link",
                wording=WORDS,
            )

    await asyncio.gather(confirm(database, request), withdraw(), return_exceptions=True)
    assert not await may(database, point)


async def test_what_led_to_nothing_is_forgotten_in_time(own_database: Database) -> None:
    shop = await make_shop(own_database)
    requests = [await ask(own_database, shop, an_address()) for _ in range(3)]
    await confirm(own_database, requests[0])
    await own_database.pool.execute(
        "UPDATE consent_request SET asked_at = asked_at - interval '38 days',"
        " expires_at = expires_at - interval '38 days' WHERE id = ANY($1::uuid[])",
        [request.id for request in requests[:2]],
    )
    async with own_database.begin() as session:
        assert await forget_old_requests(session) == 1
    assert await state_of(own_database, requests[0]) is RequestState.CONFIRMED
    assert await state_of(own_database, requests[2]) is RequestState.PENDING


async def test_nobody_is_asked_more_than_a_few_times_a_day(database: Database, shop: Shop) -> None:
    point = an_address()
    made = [await ask(database, shop, point) for _ in range(MOST_PER_ADDRESS)]
    with pytest.raises(AskedTooOften):
        await ask(database, shop, Point(PointKind.EMAIL, point.value.upper()))
    await let_run_out(database, made[0])
    await ask(database, shop, point)


async def test_one_at_a_time_is_asked_however_many_ask_at_once(
    database: Database, shop: Shop
) -> None:
    point = an_address()
    done = await asyncio.gather(
        *(ask(database, shop, point) for _ in range(MOST_PER_ADDRESS + 2)), return_exceptions=True
    )
    assert sum(isinstance(one, AskedTooOften) for one in done) == 2


async def test_a_visitor_cannot_have_strangers_written_to(database: Database, shop: Shop) -> None:
    person = Person(visitor_id=(await a_visitor(database))[0])
    for _ in range(MOST_PER_VISITOR):
        await ask(database, shop, an_address(), person=person)
    with pytest.raises(AskedTooOften):
        await ask(database, shop, an_address(), person=person)


@pytest.mark.parametrize(
    "point", [Point(PointKind.EMAIL, "  "), Point(PointKind.POSTAL, "Prosta 1, Warszawa")]
)
async def test_refuses_to_ask_where_nobody_can_answer(
    database: Database, shop: Shop, point: Point
) -> None:
    with pytest.raises(NothingToConsent):
        await ask(database, shop, point)


async def test_an_erasure_takes_away_what_waits(database: Database, shop: Shop) -> None:
    wired = with_reactions(database)
    visitor_id, _ = await a_visitor(database)
    point = an_address()
    async with wired.begin() as session:
        customer_id = await know_visitor(
            session, visitor_id=visitor_id, points=[point], name="Anna", source="checkout"
        )
    request = await ask(wired, shop, point, person=Person(visitor_id=visitor_id))
    async with database.read() as session:
        [waiting] = await requests_of_person(session, customer_ids=[customer_id])
    assert waiting.id == request.id
    async with wired.begin() as session:
        await erase_customer(session, customer_id=customer_id)
    with pytest.raises(NotFound):
        await confirm(database, request)


@given(st.uuids(version=4), st.binary(min_size=32, max_size=32))
def test_a_link_names_its_request_and_nobody_else_can_make_one(request: UUID, other: bytes) -> None:
    token = confirmation_path(SECRET, request_id=request).removeprefix("/confirm/")
    assert len(token) == 32
    assert read_confirmation(SECRET, token=token) == request
    if other != SECRET:
        assert read_confirmation(other, token=token) is None
    spoilt = ("B" if token[0] == "A" else "A") + token[1:]
    assert read_confirmation(SECRET, token=spoilt) is None


@pytest.mark.parametrize("token", ["", "x", "é" * 32, "!" * 32, "A" * 5000])
def test_other_links_are_not_ours(token: str) -> None:
    assert read_confirmation(SECRET, token=token) is None
