"""Rules for tests, and the way of what was said to them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from stoa.contact.automation.following import follow
from stoa.contact.automation.running import run_next
from stoa.contact.automation.schemas import RuleDefinition, RuleInput, RuleView
from stoa.contact.automation.service import make_rule, switch_rule
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import get_snapshot
from stoa.contact.conversations.schemas import MessageView, RuleCard, Sent
from stoa.platform.database.session import Database


def a_definition(
    code: str = "customer_wrote",
    *,
    conditions: Sequence[dict[str, Any]] = (),
    actions: Sequence[dict[str, Any]] = ({"do": "note", "text": "Look here."},),
    minutes: int | None = None,
    match: str = "all",
    is_last: bool = False,
) -> RuleDefinition:
    return RuleDefinition.model_validate(
        {
            "trigger": {"code": code, "minutes": minutes},
            "match": match,
            "conditions": list(conditions),
            "actions": list(actions),
            "is_last": is_last,
        }
    )


async def a_rule(
    database: Database,
    *,
    shop_id: UUID,
    by: Sender,
    definition: RuleDefinition,
    name: str = "A rule",
) -> RuleView:
    """A rule that is on."""
    assert by.staff_id is not None
    async with database.begin() as session:
        made = await make_rule(
            session,
            shop_id=shop_id,
            staff_id=by.staff_id,
            rule=RuleInput(name=name, definition=definition),
        )
        return await switch_rule(session, rule_id=made.id, staff_id=by.staff_id, is_on=True)


async def settle(database: Database) -> int:
    """Everything that was said is brought to the rules, as the node and its jobs do it; returns how
    many tasks there were."""
    count = 0
    while await follow(database):
        pass
    async with database.read() as session:
        rows = await session.fetch("SELECT DISTINCT conversation_id AS id FROM rule_task")
    for row in rows:
        while await run_next(database, conversation_id=row["id"]):
            count += 1
    return count


REPLY = {"do": "reply", "texts": {"en": "We are on it, {{customer}}."}, "every": "always"}


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
