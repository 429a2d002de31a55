"""What comes in by a channel, against a real database."""

import asyncio
from typing import Any
from uuid import UUID

from stoa.contact.channels.receive import read_left_behind, store, take
from stoa.contact.channels.tokens import make_reply_token
from stoa.contact.channels.undone import try_again, undone
from stoa.contact.channels.ways import ways_of
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.service import set_contact
from stoa.notices.conversations import mail_answers_periodically
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from tests.contact.channels.conftest import Place
from tests.factories.contact import a_conversation, a_draft
from tests.factories.folder_channel import a_mail
from tests.factories.people import an_agent


async def rows(database: Database, sql: str, *args: object) -> list[dict[str, Any]]:
    async with database.read() as session:
        return [dict(row) for row in await session.fetch(sql, *args)]


async def conversations(place: Place) -> list[dict[str, Any]]:
    return await rows(place.node.database, "SELECT * FROM conversation ORDER BY created_at, id")


async def bodies(place: Place, conversation_id: UUID) -> list[str]:
    found = await rows(
        place.node.database,
        "SELECT body FROM message WHERE conversation_id = $1 AND kind = 'text'"
        " ORDER BY created_at, id",
        conversation_id,
    )
    return [row["body"] for row in found]


async def come(place: Place, name: str, **more: Any) -> bool:
    return await take(place.node, inbox_id=place.inbox.id, raw=a_mail(name, **more))


async def test_begins_a_conversation_that_waits_for_an_answer(place: Place) -> None:
    await come(place, "<1>", text="Wo ist mein Paket?", subject="Paket", sender_name="Anna")
    [conversation] = await conversations(place)
    assert conversation["channel"] == "folder"
    assert conversation["subject"] == "Paket"
    assert conversation["contact_email"] == "anna@example.com"
    assert conversation["unread_count"] == conversation["message_count"] == 1
    assert conversation["waiting_since"] is not None
    assert conversation["customer_id"] is not None
    assert await bodies(place, conversation["id"]) == ["Wo ist mein Paket?"]


async def test_believes_what_they_write_before_what_their_program_says(place: Place) -> None:
    await come(place, "<1>", text="Dzień dobry, gdzie jest moja paczka?", locale="en")
    await come(place, "<2>", sender="ben@example.com", text="ok", locale="it")
    assert [row["locale"] for row in await conversations(place)] == ["pl", "it"]


async def test_takes_the_same_thing_once(place: Place) -> None:
    assert await come(place, "<1>")
    assert not await come(place, "<1>")
    [conversation] = await conversations(place)
    assert conversation["message_count"] == 1


async def test_two_at_once_from_somebody_new_are_one_customer_and_one_conversation(
    place: Place,
) -> None:
    await asyncio.gather(*(come(place, f"<{number}>") for number in range(6)))
    [conversation] = await conversations(place)
    assert conversation["message_count"] == 6
    assert len(await rows(place.node.database, "SELECT id FROM customer")) == 1


async def test_an_answer_by_name_or_token_joins_its_conversation(place: Place) -> None:
    await come(place, "<1>")
    [first] = await conversations(place)
    await place.node.database.pool.execute(
        "UPDATE conversation SET state = 'closed', closed_at = now(), created_at = '2026-01-01'"
    )
    token = make_reply_token(place.node.settings.secret_key, first["id"])
    await come(place, "<2>", answers=["<0>", "<1>"], text="by name")
    await come(place, "<3>", token=token.upper(), text="by token")
    [conversation] = await conversations(place)
    assert conversation["state"] == "open"
    assert await bodies(place, first["id"]) == ["Hello", "by name", "by token"]


async def test_the_same_subject_alone_joins_nothing(place: Place) -> None:
    await come(place, "<1>", subject="Order 7")
    await place.node.database.pool.execute("UPDATE conversation SET created_at = '2026-01-01'")
    await come(place, "<2>", subject="Re: Order 7")
    assert len(await conversations(place)) == 2


async def test_a_stranger_with_the_token_does_not_join(place: Place) -> None:
    await come(place, "<1>")
    [first] = await conversations(place)
    token = make_reply_token(place.node.settings.secret_key, first["id"])
    await come(place, "<2>", sender="eve@example.com", token=token, answers=["<1>"], text="me too")
    _, second = await conversations(place)
    assert await bodies(place, first["id"]) == ["Hello"]
    assert await bodies(place, second["id"]) == ["me too"]
    [note] = await rows(
        place.node.database,
        "SELECT card FROM message WHERE conversation_id = $1 AND kind = 'note'",
        first["id"],
    )
    assert note["card"]["fact"] == "stranger_wrote"
    assert note["card"]["by_name"] == "eve@example.com"
    assert note["card"]["conversation_id"] == str(second["id"])


async def test_a_claimed_address_does_not_join_who_has_proven_it(place: Place) -> None:
    await come(place, "<1>", is_verified=True)
    await come(place, "<2>", is_verified=False, answers=["<1>"], text="let me in")
    first, second = await conversations(place)
    assert first["customer_id"] != second["customer_id"]
    assert await bodies(place, first["id"]) == ["Hello"]


