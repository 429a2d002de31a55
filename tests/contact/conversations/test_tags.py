"""Tags: made on the fly, the same however they are written, renamed, merged, removed."""

import asyncio
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.contact.conversations import service
from stoa.contact.conversations.errors import TagTaken, TooManyTags
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import get_row, list_rows, list_tags
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.schemas.desk import (
    Act,
    Filters,
    TagAct,
    TagInput,
    TagView,
    UntagAct,
)
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent

Messages = GroupCommit[Draft, Sent]


@pytest.fixture(scope="module")
async def agent(database: Database) -> Sender:
    return await an_agent(database)


async def a_tag(database: Database, shop: Shop, agent: Sender, name: str) -> TagView:
    assert agent.staff_id is not None
    async with database.begin() as session:
        return await service.ensure_tag(
            session, shop_id=shop.id, staff_id=agent.staff_id, form=TagInput(name=name)
        )


async def spoken_in(database: Database, messages: Messages, shop: Shop) -> UUID:
    id_, customer = await a_conversation(database, shop_id=shop.id)
    await messages.submit(a_draft(id_, customer))
    return id_


async def act(database: Database, id_: UUID, one: Act, by: Sender) -> list[Act]:
    async with database.begin() as session:
        return await service.perform_acts(session, conversation_id=id_, acts=[one], by=by)


async def ids_with(database: Database, tag_id: UUID, agent: Sender) -> set[str]:
    assert agent.staff_id is not None
    async with database.read() as session:
        page = await list_rows(
            session,
            filters=Filters(tag_ids=[tag_id]),
            staff_id=agent.staff_id,
            cursor=None,
            limit=100,
        )
    return {row["id"] for row in page.items}


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("Łódź", "lodz"),
        ("Größe", "GROSSE"),
        ("Επιστροφή", "ΕΠΙΣΤΡΟΦΗ"),
        ("late  parcel", "Late parcel"),
    ],
)
async def test_one_name_is_one_tag_however_it_is_written(
    database: Database, shop: Shop, agent: Sender, first: str, again: str
) -> None:
    tag = await a_tag(database, shop, agent, first)
    assert await a_tag(database, shop, agent, again) == tag
    assert tag.name == first, "as it was written first"


async def test_tagging_is_shown_found_and_taken_back(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    tag = await a_tag(database, shop, agent, "damaged")
    id_ = await spoken_in(database, messages, shop)
    undo = await act(database, id_, TagAct(tag_ids=[tag.id]), agent)
    assert undo == [UntagAct(tag_ids=[tag.id])]
    assert await act(database, id_, TagAct(tag_ids=[tag.id]), agent) == [], "it has it already"
    assert await ids_with(database, tag.id, agent) == {str(id_)}
    async with database.read() as session:
        assert (await get_row(session, conversation_id=id_)).tag_ids == [tag.id]
    await act(database, id_, undo[0], agent)
    assert await ids_with(database, tag.id, agent) == set()


async def test_what_has_a_merged_tag_counts_as_having_the_other(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    assert agent.staff_id is not None
    old = await a_tag(database, shop, agent, "refunds")
    new = await a_tag(database, shop, agent, "money back")
    first = await spoken_in(database, messages, shop)
    second = await spoken_in(database, messages, shop)
    await act(database, first, TagAct(tag_ids=[old.id]), agent)
    await act(database, second, TagAct(tag_ids=[old.id, new.id]), agent)
    async with database.begin() as session:
        await service.merge_tag(session, tag_id=old.id, into=new.id, staff_id=agent.staff_id)
    both = {str(first), str(second)}
    assert await ids_with(database, new.id, agent) == both
    assert await ids_with(database, old.id, agent) == both, "a view that names the old one"
    third = await spoken_in(database, messages, shop)
    undo = await act(database, third, TagAct(tag_ids=[old.id]), agent)
    assert undo == [UntagAct(tag_ids=[new.id])], "a macro that names the old one gives the new one"
    again = await a_tag(database, shop, agent, "refunds")
    assert again.id != old.id, "the name is free again"
    async with database.read() as session:
        known = {tag.id: tag for tag in await list_tags(session)}
    assert known[old.id].merged_into == new.id


async def test_a_removed_tag_finds_nothing_and_cannot_be_given(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    assert agent.staff_id is not None
    tag = await a_tag(database, shop, agent, "obsolete")
    id_ = await spoken_in(database, messages, shop)
    await act(database, id_, TagAct(tag_ids=[tag.id]), agent)
    async with database.begin() as session:
        await service.remove_tag(session, tag_id=tag.id, staff_id=agent.staff_id)
    assert await ids_with(database, tag.id, agent) == set()
    with pytest.raises(NotFound):
        await act(database, id_, TagAct(tag_ids=[tag.id]), agent)


async def test_refuses_a_name_another_tag_has_and_keeps_its_own(
    database: Database, shop: Shop, agent: Sender
) -> None:
    assert agent.staff_id is not None
    await a_tag(database, shop, agent, "warranty")
    tag = await a_tag(database, shop, agent, "guarantee")
    with pytest.raises(TagTaken):
        async with database.begin() as session:
            await service.change_tag(
                session, tag_id=tag.id, staff_id=agent.staff_id, form=TagInput(name="Warranty")
            )
    async with database.read() as session:
        assert tag in await list_tags(session)


async def test_refuses_another_shops_tag_and_too_many(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    async with database.begin() as session:
        other = await create_shop(
            session, name="Other", country="DE", currency="EUR", locales=["en"]
        )
    foreign = await a_tag(database, other, agent, "foreign")
    id_ = await spoken_in(database, messages, shop)
    with pytest.raises(NotFound):
        await act(database, id_, TagAct(tag_ids=[foreign.id]), agent)
    with pytest.raises(NotFound):
        await act(database, id_, TagAct(tag_ids=[new_id()]), agent)
    tags = [(await a_tag(database, shop, agent, f"many {n}")).id for n in range(21)]
    await act(database, id_, TagAct(tag_ids=tags[:20]), agent)
    with pytest.raises(TooManyTags):
        await act(database, id_, TagAct(tag_ids=[tags[20]]), agent)
    async with database.read() as session:
        assert len((await get_row(session, conversation_id=id_)).tag_ids) == 20


async def test_of_many_who_make_a_tag_at_once_all_have_the_same(
    database: Database, shop: Shop, agent: Sender
) -> None:
    made = await asyncio.gather(*(a_tag(database, shop, agent, "at once") for _ in range(6)))
    assert len({tag.id for tag in made}) == 1


async def test_what_is_tagged_while_the_tag_is_merged_has_the_other(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    """Whichever comes first, and without either waiting for the other for ever."""
    assert agent.staff_id is not None
    for number in range(6):
        old = await a_tag(database, shop, agent, f"old {number}")
        new = await a_tag(database, shop, agent, f"new {number}")
        ids = [await spoken_in(database, messages, shop) for _ in range(4)]
        for id_ in ids[:2]:
            await act(database, id_, TagAct(tag_ids=[old.id]), agent)

        async def merge(from_id: UUID, into: UUID) -> None:
            assert agent.staff_id is not None
            async with database.begin() as session:
                await service.merge_tag(session, tag_id=from_id, into=into, staff_id=agent.staff_id)

        await asyncio.gather(
            *(act(database, id_, TagAct(tag_ids=[old.id]), agent) for id_ in ids),
            merge(old.id, new.id),
        )
        assert await ids_with(database, new.id, agent) == {str(id_) for id_ in ids}
