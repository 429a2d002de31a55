"""Every event that clients apply obeys the law; a new one has to be added here."""

from uuid import UUID

import pytest

from stoa import wiring
from stoa.assist.proposals.queries import open_proposals
from stoa.assist.proposals.schemas import Propose, ProposePercent
from stoa.assist.proposals.service import accept_proposal, propose, refuse_proposal
from stoa.assist.walks import service as walks
from stoa.assist.walks.queries import current_walk
from stoa.assist.walks.schemas import ToCart, ToProduct
from stoa.commerce.cart.queries import cart_view, visitor_cart
from stoa.commerce.cart.service import add_line, remove_line, set_quantities
from stoa.commerce.orders.queries import list_orders
from stoa.commerce.orders.service import cancel, mark_paid, ship
from stoa.commerce.orders.service.change import refuse_payment
from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import list_tags
from stoa.contact.conversations.schemas.desk import TagInput
from stoa.contact.conversations.service import (
    change_tag,
    ensure_tag,
    merge_tag,
    remove_tag,
)
from stoa.people.customers.service import merge_customers, unmerge_customers
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.outbox.log import topic_position
from tests.contracts.call_laws import Day, customer_call_law, desk_calls_law, supervision_law
from tests.contracts.cobrowse_laws import agent_cobrowse_law, cobrowse_acts, customer_cobrowse_law
from tests.contracts.conversation_laws import conversation_acts, conversation_law, desk_law, say
from tests.contracts.snapshot_law import Act, Law, View, must_hold, plain
from tests.factories.checkout import order_now, ready_visitor
from tests.factories.commerce import make_goods, make_shop, make_visitor
from tests.factories.contact import a_conversation
from tests.factories.people import an_agent
from tests.factories.shops import with_reactions

# Not applied to what is shown; each with what a client does instead.
NOT_APPLIED = {
    "import.changed": "replaces the progress of its run, which is the whole of it",
    "teams.changed": "says that the teams are to be asked for again, with nothing in it",
    "customer.touched": "says that the page is to be asked for again: test_customer_page_law",
    "rules.changed": "says that the list has to be fetched anew",
    "staff.told": "is shown once, as a notice; the conversation itself is in the list",
    "webhook.stopped": "is shown once, as a notice; the list says it as well",
    "sla.warned": "is shown once, as a notice; when an answer is due is in the list",
    "sla.breached": "is shown once, as a notice; when an answer was due is in the list",
    "conversation.rated": "is counted on the board; the timeline has it by message.changed",
    "cart.ordered": "ends the topic: the visitor's next cart is another one",
}

PROVED: set[str] = set()


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    async with database.begin() as session:
        return await make_shop(session)


@pytest.fixture(scope="module")
async def agent(database: Database) -> Sender:
    return await an_agent(database, name="Ada")


async def test_a_conversation_for_its_customer(
    database: Database, shop: Shop, agent: Sender
) -> None:
    wired = with_reactions(database)
    id_, customer = await a_conversation(database, shop_id=shop.id)
    await must_hold(wired, conversation_law(id_), [say(id_, customer, "Hello")])
    PROVED.update(
        await must_hold(wired, conversation_law(id_), conversation_acts(id_, customer, agent))
    )


async def test_the_row_of_a_conversation_at_the_desk(
    database: Database, shop: Shop, agent: Sender
) -> None:
    wired = with_reactions(database)
    id_, customer = await a_conversation(database, shop_id=shop.id)
    async with wired.begin() as session:
        await say(id_, customer, "Hello")(session)
    PROVED.update(await must_hold(wired, desk_law(id_), conversation_acts(id_, customer, agent)))


async def test_co_browsing_for_both_sides(database: Database, shop: Shop, agent: Sender) -> None:
    wired = with_reactions(database)
    id_, customer = await a_conversation(database, shop_id=shop.id)
    visitor_id = customer.visitor_id
    assert visitor_id is not None
    acts = cobrowse_acts(id_, customer, agent)
    PROVED.update(await must_hold(wired, customer_cobrowse_law(visitor_id), acts))
    await must_hold(wired, agent_cobrowse_law(visitor_id, id_), acts)


