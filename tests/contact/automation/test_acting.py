"""Rules act on what was said and done: in order, on what they see, with what there is."""

from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.automation import service
from stoa.contact.automation.queries import list_rules
from stoa.contact.automation.running import find_waiting
from stoa.contact.automation.schemas import RuleInput
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.service import close_conversation, reopen_conversation
from stoa.platform.database.session import Database
from stoa.platform.errors import Conflict, InvalidInput
from tests.factories.automation import REPLY, a_definition, a_rule, cards, say, settle, timeline
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent


async def test_a_rule_acts_on_what_the_batch_stored(own_database: Database, house: Shop) -> None:
    ada = await an_agent(own_database)
    await a_rule(
        own_database,
        shop_id=house.id,
        by=ada,
        name="Refunds",
        definition=a_definition(
            conditions=[{"fact": "words", "any_of": ["refund"]}],
            actions=[
                {"do": "assign", "staff_id": str(ada.staff_id)},
                REPLY,
                {"do": "note", "text": "Check the order first."},
                {"do": "notify", "staff_ids": [str(ada.staff_id)]},
            ],
        ),
    )
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer, "I want a REFUND"))
    await say(own_database, a_draft(conversation_id, customer, "please"))
    assert await settle(own_database) == 2
    async with own_database.read() as session:
        row = await get_row(session, conversation_id=conversation_id)
        told = await session.fetch_value(
            "SELECT count(*) FROM event WHERE topic = $1", f"told:{ada.staff_id}"
        )
    assert row.assignee_id == ada.staff_id
    assert row.waiting_since is not None, "an automatic answer is none"
    assert told == 1
    said = await timeline(own_database, conversation_id)
    assert [one.body for one in said if one.kind == "text"] == [
        "I want a REFUND",
        "please",
        "We are on it.",
    ]
    assert [one.body for one in said if one.kind == "note" and one.body] == [
        "Check the order first."
    ]
    [card] = await cards(own_database, conversation_id)
    assert card.rule_name == "Refunds"
    assert [deed.do for deed in card.deeds] == ["assign", "reply", "note", "notify"]
    assert card.can_undo


async def test_every_trigger_comes_once(own_database: Database, house: Shop) -> None:
    ada = await an_agent(own_database)
    codes = ["began", "customer_wrote", "agent_answered", "closed", "reopened"]
    for code in codes:
        await a_rule(
            own_database, shop_id=house.id, by=ada, name=code, definition=a_definition(code)
        )
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer, "hello"))
    await say(own_database, a_draft(conversation_id, ada, "good day"))
    for act in (close_conversation, reopen_conversation, close_conversation):
        async with own_database.begin() as session:
            await act(session, conversation_id=conversation_id, by=ada)
    await say(own_database, a_draft(conversation_id, customer, "one more thing"))
    await settle(own_database)
    names = [card.rule_name for card in await cards(own_database, conversation_id)]
    assert sorted(names) == sorted([*codes, "closed", "customer_wrote", "reopened"])


async def test_rules_are_asked_in_order_and_the_last_one_ends_it(
    own_database: Database, house: Shop
) -> None:
    ada = await an_agent(own_database)
    assert ada.staff_id
    made = [
        await a_rule(
            own_database,
            shop_id=house.id,
            by=ada,
            name=name,
            definition=a_definition(is_last=name == "second"),
        )
        for name in ("first", "second", "third")
    ]
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer))
    await settle(own_database)
    names = [card.rule_name for card in await cards(own_database, conversation_id)]
    assert names == ["first", "second"]
    order = [made[2].id, made[1].id, made[0].id]
    async with own_database.begin() as session:
        await service.order_rules(session, shop_id=house.id, staff_id=ada.staff_id, rule_ids=order)
        assert [rule.id for rule in await list_rules(session, shop_id=house.id)] == order
    with pytest.raises(Conflict):
        async with own_database.begin() as session:
            await service.order_rules(
                session, shop_id=house.id, staff_id=ada.staff_id, rule_ids=order[:2]
            )
    async with own_database.read() as session:
        assert [rule.id for rule in await list_rules(session, shop_id=house.id)] == order


async def test_a_rule_sees_what_the_one_before_it_did(own_database: Database, house: Shop) -> None:
    ada = await an_agent(own_database)
    assign = [{"do": "assign", "staff_id": str(ada.staff_id)}]
    unassigned = [{"fact": "assigned", "is_not": True}]
    for name in ("first", "second"):
        await a_rule(
            own_database,
            shop_id=house.id,
            by=ada,
            name=name,
            definition=a_definition(conditions=unassigned, actions=assign),
        )
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer))
    await settle(own_database)
    assert [one.rule_name for one in await cards(own_database, conversation_id)] == ["first"]


async def test_whoever_waits_as_long_as_a_rule_says_is_found_once(
    own_database: Database, house: Shop
) -> None:
    ada = await an_agent(own_database)
    rule = await a_rule(
        own_database,
        shop_id=house.id,
        by=ada,
        definition=a_definition("waits", minutes=10, actions=[REPLY]),
    )
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer))
    assert await find_waiting(own_database, rule_id=rule.id) == 0
    async with own_database.begin() as session:
        await session.execute("UPDATE rule SET waits_seen_at = waits_seen_at - interval '1 hour'")
        await session.execute(
            "UPDATE conversation SET waiting_since = waiting_since - interval '11 minutes'"
        )
    assert await find_waiting(own_database, rule_id=rule.id) == 1
    assert await find_waiting(own_database, rule_id=rule.id) == 0
    assert await settle(own_database) == 1
    [card] = await cards(own_database, conversation_id)
    assert [deed.do for deed in card.deeds] == ["reply"]


async def test_refuses_a_rule_that_speaks_of_what_there_is_not(
    own_database: Database, house: Shop
) -> None:
    ada = await an_agent(own_database)
    assert ada.staff_id
    nobody = str(UUID(int=7))
    definition = a_definition(
        actions=[
            {"do": "assign", "staff_id": nobody},
            {"do": "notify", "staff_ids": [nobody]},
            {"do": "reply", "saved_reply_id": nobody},
            {"do": "webhook", "webhook_id": nobody},
            {"do": "tag", "tag_ids": [nobody]},
        ]
    )
    with pytest.raises(InvalidInput) as refused:
        async with own_database.begin() as session:
            await service.make_rule(
                session,
                shop_id=house.id,
                staff_id=ada.staff_id,
                rule=RuleInput(name="x", definition=definition),
            )
    assert [problem.field for problem in refused.value.fields] == [
        "definition.actions.0.staff_id",
        "definition.actions.1.staff_ids",
        "definition.actions.2.saved_reply_id",
        "definition.actions.3.webhook_id",
        "definition.actions.4.tag_ids",
    ]
    async with own_database.read() as session:
        assert await list_rules(session, shop_id=house.id) == []


async def test_who_works_here_no_more_is_passed_over(own_database: Database, house: Shop) -> None:
    ada, bea = await an_agent(own_database), await an_agent(own_database, name="Bea")
    await a_rule(
        own_database,
        shop_id=house.id,
        by=ada,
        definition=a_definition(actions=[{"do": "assign", "staff_id": str(bea.staff_id)}]),
    )
    async with own_database.begin() as session:
        await session.execute("UPDATE staff SET is_active = false WHERE id = $1", bea.staff_id)
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer))
    await settle(own_database)
    [card] = await cards(own_database, conversation_id)
    assert [deed.skipped for deed in card.deeds] == ["nobody_there"]
    assert not card.can_undo
