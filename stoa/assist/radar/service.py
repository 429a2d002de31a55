"""The radar of this node: the board of live visits, told to the desk, written down when over."""

import asyncio
import contextlib
import heapq
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from operator import itemgetter
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Gauge
from pydantic import ValidationError

from stoa.assist.radar.board import Board
from stoa.assist.radar.invitations import (
    InvitationRules,
    is_candidate,
    is_within_cap,
    make_invitation,
)
from stoa.assist.radar.models import CHECKOUT, Invitation, LiveVisit
from stoa.assist.radar.rules import belongs, sort_key
from stoa.assist.radar.schemas import (
    InvitationSignal,
    RadarCounts,
    RadarDelta,
    RadarQuery,
    RadarSnapshot,
)
from stoa.assist.radar.summaries import write_summaries
from stoa.assist.radar.views import detail_of, row_of
from stoa.commerce.shops.queries import get_shop
from stoa.contact.routing.service import Presence
from stoa.platform.clock import now
from stoa.platform.errors import DomainError, NotFound
from stoa.platform.node import Node
from stoa.platform.outbox.event import LoggedEvent

log = structlog.get_logger()

RADAR_TOPIC = "radar"
LIVE_VISITS = Gauge("stoa_live_visits", "Visits in the shop that this node follows")

TELL_EVERY_SECONDS = 1.0
SWEEP_EVERY = 3  # in turns of telling
TOP = 200
MOST_CHANGES = 60
# How many visits are looked at before others get their turn on the loop.
CHUNK = 500


def visit_topic(visit_id: UUID) -> str:
    return f"visit:{visit_id}"


def invitations_topic(visit_id: UUID) -> str:
    return f"invitations:{visit_id}"


