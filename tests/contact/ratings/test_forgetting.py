"""Somebody is erased while they say how they were served."""

import asyncio

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.service import set_contact
from stoa.contact.ratings.service import give_rating
from stoa.people.customers.service import erase_customer
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from tests.contact.channels.test_forgetting import WAITING
from tests.contact.ratings.test_ratings import agent as agent
from tests.contact.ratings.test_ratings import close, ratings, talk
from tests.contact.ratings.test_ratings import reacting as reacting
from tests.waiting import until


async def test_nothing_is_kept_of_what_is_said_meanwhile(
    reacting: Database, shop: Shop, messages: GroupCommit[Draft, Sent], agent: Sender
) -> None:
    id_, customer = await talk(reacting, shop, messages, agent)
    assert customer.visitor_id is not None
    async with reacting.begin() as session:
        await set_contact(
            session,
            conversation_id=id_,
            visitor_id=customer.visitor_id,
            name="Anna",
            email="anna@example.org",
        )
        customer_id = await session.fetch_value(
            "SELECT customer_id FROM conversation WHERE id = $1", id_
        )
    await close(reacting, id_, agent)
    [rating] = await ratings(reacting, id_)

    async def erase() -> None:
        async with reacting.begin() as session:
            await erase_customer(session, customer_id=customer_id)

    async def rate() -> None:
        async with reacting.begin() as session:
            await give_rating(
                session,
                rating_id=rating["id"],
                score=2,
                words="I am Anna",
                visitor_id=customer.visitor_id,
            )

    async def until_waiting(number: int) -> None:
        async def is_so() -> bool:
            return bool(await reacting.pool.fetchval(WAITING) >= number)

        await until(is_so)

    async with reacting.begin() as holder:
        # The last that goes: everything else of theirs is gone by then, and nothing committed.
        await holder.execute("SELECT FROM message WHERE conversation_id = $1 FOR UPDATE", id_)
        erasing = asyncio.create_task(erase())
        await until_waiting(1)
        saying = asyncio.create_task(rate())
        await until_waiting(2)
    await erasing
    with pytest.raises(NotFound):
        await saying
    [after] = await ratings(reacting, id_)
    assert (after["words"], after["score"]) == ("", None)
