"""Whatever changes a customer's page or timeline is told on a topic that the page hears.

The page applies no event: each says that there is something new, and the page asks again. So the
law of snapshots holds if nothing changes in silence."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from stoa.assist.radar.models import LiveVisit
from stoa.assist.radar.schemas import PageView
from stoa.assist.radar.summaries import write_summaries
from stoa.commerce.orders.service import cancel, mark_paid
from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import (
    Messages,
    add_automatic_note,
    lock_conversation,
)
from stoa.desk.customers.exporting import ask_export, cancel_export
from stoa.desk.customers.queries import customer_page
from stoa.desk.customers.timeline import customer_timeline
from stoa.people.consent.models import ConsentState, How, Person, Purpose, Wording
from stoa.people.consent.service import ask_consent, record_point_consent
from stoa.people.customers.events import customer_topic
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import (
    add_note,
    change_customer,
    customer_of_point,
    erase_customer,
    know_visitor,
    mark_deliverable,
    mark_undeliverable,
    merge_customers,
    remove_point,
    unmerge_customers,
)
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.ids import new_id
from stoa.platform.node import Node
from stoa.platform.outbox.log import events_after, topic_position
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contracts.call_laws import Day
from tests.contracts.conversation_laws import say
from tests.contracts.snapshot_law import Act
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import make_goods, make_shop
from tests.factories.contact import a_conversation
from tests.factories.people import an_agent
from tests.factories.shops import with_reactions


class Page:
    """One customer's page at a desk, and what it hears."""

    def __init__(self, database: Database, customer_id: UUID) -> None:
        self.database = with_reactions(database)
        self.customer_id = customer_id

    async def _shown(self, session: ReadSession) -> Any:
        page = await customer_page(session, customer_id=self.customer_id)
        timeline = await customer_timeline(session, customer_id=page.id)
        return page.model_dump(exclude={"seq"}), timeline.model_dump()

    async def _heard(self, session: ReadSession, after: tuple[int, int]) -> list[str]:
        own = await events_after(session, topic=customer_topic(self.customer_id), after=after[0])
        rows = [
            event
            for event in await events_after(session, topic="desk", after=after[1])
            if event.type == "conversation.listed"
            and event.data["conversation"]["customer_id"] == str(self.customer_id)
        ]
        return [event.type for event in (*own, *rows)]

    async def must_hear(self, acts: Sequence[Act]) -> None:
        """Every one of the acts changes what is shown, and is told."""
        for number, act in enumerate(acts):
            async with self.database.read() as session:
                before = await self._shown(session)
                own, _ = await topic_position(session, topic=customer_topic(self.customer_id))
                desk, _ = await topic_position(session, topic="desk")
            async with self.database.begin() as session:
                await act(session)
            async with self.database.read() as session:
                assert await self._shown(session) != before, f"act {number} changes nothing"
                assert await self._heard(session, (own, desk)), f"act {number} is not told"


@pytest.fixture
async def shop(database: Database) -> Shop:
    async with database.begin() as session:
        return await make_shop(session)


@pytest.fixture
async def agent(database: Database) -> Sender:
    return await an_agent(database, name="Ada")


def an_address() -> Point:
    return Point(PointKind.EMAIL, f"{new_id().hex}@example.org")


async def known(database: Database, visitor_id: UUID | None, *points: Point) -> Page:
    assert visitor_id is not None
    async with with_reactions(database).begin() as session:
        customer_id = await know_visitor(
            session, visitor_id=visitor_id, points=points, name="Anna", source="chat"
        )
    return Page(database, customer_id)


async def test_hears_what_is_said_and_called(
    database: Database, database_url: str, shop: Shop, agent: Sender, tmp_path: Path
) -> None:
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    _, other = await a_conversation(database, shop_id=shop.id)
    page = await known(database, customer.visitor_id, an_address())
    assert customer.visitor_id is not None
    assert other.visitor_id is not None

    settings = Settings(data_dir=tmp_path, database_url=database_url, demo=False)
    messages = Messages(Node(settings, page.database, LocalBlobStore(tmp_path)))

    async def note(_session: Session) -> None:
        await messages.send(
            conversation_id=conversation_id,
            sender=agent,
            client_id=f"note-{new_id()}",
            body="A regular.",
            kind="note",
        )

    async def own_note(session: Session) -> None:
        place = await lock_conversation(session, conversation_id=conversation_id)
        await add_automatic_note(session, place=place, client_id="own-note", body="By rule.")

    day = Day(
        shop_id=shop.id,
        agents=[agent, await an_agent(database, name="Bo")],
        visitors=[other.visitor_id, customer.visitor_id],
    )
    assert agent.staff_id is not None
    await page.must_hear(
        [
            say(conversation_id, customer, "Hello"),
            say(conversation_id, agent, "Hello to you"),
            note,
            own_note,
            day.starts(customer.visitor_id),
            day.answers(customer.visitor_id, agent.staff_id),
            day.hangs_up(customer.visitor_id, customer),
        ]
    )


