"""Acts on a conversation as data, each with what takes it back: for bulk acts and macros."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never
from uuid import UUID

from stoa.contact.conversations.columns import ROW_JSON
from stoa.contact.conversations.events import (
    DESK_TOPIC,
    ConversationListed,
    ConversationTagged,
)
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.conversations.schemas.desk import (
    Act,
    AssignAct,
    AssignMeAct,
    CloseAct,
    ReopenAct,
    SnoozeAct,
    SnoozeForAct,
    TagAct,
    UntagAct,
    WakeAct,
)
from stoa.contact.conversations.service.handling import (
    assign_conversation,
    close_conversation,
    reopen_conversation,
)
from stoa.contact.conversations.service.places import lock_conversation
from stoa.contact.conversations.service.snoozing import snooze_conversation, wake_conversation
from stoa.contact.conversations.tags import hold_tags, retag
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session


async def perform_acts(
    session: Session, *, conversation_id: UUID, acts: Sequence[Act], by: Sender
) -> list[Act]:
    """All acts are done, in this order; returns what takes them back, in the order to do it in.

    Raises:
        NotFound: no such conversation, colleague or tag.
        ConversationClosed: a closed one is to be put aside.
        SnoozeInPast: until a moment that has passed.
        TooManyTags: it would have too many.
    """
    named = [id_ for act in acts if isinstance(act, TagAct | UntagAct) for id_ in act.tag_ids]
    if named:
        await hold_tags(session, tag_ids=named)
    undo: list[Act] = []
    for act in acts:
        undo = [*await _perform(session, conversation_id, act, by), *undo]
    return undo


async def _perform(session: Session, id_: UUID, act: Act, by: Sender) -> list[Act]:
    place = await lock_conversation(session, conversation_id=id_)
    match act:
        case AssignAct() | AssignMeAct():
            to = act.staff_id if isinstance(act, AssignAct) else by.staff_id
            await assign_conversation(session, conversation_id=id_, to=to, by=by)
            return [] if place.assignee_id == to else [AssignAct(staff_id=place.assignee_id)]
        case TagAct() | UntagAct():
            return await _retag(session, id_, place.shop_id, act, by)
        case CloseAct():
            aside = await _aside(session, id_)
            await close_conversation(session, conversation_id=id_, by=by)
            return [] if place.state == "closed" else [ReopenAct(), *aside]
        case ReopenAct():
            await reopen_conversation(session, conversation_id=id_, by=by)
            return [] if place.state == "open" else [CloseAct()]
        case SnoozeAct() | SnoozeForAct():
            until = act.until if isinstance(act, SnoozeAct) else _in(act.minutes)
            before = await _aside(session, id_)
            await snooze_conversation(session, conversation_id=id_, until=until, by=by)
            return before or [WakeAct()]
        case WakeAct():
            before = await _aside(session, id_)
            await wake_conversation(session, conversation_id=id_, by=by)
            return before
        case _:
            assert_never(act)


def _in(minutes: int) -> datetime:
    return now() + timedelta(minutes=minutes)


async def _aside(session: Session, id_: UUID) -> list[Act]:
    """How to put the conversation aside as it is now; nothing when it is not."""
    row = await session.fetch_one(
        "SELECT snoozed_until FROM conversation WHERE id = $1 AND snoozed_at IS NOT NULL", id_
    )
    return [] if row is None else [SnoozeAct(until=row["snoozed_until"])]


async def _retag(
    session: Session, id_: UUID, shop_id: UUID, act: TagAct | UntagAct, by: Sender
) -> list[Act]:
    added, dropped = await retag(
        session,
        conversation_id=id_,
        shop_id=shop_id,
        add=act.tag_ids if isinstance(act, TagAct) else (),
        drop=act.tag_ids if isinstance(act, UntagAct) else (),
    )
    if not added and not dropped:
        return []
    row = await session.fetch_value(f"SELECT {ROW_JSON} FROM conversation c WHERE c.id = $1", id_)
    listed = ConversationRow.model_validate(row)
    if listed.message_count:
        session.publish(ConversationListed(conversation=listed), topics=[DESK_TOPIC])
    if by.staff_id is not None:
        if added:
            session.publish(
                ConversationTagged(conversation_id=id_, shop_id=shop_id, tag_ids=added), topics=[]
            )
        await record_audit(
            session, staff_id=by.staff_id, action="conversation.tagged", subject=str(id_)
        )
    return [UntagAct(tag_ids=added)] if added else [TagAct(tag_ids=dropped)]
