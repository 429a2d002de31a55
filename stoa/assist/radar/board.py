"""The live visits of this node: who came, what their pages report, what else is known of them."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from stoa.assist.radar.models import STEPS, FieldTrouble, LiveVisit
from stoa.assist.radar.rules import device_of, is_turn, score_of, signals_of
from stoa.assist.radar.schemas import (
    ActiveReport,
    FieldErrorReport,
    FieldFixedReport,
    PageReport,
    PageView,
    PaymentReport,
    RageReport,
    VisitReport,
)
from stoa.platform.outbox.event import LoggedEvent

MOST_VISITS = 50_000
MOST_FIELDS = 40
CHUNK = 200
STAYS_ONLINE = timedelta(seconds=10)
STAYS_KNOWN = timedelta(minutes=2)


class Board:
    """Visits in memory, by id and by visitor; `changed` gathers what the desk has not seen."""

    def __init__(self) -> None:
        self.visits: dict[UUID, LiveVisit] = {}
        self.changed: set[UUID] = set()
        self.gone: list[LiveVisit] = []
        self._by_visitor: dict[UUID, UUID] = {}
        self._leaving: set[UUID] = set()
        self._watched: set[UUID] = set()

    # ---- coming and going ----

    def arrive(
        self, visit_id: UUID, *, connection_id: str, user_agent: str, locale: str, now: datetime
    ) -> LiveVisit | None:
        """The visit has one more page open; None when more people are here than can be followed."""
        visit = self.visits.get(visit_id)
        if visit is None:
            if len(self.visits) >= MOST_VISITS:
                return None
            visit = self.visits[visit_id] = LiveVisit(
                id=visit_id,
                since=now,
                last_active_at=now,
                locale=locale,
                device=device_of(user_agent),
            )
        visit.connections.add(connection_id)
        visit.left_at = None
        self._leaving.discard(visit_id)
        if not visit.is_online:
            visit.is_online = True
            self.touch(visit, now=now)
        return visit

    def leave(self, visit_id: UUID, *, connection_id: str, now: datetime) -> None:
        visit = self.visits.get(visit_id)
        if visit is None:
            return
        visit.connections.discard(connection_id)
        if not visit.connections:
            visit.left_at = now
            self._leaving.add(visit_id)

    def link(self, visit: LiveVisit, *, visitor_id: UUID, now: datetime) -> None:
        """The visit is this visitor's from now on."""
        visit.visitor_id = visitor_id
        self._by_visitor[visitor_id] = visit.id
        self.touch(visit, now=now)

    def of_visitor(self, visitor_id: UUID) -> LiveVisit | None:
        visit_id = self._by_visitor.get(visitor_id)
        return self.visits.get(visit_id) if visit_id else None

    async def sweep(self, *, now: datetime) -> None:
        """Who left a while ago is offline, then gone; who idles in the checkout is noticed.

        Others get their turn on the loop in between: a chat never waits for ten thousand visits.
        """
        for position, visit_id in enumerate([*self._leaving, *self._watched]):
            if position % CHUNK == CHUNK - 1:
                await asyncio.sleep(0)
            self._look_again(visit_id, now=now)

    def _look_again(self, visit_id: UUID, *, now: datetime) -> None:
        visit = self.visits.get(visit_id)
        if visit is None:
            self._watched.discard(visit_id)
            return
        if visit.left_at is not None and visit.left_at < now - STAYS_KNOWN:
            self.drop(visit)
        elif visit.left_at is not None and visit.is_online and visit.left_at < now - STAYS_ONLINE:
            visit.is_online = False
            self.touch(visit, now=now)
        elif visit_id in self._watched and signals_of(visit, now=now) != visit.signals:
            self.touch(visit, now=now)

    def drop(self, visit: LiveVisit) -> None:
        """The visit is over."""
        del self.visits[visit.id]
        self._leaving.discard(visit.id)
        self._watched.discard(visit.id)
        self.changed.discard(visit.id)
        if visit.visitor_id and self._by_visitor.get(visit.visitor_id) == visit.id:
            del self._by_visitor[visit.visitor_id]
        self.gone.append(visit)

    def touch(self, visit: LiveVisit, *, now: datetime) -> None:
        """The visit has changed: what speaks for trouble is looked at again."""
        visit.signals = signals_of(visit, now=now)
        visit.score = score_of(visit.signals)
        visit.past_signals.update(signal.kind for signal in visit.signals)
        visit.revision += 1
        if visit.is_shown:
            self.changed.add(visit.id)
        if visit.signals or visit.step not in ("browse", "ordered"):
            self._watched.add(visit.id)
        else:
            self._watched.discard(visit.id)

    # ---- what pages report ----

    def take(
        self, visit: LiveVisit, reports: Iterable[VisitReport], *, shop_id: UUID, now: datetime
    ) -> None:
        """The reports are part of what is known of the visit."""
        visit.shop_id = shop_id
        for report in reports:
            _take_one(visit, report, now=now)
        self.touch(visit, now=now)

    # ---- what happened elsewhere ----

    def hear(self, events: Sequence[LoggedEvent], *, now: datetime) -> None:
        """Carts, orders and conversations of live visitors, after each commit of this node."""
        for event in events:
            take = _HEARD.get(event.type)
            if take is None:
                continue
            subject = event.data.get("cart") or event.data.get("order")
            subject = subject or event.data.get("conversation") or {}
            visitor_id = subject.get("visitor_id")
            visit = self.of_visitor(UUID(visitor_id)) if visitor_id else None
            if visit is not None:
                take(visit, subject)
                self.touch(visit, now=now)


