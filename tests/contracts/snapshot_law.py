"""The law of live views: a snapshot and the events after it make a fresh snapshot."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.outbox.log import events_after

State = TypeVar("State")
View = dict[str, Any]
Act = Callable[[Session], Awaitable[object]]


@dataclass(frozen=True)
class Law(Generic[State]):
    """`snapshot` gives (seq, state) as a client is given them, `apply` does what a client does."""

    topic: str
    snapshot: Callable[[ReadSession], Awaitable[tuple[int, State]]]
    apply: Callable[[State, str, int, dict[str, Any]], State]


async def must_hold(database: Database, law: Law[State], acts: Sequence[Act]) -> set[str]:
    """After every act, each earlier snapshot and the events after it make the fresh one.

    Returns the types of the events that took part.
    """
    seen: set[str] = set()
    async with database.read() as session:
        earlier = [await law.snapshot(session)]
    for act in acts:
        async with database.begin() as session:
            await act(session)
        async with database.read() as session:
            fresh_seq, fresh = await law.snapshot(session)
            for seq, state in earlier:
                events = await events_after(session, topic=law.topic, after=seq)
                assert [event.seq for event in events] == list(range(seq + 1, fresh_seq + 1))
                for event in events:
                    state = law.apply(state, event.type, event.seq, event.data)
                    seen.add(event.type)
                assert state == fresh, f"after {act}, from the snapshot at {seq}"
        earlier.append((fresh_seq, fresh))
    return seen


def plain(value: Any) -> Any:
    """JSON with moments read, for the same one may be written in two ways."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str) and len(value) > 18 and value[10] == "T":
        return datetime.fromisoformat(value)
    return value
