"""Reads about calls: snapshots for both sides, the queue, and who could be rung."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from stoa.contact.calls.columns import CALL_JSON, CUSTOMER_JSON, ROW_JSON
from stoa.contact.calls.events import CALLS_TOPIC
from stoa.contact.calls.models import Agent, Call, CallSettings, CallState
from stoa.contact.calls.schemas import CallRow, CurrentCallView, CustomerCall, DeskCalls
from stoa.contact.channels.models import Situation
from stoa.contact.channels.queries import recent_wait
from stoa.contact.channels.schemas import ChannelView, ExpectedWait
from stoa.contact.hours.queries import hours_of
from stoa.people.hearing import visitor_topic
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.outbox.log import topic_position

_CALL = TypeAdapter(Call)
CHANNEL = "call"
BROKEN_OFF_JUST_NOW = timedelta(minutes=10)


async def settings_of(session: ReadSession, *, shop_id: UUID) -> CallSettings:
    """What the shop has decided about calls; what cannot be read any more is as by default.

    Raises:
        NotFound: no such shop.
    """
    row = await session.fetch_one(
        "SELECT settings -> 'calls' AS calls FROM shop WHERE id = $1", shop_id
    )
    if row is None:
        raise NotFound()
    try:
        return CallSettings.model_validate(row["calls"] or {})
    except ValidationError:
        return CallSettings()


async def load_calls(session: ReadSession, *, ids: Collection[UUID]) -> list[Call]:
    """These calls with everybody in them."""
    rows = await session.fetch(
        f"SELECT {CALL_JSON} AS call FROM call c WHERE c.id = ANY($1::uuid[]) ORDER BY c.id",
        list(ids),
    )
    return [_CALL.validate_python(row["call"]) for row in rows]


async def get_call(session: ReadSession, *, call_id: UUID) -> Call:
    """Raises:
    NotFound: no such call.
    """
    found = await load_calls(session, ids=[call_id])
    if not found:
        raise NotFound()
    return found[0]


async def load_live(session: ReadSession) -> list[Call]:
    """Every call in which somebody is on the line, or rung."""
    rows = await session.fetch(
        f"SELECT {CALL_JSON} AS call FROM call c"
        " WHERE c.state <> 'ended' AND c.state <> 'callback' ORDER BY c.id"
    )
    return [_CALL.validate_python(row["call"]) for row in rows]


async def get_row(session: ReadSession, *, call_id: UUID) -> CallRow:
    """A call as the desk sees it.

    Raises:
        NotFound: no such call.
    """
    rows = await get_rows(session, ids=[call_id])
    if not rows:
        raise NotFound()
    return rows[0]


async def get_rows(session: ReadSession, *, ids: Collection[UUID]) -> list[CallRow]:
    rows = await session.fetch(
        f"SELECT {ROW_JSON} AS row FROM call c WHERE c.id = ANY($1::uuid[]) ORDER BY c.id",
        list(ids),
    )
    return [CallRow.model_validate(row["row"]) for row in rows]


async def desk_calls(session: ReadSession) -> DeskCalls:
    """Every call that is not over. What changes meanwhile comes again as an event."""
    seq, _ = await topic_position(session, topic=CALLS_TOPIC)
    rows = await session.fetch(
        f"SELECT {ROW_JSON} AS row FROM call c WHERE c.state <> 'ended'"
        " ORDER BY coalesce(c.queued_at, c.created_at), c.id"
    )
    return DeskCalls(calls=[CallRow.model_validate(row["row"]) for row in rows], seq=seq)


async def expected_wait(session: ReadSession, *, shop_id: UUID) -> ExpectedWait | None:
    """How long recent calls of the shop waited for somebody."""
    hours = await hours_of(session, shop_id=shop_id)
    return await recent_wait(session, shop_id=shop_id, channel=CHANNEL, at=now(), hours=hours)


async def customer_calls(
    session: ReadSession, *, ids: Collection[UUID]
) -> list[tuple[UUID, CustomerCall]]:
    """(visitor, call as they see it) of each of these calls, the oldest first."""
    rows = await session.fetch(
        f"SELECT c.visitor_id, c.shop_id, {CUSTOMER_JSON} AS call FROM call c"
        " WHERE c.id = ANY($1::uuid[]) ORDER BY c.id",
        list(ids),
    )
    waits: dict[UUID, ExpectedWait | None] = {}
    calls = []
    for row in rows:
        wait = None
        if row["call"]["state"] in ("queued", "ringing") and row["call"]["is_attended"]:
            if row["shop_id"] not in waits:
                waits[row["shop_id"]] = await expected_wait(session, shop_id=row["shop_id"])
            wait = waits[row["shop_id"]]
        view = CustomerCall.model_validate(row["call"] | {"wait": wait})
        calls.append((row["visitor_id"], view))
    return calls


async def customer_call(session: ReadSession, *, call_id: UUID) -> CustomerCall:
    """Raises:
    NotFound: no such call.
    """
    found = await customer_calls(session, ids=[call_id])
    if not found:
        raise NotFound()
    return found[0][1]


async def current_call(session: ReadSession, *, visitor_id: UUID, shop_id: UUID) -> CurrentCallView:
    """The visitor's call that is not over; or the last one, if it broke off a moment ago: its end
    may have come while no page of theirs was listening, and a callback is still offered.
    """
    seq, _ = await topic_position(session, topic=visitor_topic(visitor_id))
    found = await session.fetch_value(
        "SELECT id FROM (SELECT * FROM call WHERE visitor_id = $1 AND shop_id = $2"
        " ORDER BY state <> 'ended' DESC, created_at DESC, id DESC LIMIT 1) c"
        " WHERE state <> 'ended' OR (end_reason IN ('lost', 'failed') AND ended_at > $3)",
        visitor_id,
        shop_id,
        now() - BROKEN_OFF_JUST_NOW,
    )
    call = await customer_call(session, call_id=found) if found else None
    return CurrentCallView(call=call, seq=seq, visitor_id=visitor_id)


async def call_named(session: ReadSession, *, visitor_id: UUID, client_id: str) -> UUID | None:
    """The call that was begun under this name, also when it is over."""
    found: UUID | None = await session.fetch_value(
        "SELECT id FROM call WHERE visitor_id = $1 AND client_id = $2", visitor_id, client_id
    )
    return found


async def live_call_of(session: ReadSession, *, visitor_id: UUID) -> UUID | None:
    """The visitor's call that is not over."""
    found: UUID | None = await session.fetch_value(
        "SELECT id FROM call WHERE visitor_id = $1 AND state <> 'ended'", visitor_id
    )
    return found


