"""An agent proposes, the customer decides, the cart follows; what fails says why."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from stoa.commerce.cart.models import Cart
from stoa.commerce.cart.queries import visitor_cart
from stoa.commerce.cart.service import add_line
from stoa.commerce.shipping.queries import shipping_methods
from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.queries import get_snapshot
from stoa.contact.conversations.schemas import ProposalCard
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.commerce import Goods, make_goods
from tests.factories.people import a_visitor
from tests.servers.people import Person, Refused, on_the_line


@dataclass
class Customer:
    """A customer in a conversation, with a cart of one bottle."""

    line: Person
    token: str
    visitor_id: Any
    conversation_id: str
    goods: Goods


@pytest.fixture
async def customer(address: str, database: Database, shop: Shop) -> AsyncIterator[Customer]:
    visitor_id, token = await a_visitor(database)
    async with database.begin() as session:
        goods = await make_goods(session, shop, price_minor=2_000, stock=5)
        await add_line(
            session,
            shop=shop,
            visitor_id=visitor_id,
            locale="en",
            variant_id=goods.variant_id,
        )
    async with on_the_line(address, surface="counter", token=token) as line:
        started = await line.ask(
            "conversation.start",
            shop_id=str(shop.id),
            client_id=secrets.token_hex(8),
            locale="en",
            body="Any discount?",
        )
        id_ = started["message"]["conversation_id"]
        await line.subscribe(f"conversation:{id_}")
        await line.subscribe(f"visitor:{visitor_id}")
        yield Customer(line, token, visitor_id, id_, goods)


async def propose(
    desk: aiohttp.ClientSession, customer: Customer, *, client_id: str = "", **suggestion: Any
) -> dict[str, Any]:
    answer = await desk.post(
        f"/api/desk/conversations/{customer.conversation_id}/proposals",
        json={"client_id": client_id or secrets.token_hex(8), "suggestion": suggestion},
    )
    assert answer.status == 200, await answer.text()
    made: dict[str, Any] = await answer.json()
    return made


async def cart_of(database: Database, shop: Shop, customer: Customer) -> Cart:
    async with database.read() as session:
        cart = await visitor_cart(session, shop=shop, visitor_id=customer.visitor_id)
    assert cart is not None
    return cart


async def test_an_accepted_discount_is_in_the_cart_and_everywhere(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, customer: Customer
) -> None:
    made = await propose(desk, customer, kind="percent", percent=10, reason="First order")
    shown = (await customer.line.hear("message.added"))["data"]["message"]
    assert shown["card"]["state"] == "open"
    assert (await customer.line.hear("proposal.made"))["data"]["proposal"]["id"] == made["id"]
    waiting = await customer.line.ask("proposal.list")
    assert [item["id"] for item in waiting["proposals"]] == [made["id"]]
    assert (await cart_of(database, shop, customer)).totals.total_minor == 2_000
    accepted = await customer.line.ask("proposal.accept", proposal_id=made["id"])
    again = await customer.line.ask("proposal.accept", proposal_id=made["id"])
    assert accepted == again
    assert accepted["card"]["state"] == "accepted"
    changed = (await customer.line.hear("message.changed"))["data"]["message"]
    assert (changed["id"], changed["card"]["state"]) == (shown["id"], "accepted")
    assert (await customer.line.hear("proposal.answered"))["data"]["proposal"] == accepted
    cart = await cart_of(database, shop, customer)
    assert cart.totals.total_minor == 1_800
    assert cart.discount is not None
    assert cart.discount.reason == "First order"
    assert (await customer.line.ask("proposal.list"))["proposals"] == []
    async with database.read() as session:
        actions = await session.fetch(
            "SELECT action FROM audit_entry WHERE subject = $1 ORDER BY created_at, id", made["id"]
        )
        snapshot = await get_snapshot(
            session, conversation_id=made["conversation_id"], with_notes=True
        )
    assert [row["action"] for row in actions] == ["proposal.made", "proposal.accepted"]
    card = snapshot.timeline.messages[-1].card
    assert isinstance(card, ProposalCard)
    assert card.state == "accepted"
    assert snapshot.row.waiting_since is None, "a proposal is an answer"
    assert snapshot.row.assignee_name == "Ada"


async def test_a_product_and_a_delivery(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, customer: Customer
) -> None:
    async with database.begin() as session:
        more = await make_goods(session, shop, price_minor=500, name="Olives")
        methods = await shipping_methods(session, shop_id=shop.id, locale="en")
    made = await propose(
        desk, customer, kind="product", variant_id=str(more.variant_id), quantity=2
    )
    assert (made["card"]["title"], made["card"]["quantity"]) == ("Olives", 2)
    await customer.line.ask("proposal.accept", proposal_id=made["id"])
    assert (await cart_of(database, shop, customer)).count == 3
    made = await propose(desk, customer, kind="delivery", shipping_method_id=str(methods[0].id))
    await customer.line.ask("proposal.accept", proposal_id=made["id"])
    cart = await cart_of(database, shop, customer)
    assert cart.checkout["delivery"]["method"] == methods[0].code


async def test_a_proposal_that_cannot_be_kept_fails_in_words_and_changes_nothing(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, customer: Customer
) -> None:
    async with database.begin() as session:
        rare = await make_goods(session, shop, stock=1)
    before = await cart_of(database, shop, customer)
    made = await propose(
        desk, customer, kind="product", variant_id=str(rare.variant_id), quantity=3
    )
    failed = await customer.line.ask("proposal.accept", proposal_id=made["id"])
    assert (failed["card"]["state"], failed["card"]["problem"]) == (
        "failed",
        "cart.not_enough_stock",
    )
    assert "only 1 left" in failed["card"]["problem_text"]
    assert (await cart_of(database, shop, customer)) == before


async def test_refused_and_withdrawn(
    desk: aiohttp.ClientSession, database: Database, shop: Shop, customer: Customer
) -> None:
    before = await cart_of(database, shop, customer)
    made = await propose(desk, customer, kind="amount", amount_minor=300, reason="Sorry")
    refused = await customer.line.ask("proposal.refuse", proposal_id=made["id"])
    assert refused["card"]["state"] == "refused"
    with pytest.raises(Refused, match="proposal_answered"):
        await customer.line.ask("proposal.accept", proposal_id=made["id"])
    assert await cart_of(database, shop, customer) == before
    with pytest.raises(Refused, match="forbidden"):
        await customer.line.ask("proposal.withdraw", proposal_id=made["id"])


@pytest.mark.race
async def test_accepting_in_two_tabs_adds_once(
    desk: aiohttp.ClientSession, address: str, database: Database, shop: Shop, customer: Customer
) -> None:
    async with database.begin() as session:
        more = await make_goods(session, shop, price_minor=500)
    made = await propose(desk, customer, kind="product", variant_id=str(more.variant_id))
    async with on_the_line(address, surface="counter", token=customer.token) as other_tab:
        first, second = await asyncio.gather(
            customer.line.ask("proposal.accept", proposal_id=made["id"]),
            other_tab.ask("proposal.accept", proposal_id=made["id"]),
        )
    assert first == second
    assert (await cart_of(database, shop, customer)).count == 2


async def test_the_same_request_twice_is_one_proposal(
    desk: aiohttp.ClientSession, customer: Customer
) -> None:
    suggestion = {"kind": "percent", "percent": 5, "reason": "Because"}
    one = await propose(desk, customer, client_id="proposal-once", **suggestion)
    two = await propose(desk, customer, client_id="proposal-once", **suggestion)
    assert one["id"] == two["id"]
    waiting = await customer.line.ask("proposal.list")
    assert len(waiting["proposals"]) == 1


async def test_strangers_and_nonsense(
    desk: aiohttp.ClientSession, address: str, database: Database, customer: Customer
) -> None:
    made = await propose(desk, customer, kind="percent", percent=5, reason="Because")
    _, token = await a_visitor(database)
    async with on_the_line(address, surface="counter", token=token) as stranger:
        for command in ("proposal.accept", "proposal.refuse"):
            with pytest.raises(Refused, match="not_found"):
                await stranger.ask(command, proposal_id=made["id"])
        with pytest.raises(Refused, match="not_found"):
            await stranger.subscribe(f"visitor:{customer.visitor_id}")
    path = f"/api/desk/conversations/{customer.conversation_id}/proposals"
    for suggestion in (
        {"kind": "percent", "percent": 101, "reason": "x"},
        {"kind": "percent", "percent": 10, "reason": ""},
        {"kind": "gift"},
        {},
    ):
        answer = await desk.post(
            path, json={"client_id": secrets.token_hex(8), "suggestion": suggestion}
        )
        assert answer.status == 422
    unknown = {"kind": "product", "variant_id": str(new_id())}
    answer = await desk.post(path, json={"client_id": secrets.token_hex(8), "suggestion": unknown})
    assert answer.status == 404
    nowhere = await desk.get(f"/api/desk/conversations/{new_id()}/proposals")
    assert nowhere.status == 404
