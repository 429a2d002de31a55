"""Rules act on what is said: once, in order, whoever dies; and nothing they do sets one off."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.contact.automation import acting, running, service
from stoa.contact.automation.errors import CannotUndo
from stoa.contact.automation.following import follow
from stoa.contact.automation.looking_back import dry_run
from stoa.contact.automation.models import Task
from stoa.contact.automation.queries import list_rules, list_runs
from stoa.contact.automation.rules import MAX_REPLIES
from stoa.contact.automation.running import find_waiting, run_next
from stoa.contact.automation.schemas import RuleDefinition, RuleInput, WouldAct
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import get_row, get_snapshot
from stoa.contact.conversations.schemas import MessageView, RuleCard, Sent
from stoa.contact.conversations.schemas.desk import TagAct, TagInput
from stoa.contact.conversations.service import (
    assign_conversation,
    close_conversation,
    ensure_tag,
    perform_acts,
    reopen_conversation,
)
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database, Session
from stoa.platform.errors import Conflict, InvalidInput
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.automation import a_definition, a_rule, settle
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.factories.shops import with_reactions

Messages = GroupCommit[Draft, Sent]
REPLY = {"do": "reply", "texts": {"en": "We are on it, {{customer}}."}, "every": "always"}


@pytest.fixture
async def house(own_database: Database) -> Shop:
    async with own_database.begin() as session:
        return await create_shop(
            session, name="Agora", country="DE", currency="EUR", locales=["en", "pl", "de"]
        )


async def say(database: Database, draft: Draft) -> Sent:
    async with database.begin() as session:
        [sent] = await write_messages(session, [draft])
    assert isinstance(sent, Sent)
    return sent


async def timeline(database: Database, conversation_id: UUID) -> Sequence[MessageView]:
    async with database.read() as session:
        snapshot = await get_snapshot(session, conversation_id=conversation_id, with_notes=True)
    return snapshot.timeline.messages


async def cards(database: Database, conversation_id: UUID) -> list[RuleCard]:
    messages = await timeline(database, conversation_id)
    return [message.card for message in messages if isinstance(message.card, RuleCard)]


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


async def test_without_a_rule_nothing_is_followed(own_database: Database, house: Shop) -> None:
    ada = await an_agent(own_database)
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer))
    assert await follow(own_database) == 0
    rule = await a_rule(own_database, shop_id=house.id, by=ada, definition=a_definition())
    assert await settle(own_database) == 0, "what was said before is no business of the rule"
    await say(own_database, a_draft(conversation_id, customer))
    assert await settle(own_database) == 1
    assert ada.staff_id
    async with own_database.begin() as session:
        await service.switch_rule(session, rule_id=rule.id, staff_id=ada.staff_id, is_on=False)
    await say(own_database, a_draft(conversation_id, customer))
    assert await settle(own_database) == 0
    assert len(await cards(own_database, conversation_id)) == 1


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


async def test_whoever_dies_while_following_or_acting_loses_and_doubles_nothing(
    own_database: Database, house: Shop
) -> None:
    ada = await an_agent(own_database)
    await a_rule(own_database, shop_id=house.id, by=ada, definition=a_definition(actions=[REPLY]))
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer))

    class Killed(BaseException):
        pass

    real = Database.begin

    def dying(self: Database) -> Any:
        from contextlib import asynccontextmanager

        @asynccontextmanager
        async def begin() -> Any:
            async with real(self) as session:
                yield session
                raise Killed  # everything was done but the commit

        return begin()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "begin", dying)
        with pytest.raises(Killed):
            await follow(own_database)
    assert await follow(own_database) > 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "begin", dying)
        with pytest.raises(Killed):
            await run_next(own_database, conversation_id=conversation_id)
    assert await cards(own_database, conversation_id) == []
    # Two jobs at once, as when a worker is taken for dead and is not.
    await asyncio.gather(*(run_next(own_database, conversation_id=conversation_id) for _ in "ab"))
    assert len(await cards(own_database, conversation_id)) == 1
    texts = [one for one in await timeline(own_database, conversation_id) if one.kind == "text"]
    assert len(texts) == 2
    assert await settle(own_database) == 0


async def test_a_fault_of_ours_stops_one_message_and_not_the_next(
    own_database: Database, house: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await an_agent(own_database)
    await a_rule(own_database, shop_id=house.id, by=ada, definition=a_definition())
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    first = await say(own_database, a_draft(conversation_id, customer, "first"))
    await say(own_database, a_draft(conversation_id, customer, "second"))
    while await follow(own_database):
        pass
    act = acting.act

    async def faulty(session: Session, *, task: Task, **more: Any) -> None:
        if task.id == first.id:
            raise RuntimeError("a defect")
        await act(session, task=task, **more)

    monkeypatch.setattr(running, "act", faulty)
    node = Node(Settings(data_dir=tmp_path), own_database, LocalBlobStore(tmp_path / "blobs"))
    payload = {"conversation_id": str(conversation_id)}
    for _ in range(running.FAILURES_MAX):
        with pytest.raises(RuntimeError):
            await running.run_rules(node, payload)
        assert await cards(own_database, conversation_id) == []
    await running.run_rules(node, payload)
    assert len(await cards(own_database, conversation_id)) == 1


async def test_two_nodes_that_follow_at_once_find_everything_once(
    own_database: Database, house: Shop, own_database_url: str
) -> None:
    ada = await an_agent(own_database)
    await a_rule(own_database, shop_id=house.id, by=ada, definition=a_definition())
    places = [await a_conversation(own_database, shop_id=house.id) for _ in range(10)]
    group = Messages(own_database, write_messages)
    following = [asyncio.create_task(settle(own_database)) for _ in range(3)]
    drafts = [a_draft(place, customer) for place, customer in places for _ in range(5)]
    await asyncio.gather(*(group.submit(draft) for draft in drafts))
    await group.close()
    await asyncio.gather(*following)
    await settle(own_database)
    for conversation_id, _ in places:
        assert len(await cards(own_database, conversation_id)) == 5


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


async def test_undoing_gives_the_conversation_back_unless_somebody_changed_it(
    own_database: Database, house: Shop
) -> None:
    ada, bea = await an_agent(own_database), await an_agent(own_database, name="Bea")
    rule = await a_rule(
        own_database,
        shop_id=house.id,
        by=ada,
        definition=a_definition(actions=[{"do": "assign", "staff_id": str(bea.staff_id)}]),
    )
    places = []
    for _ in range(2):
        conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
        await say(own_database, a_draft(conversation_id, customer))
        places.append(conversation_id)
    await settle(own_database)
    async with own_database.read() as session:
        runs = {
            run.conversation_id: run
            for run in (await list_runs(session, rule_id=rule.id, cursor=None)).items
        }
    assert all(run.can_undo for run in runs.values())
    async with own_database.begin() as session:
        await service.undo_run(session, run_id=runs[places[0]].id, by=ada)
    async with own_database.read() as session:
        assert (await get_row(session, conversation_id=places[0])).assignee_id is None
    [card] = await cards(own_database, places[0])
    assert card.is_undone
    assert not card.can_undo
    async with own_database.begin() as session:
        await assign_conversation(session, conversation_id=places[1], to=ada.staff_id, by=ada)
    for place in places:
        with pytest.raises(CannotUndo):
            async with own_database.begin() as session:
                await service.undo_run(session, run_id=runs[place].id, by=ada)
    async with own_database.read() as session:
        assert (await get_row(session, conversation_id=places[1])).assignee_id == ada.staff_id


async def test_tags_are_added_heard_and_taken_back(own_database: Database, house: Shop) -> None:
    ada = await an_agent(own_database)
    assert ada.staff_id
    heard = with_reactions(own_database)
    async with own_database.begin() as session:
        refund, urgent = [
            await ensure_tag(
                session, shop_id=house.id, staff_id=ada.staff_id, form=TagInput(name=name)
            )
            for name in ("Refund", "Urgent")
        ]
    await a_rule(
        own_database,
        shop_id=house.id,
        by=ada,
        name="tags",
        definition=a_definition(actions=[{"do": "tag", "tag_ids": [str(refund.id)]}]),
    )
    follows = a_definition("tagged", actions=[{"do": "tag", "tag_ids": [str(urgent.id)]}])
    trigger = follows.trigger.model_copy(update={"tag_ids": [refund.id]})
    await a_rule(
        own_database,
        shop_id=house.id,
        by=ada,
        name="follows",
        definition=follows.model_copy(update={"trigger": trigger}),
    )
    by_rule, customer = await a_conversation(own_database, shop_id=house.id)
    await say(heard, a_draft(by_rule, customer))
    await settle(heard)
    async with own_database.read() as session:
        assert (await get_row(session, conversation_id=by_rule)).tag_ids == [refund.id]
        run_id = await session.fetch_value("SELECT id FROM rule_run")
    async with heard.begin() as session:
        await service.undo_run(session, run_id=run_id, by=ada)
    async with own_database.read() as session:
        assert (await get_row(session, conversation_id=by_rule)).tag_ids == []
    by_hand, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(by_hand, ada, "a note to start with"))
    for tag in (urgent, refund):
        async with heard.begin() as session:
            act = TagAct(tag_ids=[tag.id])
            await perform_acts(session, conversation_id=by_hand, acts=[act], by=ada)
    await settle(heard)
    names = [(card.rule_name, card.deeds[0].skipped) for card in await cards(heard, by_hand)]
    assert names == [("follows", "is_so")]


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


async def looked_back(
    database: Database, shop_id: UUID, definition: RuleDefinition
) -> list[WouldAct]:
    found: list[WouldAct] = []
    cursor, looked_at, total = None, 0, 0
    while True:
        async with database.read() as session:
            step = await dry_run(
                session, shop_id=shop_id, definition=definition, cursor=cursor, step=2
            )
        found += step.matches
        looked_at += step.looked_at
        total = step.total or total
        cursor = step.next
        if cursor is None:
            assert looked_at == total
            return found


async def test_a_dry_run_says_when_it_would_have_acted_and_does_nothing(
    own_database: Database, house: Shop
) -> None:
    ada = await an_agent(own_database)
    places = []
    for text in ("refund?", "hello", "REFUND!", "a refund", "old refund"):
        conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
        await say(own_database, a_draft(conversation_id, customer, text))
        places.append(conversation_id)
    async with own_database.begin() as session:
        for table, column in (("message", "created_at"), ("conversation", "last_message_at")):
            key = "conversation_id" if table == "message" else "id"
            await session.execute(
                f"UPDATE {table} SET {column} = $2 WHERE {key} = $1",
                places[-1],
                now() - timedelta(days=8),
            )
        await close_conversation(session, conversation_id=places[0], by=ada)
        before = await session.fetch_value("SELECT count(*) FROM message")
    words = [{"fact": "words", "any_of": ["refund"]}]
    assign = [{"do": "assign", "staff_id": str(ada.staff_id)}]
    definition = a_definition(conditions=words, actions=assign)
    found = await looked_back(own_database, house.id, definition)
    assert [one.conversation_id for one in found] == [places[3], places[2], places[0]]
    closed = await looked_back(own_database, house.id, a_definition("closed", conditions=words))
    assert [one.conversation_id for one in closed] == [places[0]]
    async with own_database.begin() as session:
        await session.execute(
            "UPDATE conversation SET waiting_since = waiting_since - interval '1 hour',"
            " created_at = created_at WHERE id = $1",
            places[1],
        )
        await session.execute(
            "UPDATE message SET created_at = created_at - interval '1 hour'"
            " WHERE conversation_id = $1",
            places[1],
        )
    waits = await looked_back(own_database, house.id, a_definition("waits", minutes=30))
    assert [one.conversation_id for one in waits] == [places[1]]
    async with own_database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM message") == before
        assert await session.fetch_value("SELECT count(*) FROM rule_run") == 0
        assert (await get_row(session, conversation_id=places[3])).assignee_id is None


# ---- no loop ------------------------------------------------------------------------------------

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
