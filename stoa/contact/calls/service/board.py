"""The unit of change of calls: one lock, calls as they were, calls as they have become.

Everything that changes calls takes the same lock first, before any row: what agents and customers
do to the queue happens one after the other, exactly one wins, and no two of them can wait for each
other's rows. A call needs some ten changes in its life, and each holds the lock for a few
milliseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from stoa.contact.calls.models import Call
from stoa.contact.calls.queries import load_calls, load_live
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound

_LOCK = 0x43414C4C


@dataclass(frozen=True, slots=True)
class Desk:
    """Who is at the desk and available, on whatever node."""

    available: frozenset[UUID] = frozenset()


@dataclass(slots=True)
class Board:
    """Calls that are this transaction's to change. `is_whole`: with all that are live."""

    session: Session
    at: datetime
    before: dict[UUID, Call]
    calls: dict[UUID, Call]
    is_whole: bool
    places: dict[UUID, int] = field(default_factory=dict)  # in the queue, before
    touched: set[UUID] = field(default_factory=set)

    def get(self, call_id: UUID) -> Call:
        """Raises:
        NotFound: no such call.
        """
        if call_id not in self.calls:
            raise NotFound()
        return self.calls[call_id]

    def put(self, call: Call) -> None:
        """The call is to become so."""
        self.calls[call.id] = call

    def touch(self, call_id: UUID) -> None:
        """What belongs to the call has changed, such as a recording: everybody will be told."""
        self.touched.add(call_id)

    def changed(self) -> list[Call]:
        """What differs from what was loaded, new calls included, and what was touched."""
        return [
            call
            for call in self.calls.values()
            if self.before.get(call.id) != call or call.id in self.touched
        ]

    def busy(self) -> set[UUID]:
        """Members of staff who are in a call. Of a whole board only."""
        assert self.is_whole
        return {
            leg.staff_id for call in self.calls.values() for leg in call.legs_in if leg.staff_id
        }


async def open_board(session: Session, *, ids: Iterable[UUID] = (), is_whole: bool = True) -> Board:
    """The lock is held until the transaction ends."""
    await session.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
    return await _load(session, ids=ids, is_whole=is_whole)


async def open_board_if_free(session: Session) -> Board | None:
    """The whole board, unless somebody has the lock: they will do what is due as well as we."""
    if not await session.fetch_value("SELECT pg_try_advisory_xact_lock($1)", _LOCK):
        return None
    return await _load(session, ids=(), is_whole=True)


async def _load(session: Session, *, ids: Iterable[UUID], is_whole: bool) -> Board:
    loaded = await load_live(session) if is_whole else []
    missing = set(ids) - {call.id for call in loaded}
    if missing:
        loaded += await load_calls(session, ids=missing)
    return Board(
        session=session,
        at=now(),
        before={call.id: call for call in loaded},
        calls={call.id: call for call in loaded},
        is_whole=is_whole,
        places=await places_in_queue(session) if is_whole else {},
    )


async def places_in_queue(session: ReadSession) -> dict[UUID, int]:
    """Everybody who waits, on the line or to be called back, with their place: 1 is next."""
    rows = await session.fetch(
        "SELECT id, state = 'callback' AS is_off FROM call"
        " WHERE state <> 'ended' AND state IN ('queued', 'ringing', 'callback')"
        " ORDER BY queued_at, id"
    )
    places = {}
    on_the_line = 0
    for number, row in enumerate(rows, start=1):
        on_the_line += not row["is_off"]
        places[row["id"]] = number if row["is_off"] else on_the_line
    return places
