"""The hub: what is committed reaches every subscriber of its topic, in order and without gaps."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Literal, Protocol

import structlog
from pydantic import BaseModel

from stoa.platform.database.session import SERVER_AWAY, Database
from stoa.platform.outbox.event import LoggedEvent
from stoa.platform.outbox.log import events_after, missed_events, positions, topic_position
from stoa.platform.realtime import metrics
from stoa.platform.realtime.outgoing import Outgoing, encode_event, encode_signal

log = structlog.get_logger()

MAX_BACKLOG = 1000  # more than this is quicker read as a fresh snapshot
MAX_EARLY = 1000
RECONCILE_BATCH = 1000

# Events that overtook others wait this long for them before the log is asked.
GAP_PATIENCE_SECONDS = 0.02

NoResume = Literal["pruned", "too_far", "ahead"]


class CannotResume(Exception):
    """The subscriber needs a fresh snapshot."""

    def __init__(self, reason: NoResume) -> None:
        super().__init__(reason)
        self.reason: NoResume = reason


class Subscriber(Protocol):
    """Somebody who is given frames. `push` neither waits nor raises."""

    def push(self, frame: Outgoing) -> None: ...


class _Topic:
    __slots__ = ("early", "hinted", "joining", "name", "seq", "subscribers")

    def __init__(self, name: str) -> None:
        self.name = name
        # The last event given to the subscribers; None until the first subscriber has read the log.
        self.seq: int | None = None
        # Subscriber -> the seq it already had when it joined.
        self.subscribers: dict[Subscriber, int] = {}
        # Subscriber still reading the log -> what was delivered meanwhile.
        self.joining: dict[Subscriber, list[tuple[int, Outgoing]]] = {}
        self.early: dict[int, LoggedEvent] = {}
        # How far the log goes, as heard from others while the first subscriber was reading it.
        self.hinted = 0


class Hub:
    """Topics of this node and their subscribers.

    `hear` is given the events of this node's commits, `hint` what other nodes committed. Either may
    be late, double, out of order or missing: a gap, and a look at the log from time to time,
    bring the rest. `run` must be running for that.
    """

    def __init__(self, database: Database, *, reconcile_seconds: float = 2.0) -> None:
        self._database = database
        self.reconcile_seconds = reconcile_seconds
        self._topics: dict[str, _Topic] = {}
        self._gaps: set[str] = set()
        self._has_gaps = asyncio.Event()
        self._unchecked: dict[str, None] = {}  # in the order in which they are looked at
        self._signal_listeners: list[Callable[[str, str, Any], None]] = []

    # ---- what comes in ----

    def hear(self, events: Sequence[LoggedEvent]) -> None:
        """Events of a commit of this node; they are with the subscribers when this returns."""
        for event in events:
            topic = self._topics.get(event.topic)
            if topic is not None:
                self._accept(topic, event)

    def hint(self, heard: Iterable[tuple[str, int]]) -> None:
        """Another node has committed events up to these numbers."""
        for name, seq in heard:
            topic = self._topics.get(name)
            if topic is None:
                continue
            if topic.seq is None:
                topic.hinted = max(topic.hinted, seq)
            elif topic.seq < seq:
                self._ask(name)

    def signal(
        self,
        topic: str,
        type_: str,
        data: BaseModel | dict[str, Any],
        *,
        skip: Subscriber | None = None,
    ) -> None:
        """The topic's subscribers get a signal, here and on the other nodes, all but `skip`."""
        self.signal_here(topic, type_, data, skip=skip)
        for listener in self._signal_listeners:
            listener(topic, type_, data)

    def signal_here(
        self,
        topic: str,
        type_: str,
        data: BaseModel | dict[str, Any],
        *,
        skip: Subscriber | None = None,
    ) -> None:
        """The topic's subscribers on this node get a signal."""
        known = self._topics.get(topic)
        if known is None or not known.subscribers:
            return
        frame = encode_signal(topic, type_, data)
        metrics.SIGNALS_OUT.inc(len(known.subscribers))
        for subscriber in list(known.subscribers):
            if subscriber is not skip:
                subscriber.push(frame)

    def on_signal(self, listener: Callable[[str, str, Any], None]) -> None:
        """`listener` hears every signal of this node, to carry it to the others."""
        self._signal_listeners.append(listener)

    def has_subscribers(self, topic: str) -> bool:
        known = self._topics.get(topic)
        return known is not None and bool(known.subscribers)

    # ---- subscribers ----

    async def subscribe(
        self,
        subscriber: Subscriber,
        name: str,
        *,
        after: int | None,
        joined: Callable[[int], None],
    ) -> None:
        """The subscriber gets every event of the topic after `after`, then the new ones.

        `joined` is called with the topic's last seq right before the first of them.

        Raises:
            CannotResume: the log cannot serve this; nothing was subscribed.
        """
        self.unsubscribe(subscriber, name)
        topic = self._topics.setdefault(name, _Topic(name))
        topic.joining[subscriber] = []
        try:
            seq, backlog = await self._read_backlog(name, after)
            meanwhile = topic.joining.get(subscriber)
            if meanwhile is None:
                return  # left while the log was read
            if len(meanwhile) > MAX_BACKLOG:
                raise CannotResume("too_far")
            joined(max(seq, meanwhile[-1][0] if meanwhile else 0))
            for event in backlog:
                subscriber.push(encode_event(event))
            for number, frame in meanwhile:
                if number > seq:
                    subscriber.push(frame)
            self._join(topic, subscriber, seq)
        finally:
            topic.joining.pop(subscriber, None)
            self._drop_if_unused(topic)

    async def _read_backlog(self, name: str, after: int | None) -> tuple[int, list[LoggedEvent]]:
        async with self._database.read() as session:
            seq, pruned = await topic_position(session, topic=name)
            if after is None:
                return seq, []
            if after > seq:
                raise CannotResume("ahead")
            if after < pruned:
                raise CannotResume("pruned")
            if seq - after > MAX_BACKLOG:
                raise CannotResume("too_far")
            if after == seq:
                return seq, []
            # One statement, one snapshot: it may hold more than `seq`, and never less but pruned.
            backlog = await events_after(session, topic=name, after=after, limit=2 * MAX_BACKLOG)
            if not backlog or backlog[0].seq != after + 1:
                raise CannotResume("pruned")
            return backlog[-1].seq, backlog

    def _join(self, topic: _Topic, subscriber: Subscriber, seq: int) -> None:
        """Synchronously after the backlog was pushed, so that nothing comes in between."""
        topic.subscribers[subscriber] = seq
        del topic.joining[subscriber]
        if topic.seq is None:
            topic.seq = seq
            self._unchecked[topic.name] = None
            topic.early = {n: event for n, event in topic.early.items() if n > seq}
            self._deliver_early(topic)
            if topic.seq < topic.hinted:
                self._ask(topic.name)
        elif topic.seq < seq:
            self._ask(topic.name)

    def unsubscribe(self, subscriber: Subscriber, name: str) -> None:
        """The subscriber hears no more of the topic."""
        topic = self._topics.get(name)
        if topic is not None:
            topic.subscribers.pop(subscriber, None)
            topic.joining.pop(subscriber, None)
            self._drop_if_unused(topic)

    def _drop_if_unused(self, topic: _Topic) -> None:
        if not topic.subscribers and not topic.joining and self._topics.get(topic.name) is topic:
            del self._topics[topic.name]
            self._unchecked.pop(topic.name, None)
            self._gaps.discard(topic.name)

    # ---- order ----

    def _accept(self, topic: _Topic, event: LoggedEvent) -> None:
        if topic.seq is None:
            if len(topic.early) < MAX_EARLY:
                topic.early[event.seq] = event
        elif event.seq == topic.seq + 1:
            self._deliver(topic, event)
            if topic.early:
                self._deliver_early(topic)
        elif event.seq > topic.seq:
            if len(topic.early) < MAX_EARLY:
                topic.early[event.seq] = event
            self._ask(topic.name)

    def _deliver_early(self, topic: _Topic) -> None:
        assert topic.seq is not None
        while (event := topic.early.pop(topic.seq + 1, None)) is not None:
            self._deliver(topic, event)
        if topic.early:
            topic.early = {n: event for n, event in topic.early.items() if n > topic.seq}
            if topic.early:
                self._ask(topic.name)

    def _deliver(self, topic: _Topic, event: LoggedEvent) -> None:
        topic.seq = event.seq
        frame = encode_event(event)
        metrics.EVENTS_OUT.inc(len(topic.subscribers))
        # A push that finds its connection broken unsubscribes it, so the walk is over a copy.
        for subscriber, start in list(topic.subscribers.items()):
            if event.seq > start:
                subscriber.push(frame)
        for waiting in topic.joining.values():
            waiting.append((event.seq, frame))

    # ---- gaps ----

    def _ask(self, name: str) -> None:
        self._gaps.add(name)
        self._has_gaps.set()

    async def run(self) -> None:
        """Fills gaps from the log and looks for unheard events, until cancelled."""
        pause = 0.0
        while True:
            try:
                async with asyncio.timeout(self.reconcile_seconds):
                    await self._has_gaps.wait()
                await asyncio.sleep(GAP_PATIENCE_SECONDS)
            except TimeoutError:
                pass
            try:
                if not self._has_gaps.is_set():
                    await self._find_unheard()
                await self._fill_gaps()
                pause = 0.0
            except SERVER_AWAY as error:
                pause = min(5.0, pause * 2 or 0.2)
                log.warning("hub.log_unreadable", error=type(error).__name__)
                await asyncio.sleep(pause)
            except Exception:
                # A defect with one topic must not end the following of all others.
                log.exception("hub.failed")
                self._gaps.clear()
                await asyncio.sleep(1)

    async def _fill_gaps(self) -> None:
        # What is asked for while the log is read may be newer than what is read: it is asked next.
        asked, self._gaps = self._gaps, set()
        self._has_gaps.clear()
        after = {
            name: topic.seq
            for name in asked
            if (topic := self._topics.get(name)) is not None and topic.seq is not None
        }
        if not after:
            return
        try:
            async with self._database.read() as session:
                events = await missed_events(session, after=after, limit=5000)
        except BaseException:
            self._gaps |= asked
            self._has_gaps.set()
            raise
        metrics.GAPS_FILLED.inc(len(after))
        if len(events) == 5000:
            for name in after:
                self._ask(name)
        self._skip_pruned(after, events)
        self.hear(events)

    def _skip_pruned(self, after: dict[str, int], events: Sequence[LoggedEvent]) -> None:
        """Events pruned before this node heard of them cannot be delivered any more."""
        first: dict[str, int] = {}
        for event in events:
            first.setdefault(event.topic, event.seq)
        for name, seq in first.items():
            topic = self._topics.get(name)
            if topic is not None and topic.seq == after[name] and seq > topic.seq + 1:
                log.error("hub.events_pruned_unheard", topic=name, after=topic.seq, next=seq)
                topic.seq = seq - 1

    async def _find_unheard(self) -> None:
        """Looks at the positions of some topics in turn; those that moved unheard are asked for."""
        names = list(islice(self._unchecked, RECONCILE_BATCH))
        if not names:
            return
        for name in names:
            self._unchecked[name] = self._unchecked.pop(name)
        async with self._database.read() as session:
            self.hint((await positions(session, topics=names)).items())