def _take_one(visit: LiveVisit, report: VisitReport, *, now: datetime) -> None:
    if not isinstance(report, ActiveReport) or report.is_visible:
        visit.last_active_at = now
    match report:
        case PageReport():
            _take_page(visit, report, now=now)
        case FieldErrorReport():
            known = visit.field_errors.get(report.field)
            if known is None and len(visit.field_errors) >= MOST_FIELDS:
                return
            count = known.count + 1 if known else 1
            visit.field_errors[report.field] = FieldTrouble(report.reason, count, True, now)
            visit.error_count += 1
        case FieldFixedReport():
            if mended := visit.field_errors.get(report.field):
                mended.is_open = False
        case PaymentReport():
            visit.payment = f"{report.method} {report.outcome}"
            visit.payment_refused_at = None if report.outcome == "succeeded" else now
        case RageReport():
            visit.rages.append(now)
        case ActiveReport():
            pass


def _take_page(visit: LiveVisit, report: PageReport, *, now: datetime) -> None:
    page = PageView(
        kind=report.kind,
        path=_public_path(report),
        title=report.title,
        product_id=report.product_id,
        at=now,
    )
    is_same = visit.page is not None and visit.page.path == page.path
    if is_turn(visit.step, report.step):
        visit.turns.append(now)
    if report.step != visit.step:
        # Whatever was wrong on the step before is no longer in front of the person.
        for error in visit.field_errors.values():
            error.is_open = False
    visit.step = report.step
    visit.furthest = max(visit.furthest, report.step, key=STEPS.index)
    visit.locale = report.locale
    visit.referrer = visit.referrer or _public_referrer(report.referrer)
    visit.page = page
    if not is_same:
        visit.trail.append(page)
        visit.page_count += 1


def _public_path(report: PageReport) -> str:
    """Without the query, and without the secret of an order's status link."""
    path = report.path.partition("?")[0].partition("#")[0]
    return path.rpartition("/")[0] if report.kind == "order" else path


def _public_referrer(referrer: str) -> str:
    """Where the person came from, without the query they may have typed there."""
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return ""
    return f"{parts.netloc}{parts.path}"[:200] if parts.scheme in ("http", "https") else ""


def _take_cart(visit: LiveVisit, cart: dict[str, Any]) -> None:
    visit.cart = cart


def _take_order(visit: LiveVisit, order: dict[str, Any]) -> None:
    visit.order_id, visit.order_number = UUID(order["id"]), order["number"]
    visit.cart, visit.step, visit.furthest = None, "ordered", "ordered"


def _take_conversation(visit: LiveVisit, conversation: dict[str, Any]) -> None:
    is_open = conversation["state"] == "open"
    if is_open:
        visit.conversation_id, visit.has_talked = UUID(conversation["id"]), True
    elif str(visit.conversation_id) == conversation["id"]:
        visit.conversation_id = None


_HEARD = {
    "cart.changed": _take_cart,
    "order.placed": _take_order,
    "conversation.listed": _take_conversation,
}
