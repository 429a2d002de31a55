"""Whoever wants no more of something says so by a link in it, and is heeded."""

import json

from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.contact.channels.ways import ways_of
from stoa.people.consent.models import How, Wording
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.service import (
    ask_consent,
    confirm_consent,
    read_link,
    withdraw_for_point,
)
from stoa.people.customers.models import Point, PointKind
from tests.contact.channels.answering import an_answer, holding, state
from tests.contact.channels.conftest import Place
from tests.factories.consent import record_answer
from tests.waiting import until


async def test_whoever_wants_no_more_answers_says_so_by_a_link_in_one(place: Place) -> None:
    """What an order needs still comes."""
    to = Point(PointKind.EMAIL, "anna@example.com")
    async with holding(place.node):
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


async def mail(place: Place, to: Point, number: int) -> str:
    """How a mailing to them ends."""
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


async def test_a_mailing_carries_the_way_out_and_heeds_it(place: Place) -> None:
    to = Point(PointKind.EMAIL, "anna@example.com")
    async with place.node.database.begin() as session:
        await record_answer(session, point=to, purpose=Use.MARKETING)
    async with holding(place.node):
        assert await mail(place, to, 1) == "sent"
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
        assert await mail(place, to, 2) == "refused"


async def test_a_mailing_leaves_only_once_its_address_has_confirmed(place: Place) -> None:
    to = Point(PointKind.EMAIL, "anna@example.com")
    async with holding(place.node):
        assert await mail(place, to, 1) == "refused"
        async with place.node.database.begin() as session:
            request = await ask_consent(
                session,
                shop_id=place.inbox.shop_id,
                point=to,
                purpose=Use.MARKETING,
                wording=Wording("Yes", "1", "pl"),
                source="checkout",
            )
        assert await mail(place, to, 2) == "refused"
        async with place.node.database.begin() as session:
            await confirm_consent(session, request_id=request.id, ip="", user_agent="")
        assert await mail(place, to, 3) == "sent"
    sent = [json.loads(path.read_text()) for path in place.folder.glob("*.json")]
    assert [one["text"] for one in sent if one["text"].startswith("News")] == ["News 3"]