class Radar:
    """Live visits and who hears of them."""

    def __init__(self, node: Node) -> None:
        self.board = Board()
        self._node = node
        self._top: set[UUID] = set()
        self._unwritten: list[LiveVisit] = []

    def get(self, visit_id: UUID) -> LiveVisit:
        """Raises:
        NotFound: nobody of this visit is here.
        """
        visit = self.board.visits.get(visit_id)
        if visit is None or not visit.is_shown:
            raise NotFound()
        return visit

    def get_of_visitor(self, visitor_id: UUID) -> LiveVisit:
        """Raises:
        NotFound: the visitor is not here.
        """
        visit = self.board.of_visitor(visitor_id)
        if visit is None or not visit.is_shown:
            raise NotFound()
        return visit

    def hear(self, events: Sequence[LoggedEvent]) -> None:
        self.board.hear(events, now=now())

    # ---- snapshots ----

    async def snapshot(self, query: RadarQuery) -> RadarSnapshot:
        """The first visits of a view."""
        visits, counts = await self._look(query)
        return RadarSnapshot.model_construct(
            visits=[row_of(visit) for visit in visits], counts=counts
        )

    async def _look(self, query: RadarQuery) -> tuple[list[LiveVisit], RadarCounts]:
        """One look at everybody, in pieces: ten thousand visits must not hold up a chat."""
        first: list[tuple[Any, LiveVisit]] = []
        piece: list[tuple[Any, LiveVisit]] = []
        counts = RadarCounts(online=0, with_cart=0, in_checkout=0, in_trouble=0, talking=0)
        for position, visit in enumerate(list(self.board.visits.values())):
            if position % CHUNK == CHUNK - 1:
                first = heapq.nlargest(query.limit, [*first, *piece], key=itemgetter(0))
                piece.clear()
                await asyncio.sleep(0)
            if not visit.is_shown or (query.shop_id and visit.shop_id != query.shop_id):
                continue
            if visit.is_online:
                _count(visit, counts)
            if belongs(visit, query.view):
                piece.append((sort_key(visit, query.sort), visit))
        first = heapq.nlargest(query.limit, [*first, *piece], key=itemgetter(0))
        return [visit for _, visit in first], counts

    # ---- telling ----

    async def run(self) -> None:
        """Sweeps, tells the desk, invites by rule and writes down, until cancelled."""
        turn = 0
        while True:
            await asyncio.sleep(TELL_EVERY_SECONDS)
            turn += 1
            try:
                if turn % SWEEP_EVERY == 0:
                    await self.board.sweep(now=now())
                    LIVE_VISITS.set(len(self.board.visits))
                    await self._write_down()
                await self._tell()
            except Exception:
                log.exception("radar.turn_failed")

    async def _tell(self) -> None:
        changed, self.board.changed = self.board.changed, set()
        hub = self._node.hub
        for visit_id in changed:
            if hub.has_subscribers(visit_topic(visit_id)):
                detail = detail_of(self.board.visits[visit_id])
                hub.signal_here(visit_topic(visit_id), "visit.changed", detail)
        await self._invite_by_rule(changed)
        if not hub.has_subscribers(RADAR_TOPIC):
            self._top.clear()
            return
        if not changed and self._top <= self.board.visits.keys():
            return
        top, counts = await self._look(RadarQuery(limit=TOP))
        ids = {visit.id for visit in top}
        news = [visit for visit in top if visit.id in changed or visit.id not in self._top]
        # What is too much for one second comes in the next.
        self.board.changed.update(visit.id for visit in news[MOST_CHANGES:])
        told = news[:MOST_CHANGES]
        delta = RadarDelta.model_construct(
            changed=[row_of(visit) for visit in told],
            gone=sorted(self._top - ids),
            counts=counts,
        )
        self._top = (self._top & ids) | {visit.id for visit in told}
        hub.signal_here(RADAR_TOPIC, "radar.changed", delta)

    async def _write_down(self) -> None:
        self._unwritten += self.board.gone
        self.board.gone = []
        while self._unwritten:
            batch = self._unwritten[:CHUNK]
            await write_summaries(self._node.database, batch)
            del self._unwritten[:CHUNK]

    async def close(self) -> None:
        """Every visit is written down: the process ends, the visits may go on with another."""
        for visit in list(self.board.visits.values()):
            self.board.drop(visit)
        await self._write_down()

    # ---- inviting ----

    async def invite(
        self, visit: LiveVisit, *, staff_id: UUID | None, staff_name: str | None, text: str
    ) -> None:
        """The page shows the invitation; one that still waits for an answer is shown again."""
        invitation = visit.invitation
        if invitation is None or invitation.state != "shown":
            async with self._node.database.begin() as session:
                invitation = await make_invitation(
                    session,
                    visit=visit,
                    staff_id=staff_id,
                    staff_name=staff_name,
                    text=text,
                    at=now(),
                )
            visit.invitation = invitation
            self.board.touch(visit, now=now())
        signal = invitation_signal(invitation)
        self._node.hub.signal_here(invitations_topic(visit.id), "invitation", signal)

    async def _invite_by_rule(self, changed: set[UUID]) -> None:
        agents = len(self._node.part(Presence).available)
        if not agents:
            return
        for visit_id in changed:
            visit = self.board.visits.get(visit_id)
            if visit is None or visit.score == 0 or visit.invitation or visit.shop_id is None:
                continue
            try:
                await self._apply_rule(visit, agents_available=agents)
            except DomainError as error:
                log.info("radar.rule_refused", code=error.code)

    async def _apply_rule(self, visit: LiveVisit, *, agents_available: int) -> None:
        async with self._node.database.read() as reading:
            shop = await get_shop(reading, shop_id=visit.shop_id)
        try:
            rules = InvitationRules.model_validate(shop.settings.get("invitations", {}))
        except ValidationError:
            log.warning("radar.rules_unreadable", shop_id=str(shop.id))
            return
        if not is_candidate(visit, rules, agents_available=agents_available):
            return
        async with self._node.database.begin() as session:
            is_allowed = await is_within_cap(session, visit=visit, rules=rules)
        if is_allowed:
            text = rules.text.get(visit.locale, "")
            await self.invite(visit, staff_id=None, staff_name=None, text=text)
            log.info("visit.invited_by_rule", visit=str(visit.id), score=visit.score)


def _count(visit: LiveVisit, counts: RadarCounts) -> None:
    counts.online += 1
    counts.with_cart += visit.has_cart
    counts.in_checkout += visit.step in CHECKOUT
    counts.in_trouble += visit.score > 0
    counts.talking += visit.conversation_id is not None


def invitation_signal(invitation: Invitation) -> InvitationSignal:
    return InvitationSignal(
        id=invitation.id, staff_name=invitation.staff_name, text=invitation.text
    )


@asynccontextmanager
async def keeping_radar(node: Node) -> AsyncIterator[None]:
    """Live visits are followed while the block runs, and all written down at its end."""
    radar = node.parts[Radar] = Radar(node)
    node.database.on_commit(radar.hear)
    task = asyncio.ensure_future(radar.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with contextlib.suppress(OSError):  # the database went first: there is nowhere to write
            await radar.close()
