"""Pure decisions of the radar: who seems to need help, what a device is."""

import re
from datetime import datetime, timedelta
from typing import Literal

from stoa.assist.radar.models import CHECKOUT, LiveVisit
from stoa.assist.radar.schemas import SignalKind, SignalView, Sort, Step, View

RECENT = timedelta(minutes=10)
RAGE_RECENT = timedelta(minutes=3)
IDLE = timedelta(seconds=60)
LONG_IDLE = timedelta(seconds=150)
GONE_IDLE = timedelta(minutes=15)
SCORE_MAX = 100

Device = Literal["phone", "tablet", "desktop", "other"]
_TABLET = re.compile(r"ipad|tablet|kindle|silk|(android(?!.*mobile))", re.IGNORECASE)
_PHONE = re.compile(r"mobi|iphone|ipod|android|windows phone", re.IGNORECASE)
_DESKTOP = re.compile(r"windows nt|macintosh|x11|cros|linux", re.IGNORECASE)


def device_of(user_agent: str) -> Device:
    """The class of device a User-Agent tells of; an iPad that says it is a Mac is believed."""
    if _TABLET.search(user_agent):
        return "tablet"
    if _PHONE.search(user_agent):
        return "phone"
    return "desktop" if _DESKTOP.search(user_agent) else "other"


def signals_of(visit: LiveVisit, *, now: datetime) -> list[SignalView]:
    """What speaks for trouble at this moment, the strongest first. After the order nothing does."""
    if visit.step == "ordered":
        return []
    found = [
        _field_errors(visit, now=now),
        _payment_refused(visit, now=now),
        _idle(visit, now=now),
        _back_and_forth(visit, now=now),
        _rage(visit, now=now),
    ]
    return sorted((signal for signal in found if signal), key=lambda signal: -signal.score)


def _signal(kind: SignalKind, score: int, at: datetime) -> SignalView:
    return SignalView(kind=kind, score=min(score, SCORE_MAX), at=at)


def _field_errors(visit: LiveVisit, *, now: datetime) -> SignalView | None:
    """The same field refused twice, or three refusals in all, while one is still not mended."""
    recent = [error for error in visit.field_errors.values() if error.at > now - RECENT]
    is_open = any(error.is_open for error in recent)
    total = sum(error.count for error in recent)
    if not is_open or not (total >= 3 or any(error.count >= 2 for error in recent)):
        return None
    return _signal("field_errors", 40 + 10 * (total - 2), max(error.at for error in recent))


def _payment_refused(visit: LiveVisit, *, now: datetime) -> SignalView | None:
    at = visit.payment_refused_at
    return _signal("payment_refused", 70, at) if at and at > now - RECENT else None


def _idle(visit: LiveVisit, *, now: datetime) -> SignalView | None:
    """Still there in the checkout, and doing nothing; who is long gone does not count."""
    quiet = now - visit.last_active_at
    if not visit.is_online or visit.step not in CHECKOUT or not IDLE <= quiet < GONE_IDLE:
        return None
    return _signal("idle_in_checkout", 50 if quiet >= LONG_IDLE else 30, visit.last_active_at)


def _back_and_forth(visit: LiveVisit, *, now: datetime) -> SignalView | None:
    turns = [at for at in visit.turns if at > now - RECENT]
    if len(turns) < 3:
        return None
    return _signal("back_and_forth", 25 + 5 * len(turns), turns[-1])


def _rage(visit: LiveVisit, *, now: datetime) -> SignalView | None:
    rages = [at for at in visit.rages if at > now - RAGE_RECENT]
    return _signal("rage", 20 + 15 * len(rages), rages[-1]) if rages else None


def score_of(signals: list[SignalView]) -> int:
    """The strongest counts in full, each further one a third: 70 and 30 are 80."""
    if not signals:
        return 0
    strongest, *others = [signal.score for signal in signals]
    return min(SCORE_MAX, strongest + sum(score // 3 for score in others))


def is_turn(before: Step, after: Step) -> bool:
    """Between cart and checkout, in either direction."""
    return (before == "cart" and after in CHECKOUT) or (before in CHECKOUT and after == "cart")


def belongs(visit: LiveVisit, view: View) -> bool:
    """Whether a view of the radar holds the visit."""
    match view:
        case "all":
            return True
        case "cart":
            return visit.has_cart
        case "checkout":
            return visit.step in CHECKOUT
        case "trouble":
            return visit.score > 0
        case "talking":
            return visit.conversation_id is not None


def sort_key(visit: LiveVisit, sort: Sort) -> tuple[bool, float, float, int]:
    """Higher comes first: who is there before who just left, then what is asked, then the id."""
    active = visit.last_active_at.timestamp()
    value: float
    match sort:
        case "score":
            value = visit.score
        case "newest":
            value = visit.since.timestamp()
        case "cart_total":
            value = visit.cart["total_minor"] if visit.cart else 0
        case "last_active":
            value = active
    return visit.is_online, value, active, visit.id.int
