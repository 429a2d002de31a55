"""Doing what a rule says, in the transaction that says that it was done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from stoa.contact.automation import schemas as s
from stoa.contact.automation.events import StaffTold, told_topic
from stoa.contact.automation.models import Facts, Recently, Rule, Task
from stoa.contact.automation.queries import SERVES
from stoa.contact.automation.rules import fill, is_undoable, may_reply, text_for
from stoa.contact.automation.webhooks.service import call_webhook
from stoa.contact.channels.service import answer_by_itself
from stoa.contact.conversations.errors import TooManyTags
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.schemas import ConversationRow, RuleCard, RuleDeed
from stoa.contact.conversations.schemas.desk import Act, AssignAct, TagAct, UntagAct
from stoa.contact.conversations.service import (
    Place,
    Told,
    add_automatic_note,
    assign_conversation,
    close_conversation,
    perform_acts,
    route_conversation,
)
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id

HOUSE = Sender()
DETAIL_MAX = 120
_EVERY = {"always": timedelta(), "day": timedelta(days=1), "conversation": timedelta(days=36_500)}


@dataclass(frozen=True, slots=True)
class Acting:
    """A rule that applies, and where."""

    session: Session
    rule: Rule
    task: Task
    facts: Facts
    place: Place
    row: ConversationRow
    recently: Recently


async def act(
    session: Session, *, rule: Rule, task: Task, facts: Facts, place: Place, recently: Recently
) -> None:
    """Everything the rule says is done or has a word for why not; its run and the agents' timeline
    say so. The caller holds the conversation's lock and calls `publish_change`.
    """
    row = await get_row(session, conversation_id=place.id)
    acting = Acting(session, rule, task, facts, place, row, recently)
    deeds = [await _do(acting, action) for action in rule.definition.actions]
    run_id = new_id()
    note = await add_automatic_note(
        session,
        place=place,
        client_id=f"rule-{run_id}",
        card=card_of(
            run_id=run_id, rule_id=rule.id, rule_name=rule.name, deeds=deeds, is_undone=False
        ),
    )
    await session.execute(
        "INSERT INTO rule_run"
        " (id, rule_id, event_id, conversation_id, note_id, has_replied, deeds, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        run_id,
        rule.id,
        task.id,
        place.id,
        note.id,
        any(deed.do == "reply" and deed.skipped is None for deed in deeds),
        [deed.model_dump(mode="json") for deed in deeds],
        now(),
    )


def card_of(
    *, run_id: UUID, rule_id: UUID, rule_name: str, deeds: Sequence[s.Deed], is_undone: bool
) -> RuleCard:
    return RuleCard(
        run_id=run_id,
        rule_id=rule_id,
        rule_name=rule_name,
        deeds=[RuleDeed(do=one.do, detail=one.detail, skipped=one.skipped) for one in deeds],
        can_undo=not is_undone and any(is_undoable(one) for one in deeds),
        is_undone=is_undone,
    )


async def _do(acting: Acting, action: s.Action) -> s.Deed:
    match action:
        case s.Assign():
            return await _assign(acting, action)
        case s.PutIntoQueue():
            return await _put_into_queue(acting, action)
        case s.Tag() | s.Untag():
            return await _tag(acting, action)
        case s.Reply():
            return await _reply(acting, action)
        case s.Note():
            return await _note(acting, action)
        case s.Notify():
            return await _notify(acting, action)
        case s.CallWebhook():
            return await _call(acting, action)
        case s.Close():
            await close_conversation(
                acting.session, conversation_id=acting.place.id, by=HOUSE, is_automatic=True
            )
            return s.Deed(do="close")
        case _:
            assert_never(action)


async def _assign(acting: Acting, action: s.Assign) -> s.Deed:
    session, place = acting.session, acting.place
    before: UUID | None = await session.fetch_value(
        "SELECT assignee_id FROM conversation WHERE id = $1", place.id
    )
    name = ""
    if action.staff_id is not None:
        name = await session.fetch_value(
            "SELECT name FROM staff WHERE id = $1 AND is_active", action.staff_id
        )
        if name is None:
            return s.Deed(do="assign", skipped="nobody_there")
    if before == action.staff_id:
        return s.Deed(do="assign", detail=name, skipped="is_so")
    await assign_conversation(session, conversation_id=place.id, to=action.staff_id, by=HOUSE)
    undo: list[Act] = [AssignAct(staff_id=before)]
    return s.Deed(do="assign", detail=name, staff_id=action.staff_id, undo=undo)


async def _put_into_queue(acting: Acting, action: s.PutIntoQueue) -> s.Deed:
    queue = await acting.session.fetch_one(
        "SELECT q.id, q.team_id, q.name, t.name AS team_name FROM queue q"
        " JOIN team t ON t.id = q.team_id WHERE q.id = $1 AND q.removed_at IS NULL"
        f" AND t.removed_at IS NULL AND {SERVES.format(shop='$2')}",
        action.queue_id,
        acting.place.shop_id,
    )
    if queue is None:
        return s.Deed(do="queue", skipped="queue_gone")
    await route_conversation(
        acting.session,
        place=acting.place,
        queue_id=queue["id"],
        team_id=queue["team_id"],
        assignee_id=None,
        told=Told("moved", team_name=queue["team_name"]),
    )
    return s.Deed(do="queue", detail=f"{queue['team_name']}, {queue['name']}")


async def _tag(acting: Acting, action: s.Tag | s.Untag) -> s.Deed:
    rows = await acting.session.fetch(
        "SELECT DISTINCT t.id, t.name FROM tag o JOIN tag t ON t.id = coalesce(o.merged_into, o.id)"
        " WHERE o.id = ANY($1::uuid[]) AND o.shop_id = $2 AND t.removed_at IS NULL"
        " ORDER BY t.name, t.id",
        action.tag_ids,
        acting.place.shop_id,
    )
    if not rows:
        return s.Deed(do=action.do, skipped="tag_gone")
    ids = [row["id"] for row in rows]
    act = TagAct(tag_ids=ids) if isinstance(action, s.Tag) else UntagAct(tag_ids=ids)
    names = ", ".join(row["name"] for row in rows)
    try:
        undo = await perform_acts(
            acting.session, conversation_id=acting.place.id, acts=[act], by=HOUSE
        )
    except TooManyTags:
        return s.Deed(do=action.do, detail=names, skipped="too_many_tags")
    if not undo:
        return s.Deed(do=action.do, detail=names, skipped="is_so")
    return s.Deed(do=action.do, detail=names, undo=undo)


async def _reply(acting: Acting, action: s.Reply) -> s.Deed:
    session, place = acting.session, acting.place
    why_not = may_reply(acting.facts, acting.recently)
    if why_not is None and await _was_answered(acting, within=_EVERY[action.every]):
        why_not = "was_answered"
    if why_not is not None:
        return s.Deed(do="reply", skipped=why_not)
    texts = action.texts
    if action.saved_reply_id is not None:
        texts = await session.fetch_value(
            "SELECT bodies FROM saved_reply WHERE id = $1", action.saved_reply_id
        )
    shop = await session.fetch_one(
        "SELECT name, default_locale FROM shop WHERE id = $1", place.shop_id
    )
    assert shop is not None
    text = text_for(texts or {}, locale=acting.row.locale, default=shop["default_locale"])
    if text is None:
        return s.Deed(do="reply", skipped="no_text")
    body = fill(
        text,
        {
            "customer": acting.row.contact_name,
            "agent": shop["name"],
            "shop": shop["name"],
            "page": acting.row.page_url,
        },
    )
    if not body:
        return s.Deed(do="reply", skipped="no_text")
    is_said = await answer_by_itself(
        session,
        conversation_id=place.id,
        client_id=f"reply-{acting.rule.id}-{acting.task.id}",
        body=body,
    )
    if not is_said:
        return s.Deed(do="reply", skipped="no_way")
    return s.Deed(do="reply", detail=_beginning(body))


async def _was_answered(acting: Acting, *, within: timedelta) -> bool:
    return bool(
        await acting.session.fetch_value(
            "SELECT EXISTS (SELECT FROM rule_run WHERE rule_id = $1 AND conversation_id = $2"
            " AND has_replied AND at > $3)",
            acting.rule.id,
            acting.place.id,
            now() - within,
        )
    )


async def _note(acting: Acting, action: s.Note) -> s.Deed:
    await add_automatic_note(
        acting.session, place=acting.place, client_id=f"note-{new_id()}", body=action.text
    )
    return s.Deed(do="note", detail=_beginning(action.text))


async def _notify(acting: Acting, action: s.Notify) -> s.Deed:
    people = await acting.session.fetch(
        "SELECT id, name FROM staff WHERE id = ANY($1::uuid[]) AND is_active ORDER BY name, id",
        action.staff_ids,
    )
    for person in people:
        acting.session.publish(
            StaffTold(
                staff_id=person["id"],
                conversation_id=acting.place.id,
                rule_name=acting.rule.name,
                contact_name=acting.row.contact_name,
                preview=_beginning(acting.facts.text),
                by_mail=action.by_mail,
            ),
            topics=[told_topic(person["id"])],
        )
    if not people:
        return s.Deed(do="notify", skipped="nobody_there")
    return s.Deed(do="notify", detail=", ".join(person["name"] for person in people))


async def _call(acting: Acting, action: s.CallWebhook) -> s.Deed:
    name = await call_webhook(
        acting.session,
        webhook_id=action.webhook_id,
        shop_id=acting.place.shop_id,
        conversation_id=acting.place.id,
        message_id=acting.task.message_id,
        rule_name=acting.rule.name,
        unique_key=f"{acting.rule.id}:{acting.task.id}",
    )
    if name is None:
        return s.Deed(do="webhook", skipped="webhook_off")
    return s.Deed(do="webhook", detail=name)


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= DETAIL_MAX else line[: DETAIL_MAX - 1].rstrip() + "…"
