"""Rules on what comes in by a channel: answered the same way, never a machine; and forgotten."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from stoa.contact.automation.following import follow
from stoa.contact.automation.webhooks.schemas import WebhookInput
from stoa.contact.automation.webhooks.service import make_webhook
from stoa.contact.channels.receive import take
from stoa.contact.conversations.models import Sender
from stoa.people.customers.service import erase_customer
from stoa.platform.jobs.forgetting import FORGET_JOB, forget_topics
from tests.contact.channels.conftest import Place, place
from tests.factories.automation import a_definition, a_rule, settle
from tests.factories.folder_channel import a_mail
from tests.factories.people import an_agent

__all__ = ["place"]
REPLY: dict[str, Any] = {
    "do": "reply",
    "texts": {"en": "We have it.", "de": "Ist da."},
    "every": "always",
}


@pytest.fixture
async def ada(place: Place) -> Sender:
    return await an_agent(place.node.database)


async def answers(place: Place) -> list[tuple[str, str]]:
    async with place.node.database.read() as session:
        rows = await session.fetch(
            "SELECT to_value, content ->> 'text' AS text,"
            " (content ->> 'is_automatic')::boolean AS is_automatic"
            " FROM delivery ORDER BY created_at, id"
        )
    assert all(row["is_automatic"] for row in rows)
    return [(row["to_value"], row["text"]) for row in rows]


async def test_an_answer_leaves_the_way_the_customer_wrote(place: Place, ada: Sender) -> None:
    database = place.node.database
    conditions: list[dict[str, Any]] = [
        {"fact": "channel", "any_of": ["folder"]},
        {"fact": "inbox", "any_of": [str(place.inbox.id)]},
        {"fact": "sender", "any_of": ["example.com"]},
        {"fact": "words", "any_of": ["paket"], "where": "subject"},
        {"fact": "verified", "is_not": True},
    ]
    definition = a_definition(conditions=conditions, actions=[REPLY])
    await a_rule(database, shop_id=place.shop.id, by=ada, definition=definition)
    text = "Wo ist mein Paket, das ich gestern bei Ihnen bestellt habe?"
    await take(
        place.node, inbox_id=place.inbox.id, raw=a_mail("<1>", text=text, subject="Mein Paket")
    )
    await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<2>", text=text, subject="Anderes"))
    assert await settle(database) == 2
    assert await answers(place) == [("anna@example.com", "Ist da.")]
    async with database.read() as session:
        row = await session.fetch_one(
            "SELECT c.waiting_since, c.message_count, m.channel, m.delivery FROM conversation c"
            " JOIN message m ON m.conversation_id = c.id WHERE m.body = 'Ist da.'"
        )
    assert row is not None
    assert (row["channel"], row["delivery"]["state"]) == ("folder", "queued")
    assert row["waiting_since"] is not None
    assert row["message_count"] == 3


async def test_a_machine_is_tagged_and_not_answered(place: Place, ada: Sender) -> None:
    database = place.node.database
    note = {"do": "note", "text": "A machine"}
    for code in ("began", "customer_wrote"):
        definition = a_definition(code, actions=[note, REPLY])
        await a_rule(database, shop_id=place.shop.id, by=ada, definition=definition)
    mail = a_mail("<1>", text="I am away until Monday.", is_automatic=True)
    # The card is the channel's; the folder's says nothing of machines, so it is said here.
    await take(place.node, inbox_id=place.inbox.id, raw=mail)
    async with database.begin() as session:
        await session.execute("UPDATE message SET card = jsonb_set(card, '{is_automatic}', 'true')")
    await settle(database)
    assert await answers(place) == []
    async with database.read() as session:
        deeds = await session.fetch("SELECT deeds FROM rule_run")
    skipped = [[deed["skipped"] for deed in row["deeds"]] for row in deeds]
    assert skipped == [[None, "automatic"]] * 2


async def test_who_is_erased_is_in_nothing_that_rules_and_webhooks_keep(
    place: Place,
    ada: Sender,
) -> None:
    database = place.node.database
    assert ada.staff_id
    actions: list[dict[str, Any]] = [REPLY, {"do": "notify", "staff_ids": [str(ada.staff_id)]}]
    await a_rule(database, shop_id=place.shop.id, by=ada, definition=a_definition(actions=actions))
    async with database.begin() as session:
        await make_webhook(
            session,
            shop_id=place.shop.id,
            staff_id=ada.staff_id,
            webhook=WebhookInput(
                name="ERP", url="https://example.org/", events=["message.received"]
            ),
            key=place.node.settings.secret_key,
            allows_private=False,
        )
    for number, sender in enumerate(("anna@example.com", "bea@example.com")):
        raw = a_mail(f"<{number}>", sender=sender, text=f"It is me, {sender}")
        await take(place.node, inbox_id=place.inbox.id, raw=raw)
    await settle(database)
    async with database.begin() as session:
        customer_id: UUID = await session.fetch_value(
            "SELECT customer_id FROM contact_point WHERE key = 'anna@example.com'"
        )
        await erase_customer(session, customer_id=customer_id)
    # Somebody else wrote meanwhile, before the log forgot: nobody is passed over for that.
    raw = a_mail("<later>", sender="bea@example.com", text="Me again")
    await take(place.node, inbox_id=place.inbox.id, raw=raw)
    async with database.read() as session:
        jobs = await session.fetch("SELECT payload FROM pgqueuer WHERE entrypoint = $1", FORGET_JOB)
    for job in jobs:
        await forget_topics(place.node, orjson.loads(job["payload"]))
    assert await follow(database) == 0, "the log has nothing more"
    raw = a_mail("<last>", sender="clio@example.com", text="Hello")
    await take(place.node, inbox_id=place.inbox.id, raw=raw)
    await settle(database)
    async with database.read() as session:
        for table in ("rule_run", "webhook_delivery", "event"):
            found = await session.fetch_value(
                f"SELECT count(*) FROM {table} x WHERE x::text LIKE '%anna@example.com%'"
            )
            assert found == 0, table
        bodies = await session.fetch("SELECT body FROM webhook_delivery")
    told = {orjson.loads(row["body"])["data"]["message"]["body"] for row in bodies}
    assert told == {"It is me, bea@example.com", "Me again", "Hello"}


async def test_a_machine_that_begins_anew_each_time_is_answered_ten_times_a_day(
    place: Place, ada: Sender
) -> None:
    """It does not say what it is, and answers us with another subject and no thread."""
    database = place.node.database
    definition = a_definition(actions=[REPLY])
    await a_rule(database, shop_id=place.shop.id, by=ada, definition=definition)
    for number in range(12):
        raw = a_mail(f"<{number}>", text="Your ticket was opened.", subject=f"Ticket {number}")
        await take(place.node, inbox_id=place.inbox.id, raw=raw)
        await settle(database)
        # Two hours later, so that neither the same breath nor the cap of an hour is what stops it.
        await database.pool.execute(
            "UPDATE conversation SET created_at = created_at - interval '2 hours'"
        )
        await database.pool.execute("UPDATE rule_run SET at = at - interval '2 hours'")

    assert await database.pool.fetchval("SELECT count(*) FROM conversation") == 12
    assert len(await answers(place)) == 10
    skipped = await database.pool.fetchval(
        "SELECT deeds -> 0 ->> 'skipped' FROM rule_run WHERE NOT has_replied"
    )
    assert skipped == "too_many_today"