async def test_a_cart(database: Database, shop: Shop) -> None:
    wired = with_reactions(database)
    async with wired.begin() as session:
        oil = await make_goods(session, shop)
        jug = await make_goods(session, shop, name="Jug", price_minor=3_100)
        visitor_id = await make_visitor(session)
        cart = await add_line(
            session, shop=shop, visitor_id=visitor_id, locale="en", variant_id=oil.variant_id
        )

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        seq, _ = await topic_position(session, topic=f"cart:{cart.id}")
        view = await cart_view(session, shop=shop, cart_id=cart.id)
        assert view is not None
        return seq, plain(view.model_dump(mode="json"))

    def apply(_state: View, type_: str, _seq: int, data: View) -> View:
        assert type_ == "cart.changed"
        return dict(plain(data["cart"]))

    async def lines(session: ReadSession) -> list[UUID]:
        found = await visitor_cart(session, shop=shop, visitor_id=visitor_id)
        assert found is not None
        return [line.id for line in found.lines]

    async def take_more(session: Session) -> None:
        quantities = dict.fromkeys(await lines(session), 3)
        await set_quantities(session, shop=shop, visitor_id=visitor_id, quantities=quantities)

    async def take_one_out(session: Session) -> None:
        first, *_ = await lines(session)
        await remove_line(session, shop=shop, visitor_id=visitor_id, line_id=first)

    acts: list[Act] = [
        lambda s: add_line(
            s, shop=shop, visitor_id=visitor_id, locale="en", variant_id=jug.variant_id
        ),
        take_more,
        take_one_out,
    ]
    PROVED.update(await must_hold(wired, Law(f"cart:{cart.id}", snapshot, apply), acts))


async def test_what_waits_for_the_customers_word(
    database: Database, shop: Shop, agent: Sender
) -> None:
    wired = with_reactions(database)
    id_, customer = await a_conversation(database, shop_id=shop.id)
    visitor_id = customer.visitor_id
    assert visitor_id is not None
    async with wired.begin() as session:
        oil = await make_goods(session, shop)
        await add_line(
            session, shop=shop, visitor_id=visitor_id, locale="en", variant_id=oil.variant_id
        )

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        found = await open_proposals(session, visitor_id=visitor_id)
        return found.seq, {
            str(one.id): plain(one.model_dump(mode="json")) for one in found.proposals
        }

    def apply(state: View, type_: str, _seq: int, data: View) -> View:
        proposal = plain(data["proposal"])
        others = {key: one for key, one in state.items() if key != proposal["id"]}
        return others if type_ == "proposal.answered" else others | {proposal["id"]: proposal}

    def suggest(number: int) -> Act:
        form = Propose(
            client_id=f"law-proposal-{number}",
            suggestion=ProposePercent(kind="percent", percent=number, reason="A scratch"),
        )
        return lambda s: propose(s, conversation_id=id_, by=agent, form=form)

    async def first(session: Session) -> UUID:
        return (await open_proposals(session, visitor_id=visitor_id)).proposals[0].id

    async def accept(session: Session) -> None:
        await accept_proposal(
            session, proposal_id=await first(session), visitor_id=visitor_id, locale="en"
        )

    async def refuse(session: Session) -> None:
        await refuse_proposal(session, proposal_id=await first(session), visitor_id=visitor_id)

    law = Law(f"visitor:{visitor_id}", snapshot, apply)
    PROVED.update(await must_hold(wired, law, [suggest(5), suggest(7), accept, refuse]))


async def test_a_walk_for_both_sides(database: Database, shop: Shop, agent: Sender) -> None:
    wired = with_reactions(database)
    id_, customer = await a_conversation(database, shop_id=shop.id)
    visitor_id, staff_id = customer.visitor_id, agent.staff_id
    assert visitor_id is not None
    async with wired.begin() as session:
        oil = await make_goods(session, shop)

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        found = await current_walk(session, visitor_id=visitor_id)
        return found.seq, {"walk": found.walk and plain(found.walk.model_dump(mode="json"))}

    def apply(_state: View, type_: str, _seq: int, data: View) -> View:
        assert type_ == "walk.changed"
        walk = plain(data["walk"])
        return {"walk": walk if walk["state"] in ("asked", "walking") else None}

    async def live(session: Session) -> UUID:
        found = await current_walk(session, visitor_id=visitor_id)
        assert found.walk is not None
        return found.walk.id

    def ask_along(to: ToCart | ToProduct) -> Act:
        return lambda s: walks.ask(s, conversation_id=id_, by=agent, to=to, own="")

    def say_so(is_agreed: bool) -> Act:
        async def act(session: Session) -> None:
            await walks.answer(
                session, walk_id=await live(session), visitor_id=visitor_id, is_agreed=is_agreed
            )

        return act

    async def part(session: Session) -> None:
        await walks.end(session, walk_id=await live(session), staff_id=staff_id)

    cart, product = ToCart(kind="cart"), ToProduct(kind="product", product_id=oil.product_id)
    acts = [
        ask_along(cart),
        ask_along(product),
        say_so(True),
        ask_along(cart),
        part,
        ask_along(cart),
        say_so(False),
    ]
    law = Law(f"visitor:{visitor_id}", snapshot, apply)
    PROVED.update(await must_hold(wired, law, acts))