async def test_what_a_check_has_refuted_joins_nothing_by_a_name(place: Place) -> None:
    await come(place, "<1>")
    await come(place, "<2>", answers=["<1>"], is_refuted=True, text="pay to this account")
    first, second = await conversations(place)
    assert await bodies(place, first["id"]) == ["Hello"]
    assert await bodies(place, second["id"]) == ["pay to this account"]
    [message] = await rows(
        place.node.database, "SELECT card FROM message WHERE conversation_id = $1", second["id"]
    )
    assert message["card"]["notes"] == ["sender_refuted"]
    # Whoever is really there goes on with their own.
    await come(place, "<3>", text="and one thing more")
    assert await bodies(place, first["id"]) == ["Hello", "and one thing more"]
    assert len(await conversations(place)) == 2


async def test_what_a_check_has_refuted_joins_by_a_token(place: Place) -> None:
    await come(place, "<1>")
    [first] = await conversations(place)
    token = make_reply_token(place.node.settings.secret_key, first["id"])
    await come(place, "<2>", token=token, is_refuted=True, text="by a list that changes mails")
    assert await bodies(place, first["id"]) == ["Hello", "by a list that changes mails"]


async def test_a_machine_wakes_nobody(place: Place) -> None:
    await come(place, "<1>")
    [conversation] = await conversations(place)
    await place.node.database.pool.execute(
        "UPDATE conversation SET state = 'closed', closed_at = now(), waiting_since = NULL"
    )
    await come(place, "<2>", answers=["<1>"], is_automatic=True, text="I am away")
    [conversation] = await conversations(place)
    assert (conversation["state"], conversation["waiting_since"]) == ("closed", None)
    assert await bodies(place, conversation["id"]) == ["Hello", "I am away"]


async def test_files_come_along_and_refused_kinds_are_named(place: Place) -> None:
    await come(place, "<1>", files={"list.txt": "a\nb", "run.html": "<script>1</script>"})
    [message] = await rows(place.node.database, "SELECT attachments, card FROM message")
    assert [file["file_name"] for file in message["attachments"]] == ["list.txt"]
    assert message["card"]["notes"] == ["file_refused"]


async def test_a_bad_one_is_set_aside_and_the_next_goes_on(place: Place) -> None:
    bad = a_mail("<bad>")
    await take(
        place.node, inbox_id=place.inbox.id, raw=type(bad)(external_id="<bad>", content=b"\xff{")
    )
    await come(place, "<1>")
    assert len(await conversations(place)) == 1
    async with place.node.database.read() as session:
        [aside] = (await undone(session)).set_aside
    assert aside.problem.reason == "unreadable_mail"


async def test_a_fault_of_ours_is_tried_again_and_then_set_aside(place: Place) -> None:
    await come(place, "<1>", explodes=True)
    pool = place.node.database.pool
    await pool.execute("UPDATE inbound SET received_at = '2026-01-01'")
    for _ in range(4):
        assert await pool.fetchval("SELECT state FROM inbound") == "received"
        await read_left_behind(place.node)
    assert await pool.fetchval("SELECT state FROM inbound") == "set_aside"
    async with place.node.database.begin() as session:
        [aside] = (await undone(session)).set_aside
        await try_again(session, inbound_id=aside.id)
    assert await pool.fetchval("SELECT state FROM inbound") == "received"


async def test_what_was_stored_before_a_death_is_read_afterwards(place: Place) -> None:
    await store(place.node, inbox_id=place.inbox.id, raw=a_mail("<1>"))
    assert await conversations(place) == []
    await place.node.database.pool.execute("UPDATE inbound SET received_at = '2026-01-01'")
    await read_left_behind(place.node)
    await read_left_behind(place.node)
    [conversation] = await conversations(place)
    assert conversation["message_count"] == 1


async def test_a_chat_goes_on_by_mail_and_comes_back(place: Place) -> None:
    """The answer nobody read in the chat leaves by the mailbox; the reply joins the chat."""
    database = place.node.database
    conversation_id, visitor = await a_conversation(database, shop_id=place.shop.id)
    assert visitor.visitor_id is not None
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=conversation_id,
            visitor_id=visitor.visitor_id,
            name="Anna",
            email="anna@example.com",
        )
    agent = await an_agent(database)
    group = GroupCommit[Draft, Sent](database, write_messages)
    await group.submit(a_draft(conversation_id, visitor, "Is it blue?"))
    await group.submit(a_draft(conversation_id, agent, "It is."))
    await group.close()
    await database.pool.execute("UPDATE conversation SET last_message_at = now() - interval '1h'")
    await mail_answers_periodically(place.node)
    await mail_answers_periodically(place.node)
    [delivery] = await rows(database, "SELECT id, to_value, content FROM delivery")
    assert delivery["to_value"] == "anna@example.com"
    assert delivery["content"]["text"] == "It is."
    token = make_reply_token(place.node.settings.secret_key, conversation_id)
    await come(place, "<9>", token=token, text="Then I take it")
    [conversation] = await conversations(place)
    assert conversation["answer_channel"] == "folder"
    assert await bodies(place, conversation_id) == ["Is it blue?", "It is.", "Then I take it"]
    async with database.read() as session:
        ways = (await ways_of(session, conversation_id=conversation_id)).ways
    assert [way.code for way in ways] == ["folder", "chat"]
