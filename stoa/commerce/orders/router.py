"""`/api/desk/orders`: what agents do with orders."""

from dataclasses import replace
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.commerce.orders import service
from stoa.commerce.orders.errors import NoSuchOrder
from stoa.commerce.orders.events import TOPIC
from stoa.commerce.orders.models import Address, Tracking
from stoa.commerce.orders.queries import list_orders, order_by_id
from stoa.commerce.orders.schemas import (
    Cancel,
    MarkPaid,
    OrderAnswer,
    OrderDetail,
    OrderFilter,
    OrderPage,
    Ship,
)
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role, SignedIn
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.outbox.log import topic_position
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse

# What is shown instead of the address of somebody who was erased.
NOBODYS = Address(name="", street="", postal_code="", city="", country="")


def _order_id(request: Request) -> UUID:
    try:
        return UUID(request.path_params["order_id"])
    except ValueError as error:
        raise NoSuchOrder from error


async def _answer(
    session: ReadSession, order_id: UUID, person: SignedIn, *, after: int = 0
) -> Response:
    seq, _ = await topic_position(session, topic=f"order:{order_id}")
    order = await order_by_id(session, order_id=order_id)
    if order.restricted_until and not person.staff.role.includes(Role.SUPERVISOR):
        order = replace(order, shipping_address=NOBODYS, billing_address=NOBODYS)
    return JsonResponse(OrderAnswer(seq=seq + after, order=OrderDetail.model_validate(order)))


async def orders(request: Request, session: ReadSession) -> Response:
    """A page of orders, the newest first."""
    await require_staff(request, session)
    wanted = edge.read_query(request, OrderFilter)
    seq, _ = await topic_position(session, topic=TOPIC)
    page = await list_orders(
        session,
        state=wanted.state,
        payment_state=wanted.payment_state,
        shipment_state=wanted.shipment_state,
        search=wanted.search,
        cursor=wanted.cursor,
    )
    return JsonResponse(OrderPage(seq=seq, items=list(page.items), next=page.next))


async def order(request: Request, session: ReadSession) -> Response:
    """One order with its lines and history."""
    person = await require_staff(request, session)
    return await _answer(session, _order_id(request), person)


async def pay_order(request: Request, session: Session) -> Response:
    """The order is paid; the answer is the order as it will be once this is committed."""
    person = await require_staff(request, session)
    form = await edge.read_json(request, MarkPaid)
    order_id = _order_id(request)
    await service.mark_paid(session, order_id=order_id, staff_id=person.staff.id, note=form.note)
    return await _answer(session, order_id, person, after=1)


async def ship_order(request: Request, session: Session) -> Response:
    """The order is shipped; the answer as in `pay_order`."""
    person = await require_staff(request, session)
    form = await edge.read_json(request, Ship)
    order_id = _order_id(request)
    await service.ship(
        session,
        order_id=order_id,
        tracking=Tracking(**form.model_dump()) if form.number or form.url else None,
        staff_id=person.staff.id,
    )
    return await _answer(session, order_id, person, after=1)


async def cancel_order(request: Request, session: Session) -> Response:
    """The order is cancelled; the answer as in `pay_order`."""
    person = await require_staff(request, session)
    form = await edge.read_json(request, Cancel)
    order_id = _order_id(request)
    await service.cancel(
        session,
        order_id=order_id,
        reason=form.reason,
        restock=form.restock,
        staff_id=person.staff.id,
    )
    return await _answer(session, order_id, person, after=1)


PATH = "/api/desk/orders"

ROUTES: list[Route] = [
    edge.get(PATH, orders, name="desk_orders"),
    edge.get(f"{PATH}/{{order_id}}", order, name="desk_order"),
    edge.post(f"{PATH}/{{order_id}}/paid", pay_order, name="desk_order_paid"),
    edge.post(f"{PATH}/{{order_id}}/ship", ship_order, name="desk_order_ship"),
    edge.post(f"{PATH}/{{order_id}}/cancel", cancel_order, name="desk_order_cancel"),
]