async def test_hears_of_orders_payments_and_visits(database: Database) -> None:
    wired = with_reactions(database)
    async with wired.begin() as session:
        shop = await make_shop(session)
        goods = await make_goods(session, shop, stock=50)
    visitor_id = await ready_visitor(wired, shop, goods)
    page = await known(database, visitor_id, an_address())

    async def order(session: ReadSession) -> UUID:
        found: UUID = await session.fetch_value(
            'SELECT id FROM "order" WHERE visitor_id = $1', visitor_id
        )
        return found

    async def pay(session: Session) -> None:
        await mark_paid(session, order_id=await order(session))

    async def take_back(session: Session) -> None:
        await cancel(session, order_id=await order(session))

    def visit() -> LiveVisit:
        shown = PageView(path="/en/", title="Shop", kind="home", product_id=None, at=now())
        return LiveVisit(
            id=new_id(),
            since=now(),
            last_active_at=now(),
            locale="en",
            device="desktop",
            shop_id=shop.id,
            visitor_id=visitor_id,
            page=shown,
            page_count=1,
        )

    await page.must_hear(
        [
            lambda _: order_now(wired, shop, visitor_id),
            pay,
            take_back,
            lambda _: write_summaries(wired, [visit()]),
        ]
    )


async def test_hears_what_is_written_down_and_agreed_to(
    database: Database, shop: Shop, agent: Sender
) -> None:
    _, customer = await a_conversation(database, shop_id=shop.id)
    point, second = an_address(), an_address()
    page = await known(database, customer.visitor_id, point)
    id_, staff_id = page.customer_id, agent.staff_id
    assert staff_id is not None

    def change(name: str, channel: str | None) -> Act:
        return lambda session: change_customer(
            session,
            customer_id=id_,
            name=name,
            locale="pl",
            preferred_channel=channel,
            by=staff_id,
        )

    def say_of(state: ConsentState, person: Person | None = None) -> Act:
        return lambda session: record_point_consent(
            session,
            point=point,
            purpose=Purpose.URGENT,
            state=state,
            wording=Wording("Tell me.", "1", "en"),
            how=How.CLICKED,
            channel="checkout",
            person=person,
        )

    async def drop(session: Session) -> None:
        found = await session.fetch_value(
            "SELECT id FROM contact_point WHERE customer_id = $1 AND value = $2", id_, second.value
        )
        await remove_point(session, customer_id=id_, point_id=found, by=staff_id)

    async def call_off(session: Session) -> None:
        export_id = await session.fetch_value(
            "SELECT id FROM customer_export WHERE customer_id = $1", id_
        )
        await cancel_export(session, export_id=export_id)

    await page.must_hear(
        [
            lambda session: add_note(session, customer_id=id_, body="A regular.", by=staff_id),
            change("Anna Nowak", None),
            change("Anna Nowak", "sms"),
            lambda session: know_visitor(
                session,
                visitor_id=customer.visitor_id or id_,
                points=[second],
                name="",
                source="chat",
            ),
            drop,
            lambda session: mark_undeliverable(session, point=point, code="5.1.1"),
            lambda session: mark_deliverable(session, point=point),
            say_of(ConsentState.GIVEN),
            say_of(ConsentState.WITHDRAWN),
            lambda session: ask_consent(
                session,
                shop_id=shop.id,
                point=point,
                purpose=Purpose.MARKETING,
                wording=Wording("News?", "1", "en"),
                source="desk",
            ),
            lambda session: ask_export(session, customer_id=id_, by=staff_id),
            call_off,
        ]
    )


async def test_hears_of_likenesses_merging_parting_and_erasure(
    database: Database, shop: Shop, agent: Sender
) -> None:
    _, first = await a_conversation(database, shop_id=shop.id)
    _, second = await a_conversation(database, shop_id=shop.id)
    point = an_address()
    async with with_reactions(database).begin() as session:
        await customer_of_point(
            session, point=point, is_verified=True, name="Anna", locale="pl", source="email"
        )
    stays = await known(database, first.visitor_id, an_address())
    goes = await known(database, second.visitor_id, an_address())
    staff_id = agent.staff_id
    assert staff_id is not None
    merges: list[UUID] = []

    async def merge(session: Session) -> None:
        merges.append(
            await merge_customers(
                session, from_id=goes.customer_id, into_id=stays.customer_id, by=staff_id
            )
        )

    async def part(session: Session) -> None:
        await unmerge_customers(session, merge_id=merges[-1], by=staff_id)

    async def is_like(session: Session) -> None:
        assert first.visitor_id is not None
        await know_visitor(
            session, visitor_id=first.visitor_id, points=[point], name="Anna", source="chat"
        )

    await stays.must_hear([is_like, merge, part])
    # Whoever looks at the one who goes sees the one who stays.
    await goes.must_hear([merge, part])
    await stays.must_hear([lambda s: erase_customer(s, customer_id=stays.customer_id)])
