"""Asking how somebody was served, on a real database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import update_settings
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.service import close_conversation, reopen_conversation
from stoa.contact.ratings.jobs import content_of
from stoa.contact.ratings.models import Question
from stoa.contact.ratings.queries import summarise
from stoa.contact.ratings.reactions import forget_person
from stoa.contact.ratings.service import ask_for_rating, give_rating
from stoa.people.customers.events import CustomerErased
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.factories.shops import with_reactions

Messages = GroupCommit[Draft, Sent]


@pytest.fixture
async def agent(database: Database) -> Sender:
    return await an_agent(database)


@pytest.fixture
def reacting(database: Database) -> Database:
    return with_reactions(database)


async def talk(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> tuple[UUID, Sender]:
    id_, customer = await a_conversation(database, shop_id=shop.id)
    await messages.submit(a_draft(id_, customer))
    await messages.submit(a_draft(id_, agent))
    return id_, customer


async def close(database: Database, id_: UUID, by: Sender) -> None:
    async with database.begin() as session:
        await close_conversation(session, conversation_id=id_, by=by)


async def ratings(database: Database, id_: UUID) -> list[dict[str, Any]]:
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT r.*, m.card FROM rating r LEFT JOIN message m ON m.id = r.message_id"
            " WHERE r.conversation_id = $1 ORDER BY r.asked_at, r.id",
            id_,
        )
    return [dict(row) for row in rows]


async def test_asks_in_the_chat_once_it_is_closed(
    reacting: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, customer = await talk(reacting, shop, messages, agent)
    await close(reacting, id_, agent)
    [rating] = await ratings(reacting, id_)
    assert (rating["way"], rating["staff_id"], rating["score"]) == ("chat", agent.staff_id, None)
    assert rating["card"] == {
        "type": "rating", "rating_id": str(rating["id"]), "way": "chat", "score": None, "words": "",
        "is_withdrawn": False,
    }  # fmt: skip
    async with reacting.begin() as session:
        await give_rating(
            session,
            rating_id=rating["id"],
            score=4,
            words=" Quick\u0000 ",
            visitor_id=customer.visitor_id,
        )
    [rating] = await ratings(reacting, id_)
    assert (rating["score"], rating["words"]) == (4, "Quick")
    assert (rating["card"]["score"], rating["card"]["words"]) == (4, "Quick")
    async with reacting.read() as session:
        since = datetime.now(UTC) - timedelta(hours=1)
        summary = await summarise(session, shop_id=shop.id, since=since)
        state = await session.fetch_value("SELECT state FROM conversation WHERE id = $1", id_)
    assert (summary.given, summary.average, summary.by_score) == (1, 4.0, [0, 0, 0, 1, 0])
    assert [one.words for one in summary.newest] == ["Quick"]
    assert state == "closed", "to rate is not to go on"


async def test_asks_once_a_day_however_often_it_is_closed(
    reacting: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await talk(reacting, shop, messages, agent)
    await close(reacting, id_, agent)
    async with reacting.begin() as session:
        await reopen_conversation(session, conversation_id=id_, by=agent)
    await close(reacting, id_, agent)
    assert len(await ratings(reacting, id_)) == 1
    async with reacting.begin() as session:
        await session.execute("UPDATE rating SET asked_at = now() - interval '2 days'")
        await reopen_conversation(session, conversation_id=id_, by=agent)
    await close(reacting, id_, agent)
    assert len(await ratings(reacting, id_)) == 2


async def asked_cards(database: Database, id_: UUID) -> list[dict[str, Any]]:
    """What the timeline shows of being asked, oldest first."""
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT card FROM message WHERE conversation_id = $1 AND card ->> 'type' = 'rating'"
            " ORDER BY seq",
            id_,
        )
    return [row["card"] for row in rows]


async def test_a_mistaken_closing_takes_its_question_back(
    reacting: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, customer = await talk(reacting, shop, messages, agent)
    await close(reacting, id_, agent)
    [mistaken] = await ratings(reacting, id_)
    async with reacting.begin() as session:
        await reopen_conversation(session, conversation_id=id_, by=agent)
    assert await ratings(reacting, id_) == []
    with pytest.raises(NotFound):
        async with reacting.begin() as session:
            await give_rating(session, rating_id=mistaken["id"], score=1, words="")
    await close(reacting, id_, agent)
    assert [card["is_withdrawn"] for card in await asked_cards(reacting, id_)] == [True, False]

    # An answer stays, and so does the question where the customer goes on by themselves.
    [asked] = await ratings(reacting, id_)
    await messages.submit(a_draft(id_, customer))
    async with reacting.begin() as session:
        await give_rating(session, rating_id=asked["id"], score=5, words="")
    await close(reacting, id_, agent)
    async with reacting.begin() as session:
        await reopen_conversation(session, conversation_id=id_, by=agent)
    assert [one["score"] for one in await ratings(reacting, id_)] == [5]


async def test_asks_nobody_who_was_not_answered(
    reacting: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, customer = await a_conversation(reacting, shop_id=shop.id)
    await messages.submit(a_draft(id_, customer))
    await close(reacting, id_, agent)
    assert await ratings(reacting, id_) == []


async def test_asks_nobody_where_the_shop_does_not_want_it(
    reacting: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    async with reacting.begin() as session:
        await update_settings(session, shop_id=shop.id, settings={"ratings": {"in_chat": False}})
    try:
        id_, _ = await talk(reacting, shop, messages, agent)
        await close(reacting, id_, agent)
        assert await ratings(reacting, id_) == []
    finally:
        async with reacting.begin() as session:
            await update_settings(session, shop_id=shop.id, settings={"ratings": None})


async def test_nobody_rates_for_another(
    reacting: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await talk(reacting, shop, messages, agent)
    await close(reacting, id_, agent)
    [rating] = await ratings(reacting, id_)
    _, stranger = await a_conversation(reacting, shop_id=shop.id)
    async with reacting.begin() as session:
        with pytest.raises(NotFound):
            await give_rating(
                session,
                rating_id=rating["id"],
                score=1,
                words="",
                visitor_id=stranger.visitor_id,
            )
    assert (await ratings(reacting, id_))[0]["score"] is None


async def test_a_mail_has_a_link_for_each_answer_and_the_page_needs_no_script(
    database: Database, address: str, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await talk(database, shop, messages, agent)
    await close(database, id_, agent)  # without reactions: nobody was asked yet
    async with database.begin() as session:
        await session.execute(
            "UPDATE conversation SET is_offline = true, contact_email = 'anna@example.com',"
            " locale = 'pl' WHERE id = $1",
            id_,
        )
        closed_at = await session.fetch_value(
            "SELECT closed_at FROM conversation WHERE id = $1", id_
        )

        async def ask() -> Question | None:
            return await ask_for_rating(
                session, conversation_id=id_, closed_at=closed_at, way="email"
            )

        assert await ask() is None, "by mail only where the shop wants it"
        await update_settings(session, shop_id=shop.id, settings={"ratings": {"by_mail": True}})
        question = await ask()
        assert question is not None
        assert await ask() is None
    async with aiohttp.ClientSession(address) as browser:
        path = f"/rate/{question.token}"
        page = await (await browser.get(f"{path}?score=5")).text()
        assert "Jak nam poszło?" in page
        assert 'value="5" required checked' in page
        assert "<script" not in page
        [rating] = await ratings(database, id_)
        assert rating["score"] is None, "looking changes nothing"
        wrong = await browser.post(path, data={"score": "9"})
        assert wrong.status == 200
        assert (await ratings(database, id_))[0]["score"] is None
        answer = await browser.post(path, data={"score": "5", "words": "Świetnie"})
        assert "Dziękujemy" in await answer.text()
        [rating] = await ratings(database, id_)
        assert (rating["score"], rating["words"]) == (5, "Świetnie")
        assert (await browser.get(f"/rate/{new_id()}")).status == 404


async def test_the_mail_says_it_in_words(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await talk(database, shop, messages, agent)
    async with database.read() as session:
        row = await get_row(session, conversation_id=id_)
    question = Question(id=new_id(), conversation_id=id_, shop_id=shop.id, token="secret")
    content = content_of(question, row=row, shop_name="A & B", base_url="https://shop.example")
    assert content.text.count("https://shop.example/rate/secret?score=") == 5
    assert content.html is not None
    assert "A &amp; B" in content.html
    assert content.is_automatic


async def test_what_somebody_said_goes_with_them(
    reacting: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, customer = await talk(reacting, shop, messages, agent)
    await close(reacting, id_, agent)
    [rating] = await ratings(reacting, id_)
    assert customer.visitor_id is not None
    async with reacting.begin() as session:
        await give_rating(session, rating_id=rating["id"], score=2, words="I am Anna")
    async with reacting.begin() as session:
        erased = CustomerErased(customer_ids=[], visitor_ids=[customer.visitor_id], points=[])
        await forget_person(session, erased)
    [after] = await ratings(reacting, id_)
    assert (after["words"], after["score"]) == ("", 2)
    assert after["token"] != rating["token"]
