"""Writing rules, switching them on and off, arranging them, and undoing what one did."""

from typing import Any
from uuid import UUID

from stoa.contact.automation import schemas as s
from stoa.contact.automation.acting import card_of
from stoa.contact.automation.errors import CannotUndo
from stoa.contact.automation.events import RULES_TOPIC, RulesChanged
from stoa.contact.automation.position import follow_if_needed
from stoa.contact.automation.queries import SERVES, get_rule
from stoa.contact.automation.rules import is_undoable, problems_of
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas.desk import AssignAct, TagAct, UntagAct
from stoa.contact.conversations.service import (
    change_note_card,
    hold_tags,
    lock_conversation,
    perform_acts,
)
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import Conflict, FieldProblem, InvalidInput, NotFound
from stoa.platform.ids import new_id


async def make_rule(
    session: Session, *, shop_id: UUID, staff_id: UUID, rule: s.RuleInput
) -> s.RuleView:
    """The shop has the rule, as its last and switched off.

    Raises:
        InvalidInput: something in it is missing or does not exist.
        NotFound: no such shop.
    """
    await _require_complete(session, shop_id=shop_id, definition=rule.definition)
    rule_id = await session.fetch_value(
        "INSERT INTO rule (id, shop_id, name, position, trigger, definition, created_at,"
        " updated_at, updated_by) SELECT $1, s.id,"
        " $3, coalesce((SELECT max(position) FROM rule WHERE shop_id = s.id), 0) + 1,"
        " $4, $5, $6, $6, $7 FROM shop s WHERE s.id = $2 RETURNING id",
        new_id(),
        shop_id,
        rule.name,
        rule.definition.trigger.code,
        rule.definition.model_dump(mode="json"),
        now(),
        staff_id,
    )
    if rule_id is None:
        raise NotFound()
    await _tell(session, shop_id=shop_id, staff_id=staff_id, rule_id=rule_id, verb="made")
    return await get_rule(session, rule_id=rule_id)


async def change_rule(
    session: Session, *, rule_id: UUID, staff_id: UUID, rule: s.RuleInput
) -> s.RuleView:
    """The rule is as given; on or off as it was.

    Raises:
        NotFound: no such rule.
        Conflict: somebody has changed it since it was read.
        InvalidInput: something in it is missing or does not exist.
    """
    shop_id = await _lock(session, rule_id=rule_id)
    version = await session.fetch_value("SELECT version FROM rule WHERE id = $1", rule_id)
    if rule.version not in (None, version):
        raise Conflict()
    await _require_complete(session, shop_id=shop_id, definition=rule.definition)
    await session.execute(
        "UPDATE rule SET name = $2, trigger = $3, definition = $4, updated_at = $5,"
        " updated_by = $6, waits_seen_at = $5::timestamptz - make_interval(mins => $7),"
        " version = version + 1 WHERE id = $1",
        rule_id,
        rule.name,
        rule.definition.trigger.code,
        rule.definition.model_dump(mode="json"),
        now(),
        staff_id,
        rule.definition.trigger.minutes or 0,
    )
    await _tell(session, shop_id=shop_id, staff_id=staff_id, rule_id=rule_id, verb="changed")
    return await get_rule(session, rule_id=rule_id)


async def switch_rule(
    session: Session, *, rule_id: UUID, staff_id: UUID, is_on: bool
) -> s.RuleView:
    """The rule acts from now on, or no more. What happened before it was on is no business of its.

    Raises:
        NotFound: no such rule.
    """
    shop_id = await _lock(session, rule_id=rule_id)
    await session.execute(
        "UPDATE rule SET is_on = $2, updated_at = $3, updated_by = $4, version = version + 1,"
        " waits_seen_at = $3::timestamptz - make_interval("
        "mins => coalesce((definition -> 'trigger' ->> 'minutes')::integer, 0))"
        " WHERE id = $1 AND is_on <> $2",
        rule_id,
        is_on,
        now(),
        staff_id,
    )
    verb = "switched_on" if is_on else "switched_off"
    await _tell(session, shop_id=shop_id, staff_id=staff_id, rule_id=rule_id, verb=verb)
    return await get_rule(session, rule_id=rule_id)


async def drop_rule(session: Session, *, rule_id: UUID, staff_id: UUID) -> None:
    """The rule and the list of what it did are gone; timelines still say it.

    Raises:
        NotFound: no such rule.
    """
    shop_id = await _lock(session, rule_id=rule_id)
    await session.execute("DELETE FROM rule WHERE id = $1", rule_id)
    await _tell(session, shop_id=shop_id, staff_id=staff_id, rule_id=rule_id, verb="dropped")


async def order_rules(
    session: Session, *, shop_id: UUID, staff_id: UUID, rule_ids: list[UUID]
) -> None:
    """The shop's rules are asked in this order.

    Raises:
        Conflict: these are not the shop's rules, each once; somebody made or dropped one meanwhile.
    """
    rows = await session.fetch(
        "SELECT id FROM rule WHERE shop_id = $1 ORDER BY id FOR UPDATE", shop_id
    )
    if sorted(rule_ids) != [row["id"] for row in rows]:
        raise Conflict()
    await session.execute(
        "UPDATE rule r SET position = o.position FROM unnest($1::uuid[]) WITH ORDINALITY"
        " AS o (id, position) WHERE r.id = o.id",
        rule_ids,
    )
    await _tell(session, shop_id=shop_id, staff_id=staff_id, rule_id=shop_id, verb="arranged")


