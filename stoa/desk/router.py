"""`/api/desk`: the agents' snapshots, cards and saved replies."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.commerce.orders.queries import order_by_id
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop, list_shops
from stoa.contact.conversations import queries as conversations
from stoa.contact.conversations import service as conversing
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas import Card, MessageKind, SavedReplyInput, Sent
from stoa.contact.routing.queries import foreign_teams, next_waiting
from stoa.contact.routing.service import Presence
from stoa.desk import (
    call_settings,
    cobrowse_settings,
    hours_settings,
    limits_settings,
    organising,
    rating_settings,
    replica,
    shell,
    wording_settings,
)
from stoa.desk.board import router as board
from stoa.desk.cards import find_products, order_card, product_card_by_id
from stoa.desk.customers import router as customers
from stoa.desk.queries import side_panel
from stoa.desk.schemas import (
    DeskConversation,
    DeskStart,
    ListCounts,
    ListQuery,
    LongestWaiting,
    SendOrderCard,
    SendProductCard,
    ShopView,
)
from stoa.desk.search import router as search
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import SignedIn
from stoa.people.identity.queries import list_staff
from stoa.people.identity.schemas import me_view, staff_view
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import Locale
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


def _shop_view(shop: Shop, *, base_url: str) -> ShopView:
    return ShopView(
        id=shop.id,
        name=shop.name,
        country=shop.country,
        currency=shop.currency,
        default_locale=shop.default_locale,
        locales=list(shop.locales),
        url=base_url,
    )


async def start(request: Request, session: ReadSession) -> Response:
    person = await require_staff(request, session)
    node = node_of(request)
    return JsonResponse(
        DeskStart(
            me=me_view(person.staff, person.session_id),
            shops=[
                _shop_view(shop, base_url=node.settings.base_url)
                for shop in await list_shops(session)
            ],
            staff=[staff_view(staff) for staff in await list_staff(session)],
            presence=node.part(Presence).everybody(),
            saved_replies=await conversations.list_saved_replies(session),
            tags=await conversations.list_tags(session),
            views=await conversations.list_views(session, staff_id=person.staff.id),
            macros=await conversations.list_macros(session),
        )
    )


async def conversation_list(request: Request, session: ReadSession) -> Response:
    """The sequence number is read first: what changes meanwhile comes again as an event."""
    person = await require_staff(request, session)
    query = edge.read_query(request, ListQuery)
    seq = await conversations.desk_seq(session)
    filters = conversations.BUILT_IN[query.view]
    if query.saved_view is not None:
        view = await conversations.find_view(
            session, view_id=query.saved_view, staff_id=person.staff.id
        )
        filters = view.filters
    page = await conversations.list_rows(
        session,
        filters=filters,
        staff_id=person.staff.id,
        cursor=query.cursor,
        limit=query.limit,
        is_by_due=query.view == "due" and query.saved_view is None,
    )
    counts = await conversations.count_rows(
        session,
        staff_id=person.staff.id,
        foreign_team_ids=await foreign_teams(session, staff_id=person.staff.id),
    )
    return JsonResponse(
        {
            "items": page.items,
            "next": page.next,
            "counts": ListCounts.model_validate(counts, from_attributes=True),
            "seq": seq,
        }
    )


async def longest_waiting(request: Request, session: ReadSession) -> Response:
    person = await require_staff(request, session)
    row = await next_waiting(session, staff_id=person.staff.id)
    return JsonResponse(LongestWaiting(conversation=row))


async def conversation(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    snapshot = await conversations.get_snapshot(
        session, conversation_id=edge.path_id(request), with_notes=True
    )
    return JsonResponse(
        DeskConversation(
            conversation=snapshot.row,
            timeline=snapshot.timeline,
            seq=snapshot.seq,
            notes_seq=snapshot.notes_seq,
        )
    )


class _Before(BaseModel):
    before: str | None = None


async def older_messages(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    conversation_id = edge.path_id(request)
    await conversations.get_row(session, conversation_id=conversation_id)
    timeline = await conversations.get_timeline(
        session,
        conversation_id=conversation_id,
        with_notes=True,
        before=edge.read_query(request, _Before).before,
    )
    return JsonResponse(timeline)


async def side(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse(await side_panel(session, conversation_id=edge.path_id(request)))


# ---- cards --------------------------------------------------------------------------------------


async def _send_card(
    session: Session,
    *,
    place: conversing.Place,
    person: SignedIn,
    client_id: str,
    kind: MessageKind,
    card: Card,
    title: str,
) -> Response:
    message = await conversing.add_message(
        session,
        place=place,
        kind=kind,
        sender=Sender(staff_id=person.staff.id, staff_name=person.staff.name),
        client_id=client_id,
        card=card,
        preview=title,
    )
    await conversing.publish_change(session, conversation_id=place.id)
    return JsonResponse(Sent(id=message.id, conversation_id=place.id, seq=message.seq))


async def send_product_card(request: Request, session: Session) -> Response:
    """The product is in the chat, as the customer's language and today's price show it."""
    person = await require_staff(request, session)
    form = await edge.read_json(request, SendProductCard)
    place = await conversing.lock_conversation(session, conversation_id=edge.path_id(request))
    row = await conversations.get_row(session, conversation_id=place.id)
    shop = await get_shop(session, shop_id=place.shop_id)
    card = await product_card_by_id(
        session,
        shop=shop,
        locale=_language(row.locale, shop),
        product_id=form.product_id,
        variant_id=form.variant_id,
    )
    return await _send_card(
        session,
        place=place,
        person=person,
        client_id=form.client_id,
        kind="product",
        card=card,
        title=card.name,
    )


async def send_order_card(request: Request, session: Session) -> Response:
    """The order is in the chat. Only an order of this conversation's customer may be shown there.

    Raises:
        NotFound: no such order, or somebody else's.
    """
    person = await require_staff(request, session)
    form = await edge.read_json(request, SendOrderCard)
    place = await conversing.lock_conversation(session, conversation_id=edge.path_id(request))
    panel = await side_panel(session, conversation_id=place.id)
    if form.order_id not in {order.id for order in panel.orders}:
        raise NotFound()
    order = await order_by_id(session, order_id=form.order_id)
    return await _send_card(
        session,
        place=place,
        person=person,
        client_id=form.client_id,
        kind="order",
        card=order_card(order),
        title=order.number,
    )


class _ProductQuery(BaseModel):
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    shop_id: UUID | None = None
    locale: Locale | None = None
    limit: int = Field(default=8, ge=1, le=30)


async def product_search(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    query = edge.read_query(request, _ProductQuery)
    shop = await get_shop(session, shop_id=query.shop_id)
    hits = await find_products(
        session,
        shop=shop,
        locale=_language(query.locale, shop),
        text=query.q,
        limit=query.limit,
    )
    return JsonResponse({"items": hits})


def _language(wanted: str | None, shop: Shop) -> Locale:
    return next((locale for locale in shop.locales if locale == wanted), shop.default_locale)


# ---- saved replies ------------------------------------------------------------------------------


class _ShopQuery(BaseModel):
    shop_id: UUID | None = None


async def reply_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    query = edge.read_query(request, _ShopQuery)
    replies = await conversations.list_saved_replies(session, shop_id=query.shop_id)
    return JsonResponse({"items": replies})


async def save_reply(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    shop = await get_shop(session, shop_id=edge.read_query(request, _ShopQuery).shop_id)
    reply = await conversing.save_reply(
        session,
        shop_id=shop.id,
        staff_id=person.staff.id,
        reply=await edge.read_json(request, SavedReplyInput),
    )
    return JsonResponse(reply, status_code=201)


async def change_reply(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    reply = await conversing.change_reply(
        session,
        reply_id=edge.path_id(request),
        staff_id=person.staff.id,
        reply=await edge.read_json(request, SavedReplyInput),
    )
    return JsonResponse(reply)


async def drop_reply(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    await conversing.drop_reply(session, reply_id=edge.path_id(request), staff_id=person.staff.id)
    return Response(status_code=204)


CONVERSATION = "/api/desk/conversations/{id}"
REPLIES = "/api/desk/saved-replies"

ROUTES: list[BaseRoute] = [
    edge.get("/api/desk/start", start, name="desk_start"),
    edge.get("/api/desk/conversations", conversation_list, name="desk_conversations"),
    edge.get("/api/desk/longest-waiting", longest_waiting, name="desk_longest_waiting"),
    edge.get(CONVERSATION, conversation, name="desk_conversation"),
    edge.get(f"{CONVERSATION}/messages", older_messages, name="desk_messages"),
    edge.get(f"{CONVERSATION}/side", side, name="desk_side"),
    edge.post(f"{CONVERSATION}/cards/product", send_product_card, name="desk_product_card"),
    edge.post(f"{CONVERSATION}/cards/order", send_order_card, name="desk_order_card"),
    edge.get("/api/desk/product-search", product_search, name="desk_product_search"),
    edge.get(REPLIES, reply_list, name="desk_replies"),
    edge.post(REPLIES, save_reply, name="desk_reply_new"),
    edge.put(f"{REPLIES}/{{id}}", change_reply, name="desk_reply_change"),
    edge.delete(f"{REPLIES}/{{id}}", drop_reply, name="desk_reply_drop"),
    *organising.ROUTES,
    *customers.ROUTES,
    *search.ROUTES,
    *call_settings.ROUTES,
    *cobrowse_settings.ROUTES,
    *hours_settings.ROUTES,
    *limits_settings.ROUTES,
    *board.ROUTES,
    *rating_settings.ROUTES,
    *wording_settings.ROUTES,
    *replica.ROUTES,
    *shell.ROUTES,
]
