"""Who seems to need help, by tables."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stoa.assist.radar.board import Board
from stoa.assist.radar.models import LiveVisit
from stoa.assist.radar.rules import device_of, score_of, signals_of
from stoa.assist.radar.schemas import SignalView, VisitReport

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
VISIT = UUID(int=1)
SHOP = UUID(int=2)
REPORT: TypeAdapter[VisitReport] = TypeAdapter(VisitReport)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def page(step: str, path: str = "/en/x", kind: str = "checkout") -> dict[str, str]:
    return {"type": "page", "kind": kind, "path": path, "step": step}


def error(field: str, reason: str = "field.invalid") -> dict[str, str]:
    return {"type": "field_error", "field": field, "reason": reason}


def visit_after(*reports: tuple[float, dict[str, str]]) -> LiveVisit:
    """A visit that reported this, each at so many seconds."""
    board = Board()
    visit = board.arrive(VISIT, connection_id="c", user_agent="", locale="en", now=START)
    assert visit is not None
    for seconds, report in reports:
        board.take(visit, [REPORT.validate_python(report)], shop_id=SHOP, now=after(seconds))
    return visit


PAYMENT = {"type": "payment", "method": "card", "outcome": "refused"}


@pytest.mark.parametrize(
    ("reports", "at", "expected"),
    [
        ([(0, page("browse", kind="home"))], 300, []),
        ([(0, page("contact")), (1, error("email"))], 2, []),
        ([(0, page("contact")), (1, error("email")), (5, error("email"))], 6, ["field_errors"]),
        (
            [(0, page("address")), (1, error("zip")), (2, error("city")), (3, error("street"))],
            4,
            ["field_errors"],
        ),
        (
            [
                (0, page("contact")),
                (1, error("email")),
                (2, error("email")),
                (3, {"type": "field_fixed", "field": "email"}),
            ],
            4,
            [],
        ),
        ([(0, page("payment")), (1, PAYMENT)], 2, ["payment_refused"]),
        ([(0, page("payment")), (1, PAYMENT), (5, {**PAYMENT, "outcome": "succeeded"})], 6, []),
        ([(0, page("delivery"))], 59, []),
        ([(0, page("delivery"))], 61, ["idle_in_checkout"]),
        ([(0, page("delivery"))], 3600, []),
        (
            [(0, page("cart")), (1, page("contact")), (2, page("cart")), (3, page("contact"))],
            4,
            ["back_and_forth"],
        ),
        ([(0, page("browse")), (1, {"type": "rage", "target": "button"})], 2, ["rage"]),
        ([(0, page("browse")), (1, {"type": "rage", "target": "button"})], 400, []),
        ([(0, page("payment")), (1, PAYMENT), (2, page("ordered"))], 3, []),
    ],
)
def test_signals(
    reports: list[tuple[float, dict[str, str]]], at: float, expected: list[str]
) -> None:
    visit = visit_after(*reports)
    assert [signal.kind for signal in signals_of(visit, now=after(at))] == expected


def test_who_left_the_shop_is_not_idle_in_the_checkout() -> None:
    visit = visit_after((0, page("delivery")))
    visit.is_online = False
    assert signals_of(visit, now=after(61)) == []


def test_the_next_step_closes_the_errors_of_the_last() -> None:
    visit = visit_after((0, page("contact")), (1, error("email")), (2, error("email")))
    assert visit.score > 0
    visit = visit_after(
        (0, page("contact")), (1, error("email")), (2, error("email")), (3, page("address"))
    )
    assert visit.score == 0


@given(st.lists(st.integers(1, 100), max_size=6))
def test_a_score_grows_with_each_signal_and_ends_at_100(scores: list[int]) -> None:
    signals = [SignalView(kind="rage", score=score, at=START) for score in sorted(scores)[::-1]]
    total = score_of(signals)
    assert max(scores, default=0) <= total <= 100
    assert total >= score_of(signals[:-1])


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148", "phone"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/130 Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/130 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/131.0", "desktop"),
        ("curl/8", "other"),
        ("", "other"),
    ],
)
def test_devices(user_agent: str, expected: str) -> None:
    assert device_of(user_agent) == expected


@pytest.mark.parametrize(
    "report",
    [
        {"type": "field_error", "field": "email", "reason": "bad", "value": "eve@example.com"},
        {"type": "field_error", "field": "eve@example.com", "reason": "bad"},
        {"type": "field_error", "field": "email", "reason": "Eve Example, Main Street 1"},
        {"type": "page", "kind": "checkout", "path": "https://elsewhere"},
        {"type": "page", "kind": "checkout", "path": "/" + "x" * 300},
        {"type": "rage", "target": "Buy now!"},
        {"type": "unknown"},
        {},
    ],
)
def test_a_report_with_more_than_names_is_refused(report: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        REPORT.validate_python(report)


def test_the_desk_sees_no_query_and_no_order_token() -> None:
    visit = visit_after((0, page("browse", path="/en/search?q=my+name", kind="search")))
    assert visit.page is not None
    assert visit.page.path == "/en/search"
    visit = visit_after((0, page("ordered", path="/en/order/secret-token", kind="order")))
    assert visit.page is not None
    assert visit.page.path == "/en/order"
    visit = visit_after(
        (0, {**page("browse"), "referrer": "https://search.example/find?q=private"})
    )
    assert visit.referrer == "search.example/find"