async def undo_run(session: Session, *, run_id: UUID, by: Sender) -> None:
    """Who had the conversation before the rule has it again, its tags are as before; the timeline
    says so.

    Raises:
        NotFound: no such run.
        CannotUndo: undone already, changed since, or nothing that can be taken back.
    """
    known = await session.fetch_one(
        "SELECT conversation_id, deeds FROM rule_run WHERE id = $1", run_id
    )
    if known is None:
        raise NotFound()
    # Tags before conversations, as everybody does.
    await hold_tags(session, tag_ids=_tags_of(known["deeds"]))
    place = await lock_conversation(session, conversation_id=known["conversation_id"])
    run = await session.fetch_one(
        "SELECT x.rule_id, x.note_id, x.deeds, x.undone_at, r.name FROM rule_run x"
        " JOIN rule r ON r.id = x.rule_id WHERE x.id = $1",
        run_id,
    )
    assert run is not None
    deeds = [s.Deed.model_validate(deed) for deed in run["deeds"]]
    undoable = [deed for deed in deeds if is_undoable(deed)]
    if run["undone_at"] is not None or not undoable:
        raise CannotUndo()
    assignee_id = place.assignee_id
    for deed in reversed(undoable):
        if deed.do == "assign" and assignee_id != deed.staff_id:
            raise CannotUndo()
        try:
            await perform_acts(session, conversation_id=place.id, acts=deed.undo, by=by)
        except NotFound as error:  # who had it works here no more, or the tag is gone
            raise CannotUndo() from error
        for act in deed.undo:
            assignee_id = act.staff_id if isinstance(act, AssignAct) else assignee_id
    await session.execute(
        "UPDATE rule_run SET undone_at = $2, undone_by = $3 WHERE id = $1",
        run_id,
        now(),
        by.staff_id,
    )
    if run["note_id"] is not None:
        card = card_of(
            run_id=run_id,
            rule_id=run["rule_id"],
            rule_name=run["name"],
            deeds=deeds,
            is_undone=True,
        )
        await change_note_card(session, message_id=run["note_id"], card=card)


def _tags_of(deeds: list[dict[str, Any]]) -> list[UUID]:
    acts = [act for deed in deeds for act in s.Deed.model_validate(deed).undo]
    return [id_ for act in acts if isinstance(act, TagAct | UntagAct) for id_ in act.tag_ids]


async def _lock(session: Session, *, rule_id: UUID) -> UUID:
    """The rule's shop; the rule is this transaction's to change."""
    shop_id: UUID | None = await session.fetch_value(
        "SELECT shop_id FROM rule WHERE id = $1 FOR UPDATE", rule_id
    )
    if shop_id is None:
        raise NotFound()
    return shop_id


async def _require_complete(
    session: Session, *, shop_id: UUID, definition: s.RuleDefinition
) -> None:
    problems = problems_of(definition)
    for number, action in enumerate(definition.actions):
        missing = await _missing(session, shop_id=shop_id, action=action)
        if missing is not None:
            field = f"definition.actions.{number}.{missing}"
            problems.append(FieldProblem(field, "field.choice"))
    if problems:
        raise InvalidInput(problems)


async def _missing(session: Session, *, shop_id: UUID, action: s.Action) -> str | None:
    """The field in which an action speaks of something that there is not."""
    match action:
        case s.Assign(staff_id=UUID() as staff_id):
            known = "SELECT EXISTS (SELECT FROM staff WHERE id = $1 AND is_active)"
            return None if await session.fetch_value(known, staff_id) else "staff_id"
        case s.Notify():
            known = "SELECT count(*) FROM staff WHERE id = ANY($1::uuid[]) AND is_active"
            found = await session.fetch_value(known, action.staff_ids)
            return None if found == len(set(action.staff_ids)) else "staff_ids"
        case s.Reply(saved_reply_id=UUID() as reply_id):
            known = "SELECT EXISTS (SELECT FROM saved_reply WHERE id = $1 AND shop_id = $2)"
            is_known = await session.fetch_value(known, reply_id, shop_id)
            return None if is_known else "saved_reply_id"
        case s.PutIntoQueue():
            known = (
                "SELECT EXISTS (SELECT FROM queue q JOIN team t ON t.id = q.team_id"
                " WHERE q.id = $1 AND q.removed_at IS NULL AND t.removed_at IS NULL"
                f" AND {SERVES.format(shop='$2')})"
            )
            is_known = await session.fetch_value(known, action.queue_id, shop_id)
            return None if is_known else "queue_id"
        case s.Tag() | s.Untag():
            known = (
                "SELECT count(*) FROM tag"
                " WHERE id = ANY($1::uuid[]) AND shop_id = $2 AND removed_at IS NULL"
            )
            found = await session.fetch_value(known, action.tag_ids, shop_id)
            return None if found == len(set(action.tag_ids)) else "tag_ids"
        case s.CallWebhook():
            known = "SELECT EXISTS (SELECT FROM webhook WHERE id = $1 AND shop_id = $2)"
            is_known = await session.fetch_value(known, action.webhook_id, shop_id)
            return None if is_known else "webhook_id"
        case _:
            return None


async def _tell(
    session: Session, *, shop_id: UUID, staff_id: UUID, rule_id: UUID, verb: str
) -> None:
    await follow_if_needed(session)
    await record_audit(session, staff_id=staff_id, action=f"rule.{verb}", subject=str(rule_id))
    session.publish(RulesChanged(shop_id=shop_id), topics=[RULES_TOPIC])
