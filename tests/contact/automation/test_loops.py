"""Nothing that rules do sets one off."""

import asyncio
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commerce.shops.models import Shop
from stoa.contact.automation.following import follow
from stoa.contact.automation.rules import MAX_REPLIES
from stoa.contact.automation.running import run_next
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import close_conversation, reopen_conversation
from stoa.platform.database.session import Database
from tests.factories.automation import REPLY, a_definition, a_rule, cards, say, settle, timeline
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent

STEPS = st.lists(
    st.sampled_from(["customer", "agent", "close", "reopen", "machine"]), min_size=1, max_size=6
)
TRIGGERS = st.sampled_from(["began", "customer_wrote", "agent_answered", "closed", "reopened"])


def actions_for(staff_id: UUID | None) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(
        [
            REPLY,
            {"do": "close"},
            {"do": "assign", "staff_id": str(staff_id)},
            {"do": "assign", "staff_id": None},
            {"do": "note", "text": "closed reopened refund"},
        ]
    )


async def take_step(database: Database, step: str, place: UUID, customer: Sender, ada: Sender):  # type: ignore[no-untyped-def]  # a test's helper
    if step in ("customer", "agent"):
        await say(database, a_draft(place, customer if step == "customer" else ada))
    elif step == "machine":
        sent = await say(database, a_draft(place, customer, "I am away."))
        async with database.begin() as session:
            await session.execute(
                "UPDATE message SET card = $2 WHERE id = $1",
                sent.id,
                {"type": "mail", "is_automatic": True, "subject": "", "sender": {"address": "a"}},
            )
    else:
        act = close_conversation if step == "close" else reopen_conversation
        async with database.begin() as session:
            await act(session, conversation_id=place, by=ada)


async def test_no_set_of_rules_ever_sets_itself_off(own_database: Database, house: Shop) -> None:
    ada = await an_agent(own_database)
    examples = 0

    async def example(steps: list[str], chosen: list[tuple[str, list[dict[str, Any]]]]) -> None:
        async with own_database.begin() as session:
            await session.execute("DELETE FROM rule")
        for code, actions in chosen:
            await a_rule(
                own_database,
                shop_id=house.id,
                by=ada,
                definition=a_definition(code, actions=actions),
            )
        place, customer = await a_conversation(own_database, shop_id=house.id)
        for step in steps:
            await take_step(own_database, step, place, customer, ada)
            # One look is enough: what the rules did is seen and found to be nothing.
            while await follow(own_database):
                pass
            while await run_next(own_database, conversation_id=place):
                pass
            assert await settle(own_database) == 0
        said = await timeline(own_database, place)
        replies = [one for one in said if one.sender_kind == "system" and one.kind == "text"]
        acted = await cards(own_database, place)
        # At most two of a step's triggers concern one rule, and a rule acts on a message once.
        assert len(acted) <= len(steps) * len(chosen)
        assert len(replies) <= MAX_REPLIES + sum(len(actions) for _, actions in chosen)
        if all(step == "machine" for step in steps):
            assert replies == []

    loop = asyncio.get_running_loop()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        STEPS,
        st.lists(
            st.tuples(TRIGGERS, st.lists(actions_for(ada.staff_id), min_size=1, max_size=4)),
            min_size=1,
            max_size=4,
        ),
    )
    def attempts(steps: list[str], chosen: list[tuple[str, list[dict[str, Any]]]]) -> None:
        nonlocal examples
        examples += 1
        asyncio.run_coroutine_threadsafe(example(steps, chosen), loop).result(60)

    await asyncio.to_thread(attempts)
    assert examples >= 25


async def test_a_ping_pong_with_a_machine_that_says_nothing_ends(
    own_database: Database, house: Shop
) -> None:
    ada = await an_agent(own_database)
    await a_rule(own_database, shop_id=house.id, by=ada, definition=a_definition(actions=[REPLY]))
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    for _ in range(3 * MAX_REPLIES):
        await say(own_database, a_draft(conversation_id, customer, "Ticket received"))
        await settle(own_database)
    said = await timeline(own_database, conversation_id)
    assert len([one for one in said if one.sender_kind == "system" and one.body]) == MAX_REPLIES
    skipped = [card.deeds[0].skipped for card in await cards(own_database, conversation_id)]
    assert skipped.count("too_many") == 2 * MAX_REPLIES
