"""What a rule did is taken back, unless somebody changed it since."""

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.automation import service
from stoa.contact.automation.errors import CannotUndo
from stoa.contact.automation.queries import list_runs
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.schemas.desk import TagAct, TagInput
from stoa.contact.conversations.service import assign_conversation, ensure_tag, perform_acts
from stoa.platform.database.session import Database
from tests.factories.automation import a_definition, a_rule, cards, say, settle
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.factories.shops import with_reactions


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
