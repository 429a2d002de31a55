"""How a live visit looks at the desk."""

from typing import Any

from stoa.assist.radar.models import LiveVisit
from stoa.assist.radar.schemas import (
    CartLineSummary,
    CartSummary,
    FieldErrorView,
    VisitDetail,
    VisitRow,
)


def row_of(visit: LiveVisit) -> VisitRow:
    """A line of the radar. All of it was checked when it came in, so it is not checked again."""
    open_errors = [error for error in _errors(visit) if error.is_open]
    return VisitRow.model_construct(**_row(visit, open_errors))


def detail_of(visit: LiveVisit) -> VisitDetail:
    errors = _errors(visit)
    open_errors = [error for error in errors if error.is_open]
    return VisitDetail.model_construct(
        **_row(visit, open_errors),
        page_count=visit.page_count,
        trail=list(reversed(visit.trail)),
        cart_lines=[
            CartLineSummary(
                name=line["name"],
                options=line["options"],
                quantity=line["quantity"],
                total_minor=line["total_minor"],
            )
            for line in (visit.cart or {}).get("lines", ())
        ],
        field_errors=errors,
        payment=visit.payment,
    )


def _errors(visit: LiveVisit) -> list[FieldErrorView]:
    """Newest first."""
    views = [
        FieldErrorView(
            field=field,
            reason=error.reason,
            count=error.count,
            is_open=error.is_open,
            at=error.at,
        )
        for field, error in visit.field_errors.items()
    ]
    return sorted(views, key=lambda view: view.at, reverse=True)


def _row(visit: LiveVisit, open_errors: list[FieldErrorView]) -> dict[str, Any]:
    cart = visit.cart
    return {
        "id": visit.id,
        "shop_id": visit.shop_id,
        "visitor_id": visit.visitor_id,
        "conversation_id": visit.conversation_id,
        "page": visit.page,
        "step": visit.step,
        "cart": CartSummary(
            cart_id=cart["id"],
            line_count=len(cart["lines"]),
            item_count=cart["count"],
            total_minor=cart["total_minor"],
            currency=cart["currency"],
        )
        if cart
        else None,
        "locale": visit.locale,
        "device": visit.device,
        "referrer": visit.referrer,
        "is_returning": visit.is_returning,
        "is_online": visit.is_online,
        "since": visit.since,
        "last_active_at": visit.last_active_at,
        "signals": visit.signals,
        "score": visit.score,
        "open_field_error": open_errors[0] if open_errors else None,
        "invitation": visit.invitation.state if visit.invitation else None,
        "order_number": visit.order_number,
        "revision": visit.revision,
    }
