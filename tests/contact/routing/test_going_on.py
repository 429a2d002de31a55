"""What stays lying goes on to somebody else, and what is put back does not return."""

from datetime import timedelta

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import list_rows
from stoa.contact.conversations.schemas.desk import Filters
from stoa.contact.conversations.service import assign_conversation, mark_read
from stoa.contact.routing.service import remove_team, send_to_queue
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from tests.factories.contact import a_draft
from tests.factories.people import an_agent
from tests.factories.routing import (
    Messages,
    a_desk,
    a_speaker,
    a_team,
    facts,
    route,
    row,
    rows,
    somebody_waits,
)


async def test_what_waits_with_somebody_who_went_away_goes_to_another(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada, bob, return_seconds=60)
    waiting, customer = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada))
    before = await row(database, waiting)
    assert before.assignee_id == ada
    just_now = a_desk(bob, later=300, gone_for=timedelta(seconds=59))
    assert await route(database, just_now) == 0
    assert await row(database, waiting) == before
    await route(database, a_desk(bob, later=300, gone_for=timedelta(seconds=60)))
    assert (await row(database, waiting)).assignee_id == bob
    assert await facts(database, waiting) == [
        ("routed", "Ada"),
        ("returned", "Ada"),
        ("routed", "Bob"),
    ]
    # Once answered, it stays with who answered, until the customer waits again.
    await messages.submit(a_draft(waiting, Sender(staff_id=bob, staff_name="Bob"), "Yes"))
    assert await route(database, a_desk(ada, later=3600)) == 0
    await messages.submit(a_draft(waiting, customer, "And?"))
    await route(database, a_desk(ada, later=3600))
    assert (await row(database, waiting)).assignee_id == ada


async def test_with_nobody_there_it_waits_in_the_queue_for_all_to_see(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    team, _ = await a_team(database, ada)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada))
    await route(database, a_desk(later=120))
    found = await row(database, waiting)
    assert (found.assignee_id, found.team_id) == (None, team)


async def test_what_nobody_took_goes_on_to_the_other_team(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    helper = await a_speaker(database, "Helper", "en")
    other, target = await a_team(database, helper, name="Others", takes_counter=False)
    await a_team(database, ada, overflow_queue_id=target, overflow_seconds=30)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(helper))
    assert (await row(database, waiting)).assignee_id is None
    await route(database, a_desk(helper, later=29))
    assert (await row(database, waiting)).team_id != other
    await route(database, a_desk(helper, later=31))
    found = await row(database, waiting)
    assert (found.team_id, found.queue_id, found.assignee_id) == (other, target, helper)
    assert await facts(database, waiting) == [("moved", "Others"), ("routed", "Helper")]


async def test_what_was_left_unread_goes_on_and_what_was_read_does_not(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    helper = await a_speaker(database, "Helper", "en")
    other, target = await a_team(database, ada, helper, name="Others", takes_counter=False)
    team, _ = await a_team(database, ada, overflow_queue_id=target, overflow_seconds=30)
    unread, _ = await somebody_waits(database, messages, shop_id=shop.id)
    read, customer = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada, helper))
    async with database.begin() as session:
        await mark_read(session, conversation_id=read, reader="agent", seq=9, visitor_id=None)
    await messages.submit(a_draft(read, customer, "Are you there?"))
    await route(database, a_desk(ada, helper, later=29))
    assert [one.assignee_id for one in await rows(database, [unread, read])] == [ada, ada]
    await route(database, a_desk(ada, helper, later=31))
    moved, kept = await rows(database, [unread, read])
    assert (moved.team_id, moved.assignee_id) == (other, helper), "Ada is in that team as well"
    assert (kept.team_id, kept.assignee_id) == (team, ada)


async def test_what_waited_with_a_team_that_is_no_more_is_routed_anew(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    old, _ = await a_team(database, name="Old")
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada))
    assert (await row(database, waiting)).team_id == old
    new, _ = await a_team(database, ada, name="New")
    by = await an_agent(database)
    assert by.staff_id is not None
    async with database.begin() as session:
        await remove_team(session, by=by.staff_id, team_id=old)
    await route(database, a_desk(ada))
    found = await row(database, waiting)
    assert (found.team_id, found.assignee_id) == (new, ada)


async def test_who_puts_one_back_is_not_given_it_again(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada, bob)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada))
    async with database.begin() as session:
        by = Sender(staff_id=ada, staff_name="Ada")
        await assign_conversation(session, conversation_id=waiting, to=None, by=by)
    assert await route(database, a_desk(ada)) == 0
    await route(database, a_desk(ada, bob))
    assert (await row(database, waiting)).assignee_id == bob
    async with database.begin() as session:
        by = Sender(staff_id=bob, staff_name="Bob")
        await assign_conversation(session, conversation_id=waiting, to=None, by=by)
    await route(database, a_desk(ada, bob))
    assert (await row(database, waiting)).assignee_id == ada, "what Ada did before is forgotten"


async def test_who_takes_one_from_another_may_be_given_it(
    database: Database, messages: Messages, shop: Shop
) -> None:
    """Or who takes an assignment back: else it would wait for ever where nobody else is there."""
    ada = await a_speaker(database, "Ada", "en")
    ben = await a_speaker(database, "Ben", "en")
    await a_team(database, ada)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    by = Sender(staff_id=ada, staff_name="Ada")
    for to in (ben, None):
        async with database.begin() as session:
            await assign_conversation(session, conversation_id=waiting, to=to, by=by)
    await route(database, a_desk(ada))
    assert (await row(database, waiting)).assignee_id == ada


async def test_one_is_passed_on_to_another_team(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada)
    team, queue = await a_team(database, ada, bob, name="Returns", takes_counter=False)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada, bob))
    by = Sender(staff_id=ada, staff_name="Ada")
    before = await row(database, waiting)
    with pytest.raises(NotFound):
        async with database.begin() as session:
            await send_to_queue(session, conversation_id=waiting, queue_id=new_id(), by=by)
    assert await row(database, waiting) == before
    async with database.begin() as session:
        await send_to_queue(session, conversation_id=waiting, queue_id=queue, by=by)
    await route(database, a_desk(ada, bob))
    found = await row(database, waiting)
    assert (found.team_id, found.assignee_id) == (team, bob)
    assert (await facts(database, waiting))[1:] == [("moved", "Returns"), ("routed", "Bob")]
    async with database.read() as session:
        for filters, expected in (
            (Filters(team_ids=[team]), [str(waiting)]),
            (Filters(queue_ids=[queue]), [str(waiting)]),
            (Filters(queue_ids=[new_id()]), []),
        ):
            page = await list_rows(session, filters=filters, staff_id=ada, cursor=None, limit=5)
            assert [item["id"] for item in page.items] == expected