async def test_the_list_of_orders(database: Database) -> None:
    agent = await an_agent(database)
    wired = with_reactions(database)
    async with wired.begin() as session:
        shop = await make_shop(session)
        goods = await make_goods(session, shop, stock=50)
    visitors = [await ready_visitor(wired, shop, goods) for _ in range(2)]

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        seq, _ = await topic_position(session, topic="orders")
        page = await list_orders(session, shop_id=shop.id)
        return seq, {str(one.id): plain(one.model_dump(mode="json")) for one in page.items}

    def apply(state: View, _type: str, _seq: int, data: View) -> View:
        return state | {data["order"]["id"]: plain(data["order"])}

    async def newest(session: ReadSession) -> UUID:
        return (await list_orders(session, shop_id=shop.id)).items[0].id

    async def pay(session: Session) -> None:
        await mark_paid(session, order_id=await newest(session))

    async def send(session: Session) -> None:
        await ship(session, order_id=await newest(session))

    async def take_back(session: Session) -> None:
        await cancel(session, order_id=await newest(session))

    async def fail_to_take(session: Session) -> None:
        await refuse_payment(session, order_id=await newest(session))

    merges: list[UUID] = []

    async def merge(session: Session) -> None:
        goes, stays = [one.customer_id for one in (await list_orders(session)).items[:2]]
        assert goes is not None
        assert stays is not None
        merges.append(await merge_customers(session, from_id=goes, into_id=stays, by=None))

    async def part(session: Session) -> None:
        assert agent.staff_id is not None
        await unmerge_customers(session, merge_id=merges[0], by=agent.staff_id)

    # Placing an order has transactions of its own.
    acts: list[Act] = [
        lambda _: order_now(wired, shop, visitors[0]),
        pay,
        send,
        lambda _: order_now(wired, shop, visitors[1]),
        fail_to_take,
        take_back,
        merge,
        part,
    ]
    PROVED.update(await must_hold(wired, Law("orders", snapshot, apply), acts))


async def test_a_call_at_the_customers_page_and_at_the_desk(
    database: Database, shop: Shop, agent: Sender
) -> None:
    wired = with_reactions(database)
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    _, other = await a_conversation(database, shop_id=shop.id)
    assert customer.visitor_id is not None
    assert other.visitor_id is not None
    day = Day(
        shop_id=shop.id,
        agents=[agent, await an_agent(database, name="Bo")],
        visitors=[other.visitor_id, customer.visitor_id],
    )
    page = customer_call_law(visitor_id=customer.visitor_id, shop_id=shop.id)
    for law in (page, desk_calls_law(), supervision_law()):
        PROVED.update(await must_hold(wired, law, day.waiting_acts()))
        PROVED.update(await must_hold(wired, law, day.talking_acts(conversation_id)))


async def test_the_tags_of_the_desk(database: Database, agent: Sender) -> None:
    async with database.begin() as session:
        shop = await make_shop(session)
    staff_id = agent.staff_id
    assert staff_id is not None

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        seq, _ = await topic_position(session, topic="desk")
        tags = [tag for tag in await list_tags(session) if tag.shop_id == shop.id]
        return seq, {str(tag.id): tag.model_dump(mode="json") for tag in tags}

    def apply(state: View, type_: str, _seq: int, data: View) -> View:
        assert type_ == "tag.changed"
        tag = data["tag"]
        rest = {id_: one for id_, one in state.items() if id_ != tag["id"]}
        return rest if tag["is_removed"] else rest | {tag["id"]: tag}

    async def make(session: Session, name: str) -> UUID:
        form = TagInput(name=name)
        return (await ensure_tag(session, shop_id=shop.id, staff_id=staff_id, form=form)).id

    async def rename(session: Session) -> None:
        form = TagInput(name="Damaged", tone="bad")
        await change_tag(
            session, tag_id=await make(session, "broken"), staff_id=staff_id, form=form
        )

    async def merge(session: Session) -> None:
        late, damaged = await make(session, "late"), await make(session, "damaged")
        await merge_tag(session, tag_id=late, into=damaged, staff_id=staff_id)

    async def remove(session: Session) -> None:
        await remove_tag(session, tag_id=await make(session, "damaged"), staff_id=staff_id)

    acts: list[Act] = [
        lambda s: make(s, "broken"),
        lambda s: make(s, "late"),
        rename,
        merge,
        remove,
    ]
    PROVED.update(await must_hold(database, Law("desk", snapshot, apply), acts))


def test_every_event_is_proved() -> None:
    """Runs last in this file, on what the tests above have seen."""
    known = {str(event.model_fields["type"].default) for event in wiring.EVENTS}
    assert set(NOT_APPLIED) <= known
    assert known - set(NOT_APPLIED) == PROVED & known
