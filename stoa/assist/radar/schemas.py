"""Live visits: what a page may report, and what the desk is shown. Never a value from a form."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PageKind = Literal[
    "home", "category", "search", "product", "cart", "checkout", "order", "content", "other"
]
Step = Literal["browse", "cart", "contact", "address", "delivery", "payment", "review", "ordered"]
SignalKind = Literal[
    "field_errors", "payment_refused", "idle_in_checkout", "back_and_forth", "rage"
]
View = Literal["all", "cart", "checkout", "trouble", "talking"]
Sort = Literal["score", "newest", "cart_total", "last_active"]
InvitationState = Literal["shown", "accepted", "dismissed", "expired"]

# The name of a form's field or a reason's code: never something a customer typed.
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,39}$")]
Clipped = Annotated[str, StringConstraints(max_length=200)]


class Report(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PageReport(Report):
    """A page is shown. Sent when the socket opens and on every change of page or step."""

    type: Literal["page"]
    kind: PageKind
    path: Annotated[str, StringConstraints(max_length=300, pattern=r"^/")]
    title: Clipped = ""
    product_id: UUID | None = None
    step: Step = "browse"
    locale: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "en"
    referrer: Annotated[str, StringConstraints(max_length=300)] = ""


class FieldErrorReport(Report):
    """A field was refused: its name and why, never its value."""

    type: Literal["field_error"]
    field: Code
    reason: Code


class FieldFixedReport(Report):
    type: Literal["field_fixed"]
    field: Code


class PaymentReport(Report):
    type: Literal["payment"]
    method: Code
    outcome: Literal["refused", "failed", "succeeded"]


class RageReport(Report):
    """Many clicks on one spot within a second or two; `target` is a role or a tag, no text."""

    type: Literal["rage"]
    target: Code


class ActiveReport(Report):
    """The person scrolls, types or moves; at most one per 15 s. A hidden tab is not visible."""

    type: Literal["active"]
    is_visible: bool = True


VisitReport = Annotated[
    PageReport | FieldErrorReport | FieldFixedReport | PaymentReport | RageReport | ActiveReport,
    Field(discriminator="type"),
]


class VisitReports(Report):
    """Signal `visit` from a storefront page; up to 20 reports gathered while the line was down."""

    shop_id: UUID
    reports: list[VisitReport] = Field(min_length=1, max_length=20)


# ---- what the desk sees -------------------------------------------------------------------------


class PageView(BaseModel):
    kind: PageKind
    path: str
    title: str
    product_id: UUID | None
    at: datetime


class CartSummary(BaseModel):
    cart_id: UUID
    line_count: int
    item_count: int
    total_minor: int
    currency: str


class FieldErrorView(BaseModel):
    field: str
    reason: str
    count: int
    is_open: bool
    at: datetime


class SignalView(BaseModel):
    kind: SignalKind
    score: int
    at: datetime


class VisitRow(BaseModel):
    """A line of the radar. The higher `revision` is the newer one."""

    id: UUID
    shop_id: UUID
    visitor_id: UUID | None
    conversation_id: UUID | None
    page: PageView | None
    step: Step
    cart: CartSummary | None
    locale: str
    device: Literal["phone", "tablet", "desktop", "other"]
    referrer: str
    is_returning: bool
    is_online: bool
    since: datetime
    last_active_at: datetime
    signals: list[SignalView]
    score: int
    open_field_error: FieldErrorView | None
    invitation: InvitationState | None
    order_number: str | None
    revision: int


class CartLineSummary(BaseModel):
    name: str
    options: str
    quantity: int
    total_minor: int


class VisitDetail(VisitRow):
    """Also signal `visit.changed` on topic `visit:<id>`, at most one per second."""

    page_count: int
    trail: list[PageView] = Field(description="The last pages, newest first")
    cart_lines: list[CartLineSummary]
    field_errors: list[FieldErrorView]
    payment: str | None = Field(description="`<method> <outcome>` of the last report")


class RadarCounts(BaseModel):
    online: int
    with_cart: int
    in_checkout: int
    in_trouble: int
    talking: int


class RadarQuery(BaseModel):
    """`GET /api/desk/radar`."""

    model_config = ConfigDict(extra="ignore")

    view: View = "all"
    sort: Sort = "score"
    shop_id: UUID | None = None
    limit: int = Field(default=100, ge=1, le=200)


class RadarSnapshot(BaseModel):
    """The first `limit` visits of a view. `RadarDelta`s follow for `all` sorted by score."""

    visits: list[VisitRow]
    counts: RadarCounts


class RadarDelta(BaseModel):
    """Signal `radar.changed` on topic `radar`, at most one per second."""

    changed: list[VisitRow] = Field(description="Of the 200 visits with the highest score")
    gone: list[UUID]
    counts: RadarCounts


class OpenVisit(Report):
    """`visit.open` (storefront) -> VisitOpened: the page learns which visit it belongs to.

    Then: subscribe to `invitations:<visit_id>`, send reports as signal `visit`.
    """


class InvitationSignal(BaseModel):
    """Signal `invitation` on topic `invitations:<visit_id>`: shown beside the counter's button."""

    id: UUID
    staff_name: str | None
    text: str


class VisitOpened(BaseModel):
    visit_id: UUID
    visitor_id: UUID | None
    invitation: InvitationSignal | None = Field(description="One that still waits for an answer")


class AnswerInvitation(Report):
    """`invitation.answer` (visit) -> Nothing."""

    invitation_id: UUID
    state: Literal["accepted", "dismissed"]


class InviteVisit(BaseModel):
    """`POST /api/desk/visits/{id}/invite`. Empty text: the words of the catalogue."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
