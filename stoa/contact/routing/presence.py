"""Who is at the desk now, on this node and on the others; kept in memory."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

import orjson
import structlog

from stoa.contact.conversations.schemas import PresenceSignal, StaffPresence
from stoa.people.actors import StaffActor
from stoa.platform.clock import now
from stoa.platform.node import Node
from stoa.platform.realtime.connection import Connection
from stoa.platform.realtime.outgoing import Outgoing

log = structlog.get_logger()

PRESENCE_TOPIC = "presence"
# Between nodes: each says who is at its desks; no client can subscribe to it.
NODES_TOPIC = "presence_nodes"
NODE_FORGOTTEN_SECONDS = 10.0
# A reload of the desk's page is no leaving.
GRACE_SECONDS = 8.0
LOOK_EVERY_SECONDS = 3.0

Status = Literal["available", "away"]


@dataclass(slots=True)
class _AtDesk:
    name: str
    status: Status = "available"
    since: datetime = field(default_factory=now)
    connections: set[str] = field(default_factory=set)
    left_at: float | None = None


class Presence:
    """Who stands behind the counter, as far as this node knows."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._staff: dict[UUID, _AtDesk] = {}
        self._id = secrets.token_hex(6)
        self._elsewhere: dict[str, tuple[float, list[StaffPresence]]] = {}
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        """`listener` is called whenever somebody came, left, or changed their status."""
        self._listeners.append(listener)

    def arrive(self, actor: StaffActor, *, connection_id: str) -> None:
        """The member of staff has one more page of the desk open."""
        person = self._staff.setdefault(actor.staff.id, _AtDesk(actor.staff.name))
        person.name = actor.staff.name
        person.connections.add(connection_id)
        person.left_at = None
        self._tell_presence()

    def leave(self, staff_id: UUID, *, connection_id: str) -> None:
        """One page less; after the last one and a moment the person counts as gone."""
        person = self._staff.get(staff_id)
        if person is None:
            return
        person.connections.discard(connection_id)
        if not person.connections:
            person.left_at = time.monotonic()

    def set_status(self, staff_id: UUID, status: Status) -> None:
        """The person is available, or away with the desk open."""
        if person := self._staff.get(staff_id):
            if person.status != status:
                person.since = now()
            person.status = status
            self._tell_presence()

    def everybody(self) -> list[StaffPresence]:
        """Everybody at the desk, here and on the other nodes, by name."""
        everybody = self._present_here()
        for _, others in self._elsewhere.values():
            everybody += others
        # Whoever is available somewhere is available.
        found: dict[UUID, StaffPresence] = {}
        for person in sorted(everybody, key=lambda person: person.status == "available"):
            found[person.staff_id] = person
        return sorted(found.values(), key=lambda person: (person.name, person.staff_id))

    def _present_here(self) -> list[StaffPresence]:
        return [
            StaffPresence(
                staff_id=staff_id, name=person.name, status=person.status, since=person.since
            )
            for staff_id, person in self._staff.items()
        ]

    @property
    def available(self) -> frozenset[UUID]:
        """Members of staff who are at a desk and not away."""
        return frozenset(
            person.staff_id for person in self.everybody() if person.status == "available"
        )

    def push(self, frame: Outgoing) -> None:
        """Another node says who is at its desks. Called by the hub, as for any subscriber."""
        heard = orjson.loads(frame.payload)["data"]
        if heard["node"] == self._id:
            return
        staff = [StaffPresence.model_validate(person) for person in heard["staff"]]
        _, before = self._elsewhere.get(heard["node"], (0.0, []))
        self._elsewhere[heard["node"]] = (time.monotonic(), staff)
        if staff != before:
            self._tell_desks()

    def _tell_nodes(self) -> None:
        here = [person.model_dump(mode="json") for person in self._present_here()]
        signal = {"node": self._id, "staff": here}
        self._node.hub.signal(NODES_TOPIC, "presence.node", signal, skip=self)

    def _tell_presence(self) -> None:
        self._tell_nodes()
        self._tell_desks()

    def _tell_desks(self) -> None:
        for listener in self._listeners:
            listener()
        signal = PresenceSignal(staff=self.everybody())
        self._node.hub.signal_here(PRESENCE_TOPIC, "presence", signal)

    async def run(self) -> None:
        """Forgets who left, and tells the other nodes who is here, until cancelled."""
        while True:
            try:
                if not self._node.hub.has_subscribers(NODES_TOPIC):
                    await self._node.hub.subscribe(
                        self, NODES_TOPIC, after=None, joined=lambda _seq: None
                    )
                self._forget_who_left()
                self._forget_nodes()
                self._tell_nodes()
            except Exception:
                log.exception("presence.look_failed")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _forget_who_left(self) -> None:
        before = time.monotonic() - GRACE_SECONDS
        gone = [
            staff_id
            for staff_id, person in self._staff.items()
            if person.left_at is not None and person.left_at < before
        ]
        for staff_id in gone:
            del self._staff[staff_id]
        if gone:
            self._tell_presence()

    def _forget_nodes(self) -> None:
        before = time.monotonic() - NODE_FORGOTTEN_SECONDS
        silent = [node for node, (at, _) in self._elsewhere.items() if at < before]
        for node in silent:
            del self._elsewhere[node]
        if silent:
            self._tell_desks()


@asynccontextmanager
async def keeping_presence(node: Node) -> AsyncIterator[None]:
    """The node knows who is at the desk while the block runs."""
    presence = node.parts[Presence] = Presence(node)
    task = asyncio.ensure_future(presence.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class PresenceListener:
    """Knows who is at the desk by the desk's connections."""

    async def opened(self, connection: Connection) -> None:
        if isinstance(connection.actor, StaffActor):
            presence = connection.node.part(Presence)
            presence.arrive(connection.actor, connection_id=connection.id)

    async def closed(self, connection: Connection) -> None:
        if isinstance(connection.actor, StaffActor):
            presence = connection.node.part(Presence)
            presence.leave(connection.actor.staff.id, connection_id=connection.id)