async def load_agents(session: ReadSession, *, ids: Collection[UUID]) -> list[Agent]:
    """These members of staff, with what decides who is rung first."""
    rows = await session.fetch(
        """
        SELECT s.id, s.name, s.languages, s.locale, s.skills,
            EXISTS (SELECT FROM call_leg l WHERE l.staff_id = s.id AND l.state <> 'left')
            AS is_busy,
            (SELECT max(l.left_at) FROM call_leg l WHERE l.staff_id = s.id) AS idle_since
        FROM staff s WHERE s.id = ANY($1::uuid[]) AND s.is_active ORDER BY s.id
        """,
        list(ids),
    )
    return [
        Agent(
            id=row["id"],
            name=row["name"],
            languages=frozenset(row["languages"] or [row["locale"]]),
            skills=frozenset(row["skills"]),
            is_busy=row["is_busy"],
            idle_since=row["idle_since"],
        )
        for row in rows
    ]


async def busy_staff(session: ReadSession) -> set[UUID]:
    """Who is in a call."""
    rows = await session.fetch("SELECT staff_id FROM call_leg WHERE state <> 'left'")
    return {row["staff_id"] for row in rows if row["staff_id"] is not None}


async def count_live(session: ReadSession) -> dict[CallState, int]:
    """How many calls that are not over stand in each state."""
    rows = await session.fetch(
        "SELECT state, count(*) AS count FROM call WHERE state <> 'ended' GROUP BY state"
    )
    return {CallState(row["state"]): row["count"] for row in rows}


async def pages_and_carriers(session: ReadSession) -> tuple[set[str], set[str]]:
    """The pages that speak in calls now, and the nodes that carry calls."""
    pages = await session.fetch(
        "SELECT DISTINCT connection_id FROM call_leg WHERE state <> 'left' AND state <> 'away'"
        " AND connection_id IS NOT NULL"
    )
    carriers = await session.fetch(
        "SELECT DISTINCT media_node FROM call WHERE state <> 'ended' AND media_node IS NOT NULL"
    )
    return {row["connection_id"] for row in pages}, {row["media_node"] for row in carriers}


async def is_in_call(
    session: ReadSession, *, call_id: UUID, staff_id: UUID | None, visitor_id: UUID | None
) -> bool:
    """The member of staff is in the call, or it is the visitor's."""
    return bool(
        await session.fetch_value(
            "SELECT EXISTS (SELECT FROM call c WHERE c.id = $1 AND (c.visitor_id = $3 OR EXISTS ("
            "SELECT FROM call_leg l WHERE l.call_id = c.id AND l.staff_id = $2"
            " AND l.state <> 'left')))",
            call_id,
            staff_id,
            visitor_id,
        )
    )


async def talking_leg(
    session: ReadSession, *, call_id: UUID, staff_id: UUID | None, visitor_id: UUID | None
) -> UUID:
    """The place of somebody who talks in a call that was answered.

    Raises:
        NotFound: no such call, or they only listen.
    """
    found: UUID | None = await session.fetch_value(
        "SELECT l.id FROM call_leg l JOIN call c ON c.id = l.call_id"
        " WHERE c.id = $1 AND c.state IN ('active', 'ringing')"
        " AND l.state <> 'left' AND l.mode = 'talk'"
        " AND (l.staff_id = $2 OR (l.role = 'customer' AND c.visitor_id = $3))",
        call_id,
        staff_id,
        visitor_id,
    )
    if found is None:
        raise NotFound()
    return found


async def look_at_call(session: ReadSession, situation: Situation) -> ChannelView | None:
    """A call from the page is answered while somebody is at the desk within hours, at once if one
    of them is in no call; else it leads to a voicemail, or to being called back.
    """
    settings = await settings_of(session, shop_id=situation.shop_id)
    if not settings.is_on:
        return None
    is_within_hours = situation.is_within_hours(CHANNEL)
    is_available = is_within_hours and bool(situation.available)
    free = situation.available - await busy_staff(session)
    if not is_within_hours:
        reason = "closed"
    elif not situation.available:
        reason = "nobody_there"
    else:
        reason = "open" if free else "all_busy"
    instead = None
    if not is_available:
        instead = "voicemail" if settings.voicemail else "callback" if settings.callback else None
    wait = None
    if is_available:
        wait = await recent_wait(
            session,
            shop_id=situation.shop_id,
            channel=CHANNEL,
            at=situation.now,
            hours=situation.hours,
        )
    return ChannelView.model_validate(
        {
            "code": CHANNEL,
            "icon": "phone",
            "is_available": is_available,
            "reason": reason,
            "wait": wait,
            "agents_available": len(free),
            "instead": instead,
            **asdict(situation.times(CHANNEL)),
        }
    )


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call of which sound is kept, as its customer sees it; `words` are those they agreed to."""

    call_id: UUID
    at: datetime
    words: str
    locale: str


async def recorded_calls(
    session: ReadSession, *, visitor_ids: Collection[UUID], limit: int = 50
) -> list[RecordedCall]:
    """Calls from these browsers of which sound is kept by a yes that stands, the newest first."""
    rows = await session.fetch(
        "SELECT c.id AS call_id, c.created_at AS at, said.wording AS words, said.locale"
        " FROM call c CROSS JOIN LATERAL (SELECT k.state, k.wording, k.locale FROM consent k"
        "  WHERE k.subject = c.id AND k.purpose = 'recording' AND k.visitor_id = c.visitor_id"
        "  ORDER BY k.at DESC, k.id DESC LIMIT 1) said"
        " WHERE c.visitor_id = ANY($1::uuid[]) AND said.state = 'given'"
        " AND EXISTS (SELECT FROM call_recording r WHERE r.call_id = c.id AND r.kind = 'call'"
        "  AND r.state = 'kept') ORDER BY c.created_at DESC, c.id DESC LIMIT $2",
        list(visitor_ids),
        limit,
    )
    return [RecordedCall(**row) for row in rows]
