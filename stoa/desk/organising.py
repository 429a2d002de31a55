"""`/api/desk`: tags, saved views, macros, and acts on many conversations at once."""

from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stoa.commerce.shops.queries import get_shop
from stoa.contact.conversations import queries as conversations
from stoa.contact.conversations import service as conversing
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas.desk import (
    BulkItem,
    BulkItemResult,
    BulkRequest,
    BulkResult,
    MacroInput,
    MergeTag,
    OrderViews,
    SavedViewInput,
    TagInput,
)
from stoa.desk.schemas import ViewCounts
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role, SignedIn
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.errors import DomainError
from stoa.platform.i18n.locale import Locale
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse
from stoa.platform.web.problems import reader_locale, text_for


class _ShopQuery(BaseModel):
    shop_id: UUID | None = None


# ---- tags ---------------------------------------------------------------------------------------


async def tag_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse({"items": await conversations.list_tags(session)})


async def make_tag(request: Request, session: Session) -> Response:
    """Made on the fly, by whoever needs it."""
    person = await require_staff(request, session)
    shop = await get_shop(session, shop_id=edge.read_query(request, _ShopQuery).shop_id)
    tag = await conversing.ensure_tag(
        session,
        shop_id=shop.id,
        staff_id=person.staff.id,
        form=await edge.read_json(request, TagInput),
    )
    return JsonResponse(tag, status_code=201)


async def change_tag(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    tag = await conversing.change_tag(
        session,
        tag_id=edge.path_id(request),
        staff_id=person.staff.id,
        form=await edge.read_json(request, TagInput),
    )
    return JsonResponse(tag)


async def merge_tag(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    form = await edge.read_json(request, MergeTag)
    tag = await conversing.merge_tag(
        session, tag_id=edge.path_id(request), into=form.into, staff_id=person.staff.id
    )
    return JsonResponse(tag)


async def remove_tag(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    await conversing.remove_tag(session, tag_id=edge.path_id(request), staff_id=person.staff.id)
    return Response(status_code=204)


# ---- saved views --------------------------------------------------------------------------------


def _may_share(person: SignedIn) -> bool:
    return person.staff.role.includes(Role.SUPERVISOR)


async def view_list(request: Request, session: ReadSession) -> Response:
    person = await require_staff(request, session)
    views = await conversations.list_views(session, staff_id=person.staff.id)
    return JsonResponse({"items": views})


async def view_counts(request: Request, session: ReadSession) -> Response:
    person = await require_staff(request, session)
    views = await conversations.list_views(session, staff_id=person.staff.id)
    counts = await conversations.count_views(session, views=views, staff_id=person.staff.id)
    return JsonResponse(ViewCounts(items=counts))


async def save_view(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    view = await conversing.save_view(
        session,
        staff_id=person.staff.id,
        may_share=_may_share(person),
        form=await edge.read_json(request, SavedViewInput),
    )
    return JsonResponse(view, status_code=201)


async def change_view(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    view = await conversing.change_view(
        session,
        view_id=edge.path_id(request),
        staff_id=person.staff.id,
        may_share=_may_share(person),
        form=await edge.read_json(request, SavedViewInput),
    )
    return JsonResponse(view)


async def drop_view(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    await conversing.drop_view(
        session,
        view_id=edge.path_id(request),
        staff_id=person.staff.id,
        may_share=_may_share(person),
    )
    return Response(status_code=204)


async def order_views(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    form = await edge.read_json(request, OrderViews)
    await conversing.order_views(session, staff_id=person.staff.id, ids=form.ids)
    return Response(status_code=204)


# ---- macros -------------------------------------------------------------------------------------


async def macro_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse({"items": await conversations.list_macros(session)})


async def save_macro(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    shop = await get_shop(session, shop_id=edge.read_query(request, _ShopQuery).shop_id)
    macro = await conversing.save_macro(
        session,
        shop_id=shop.id,
        staff_id=person.staff.id,
        form=await edge.read_json(request, MacroInput),
    )
    return JsonResponse(macro, status_code=201)


async def change_macro(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    macro = await conversing.change_macro(
        session,
        macro_id=edge.path_id(request),
        staff_id=person.staff.id,
        form=await edge.read_json(request, MacroInput),
    )
    return JsonResponse(macro)


async def drop_macro(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    await conversing.drop_macro(session, macro_id=edge.path_id(request), staff_id=person.staff.id)
    return Response(status_code=204)


# ---- many at once -------------------------------------------------------------------------------


async def bulk(request: Request) -> Response:
    """A transaction for each conversation: what cannot be done to one leaves the others done."""
    database = node_of(request).database
    async with database.read() as session:
        person = await require_staff(request, session)
    form = await edge.read_json(request, BulkRequest)
    sender = Sender(staff_id=person.staff.id, staff_name=person.staff.name)
    locale = reader_locale(request)
    items = [await _do(database, item, by=sender, locale=locale) for item in form.items]
    return JsonResponse(BulkResult(items=items))


async def _do(database: Database, item: BulkItem, *, by: Sender, locale: Locale) -> BulkItemResult:
    id_ = item.conversation_id
    try:
        async with database.begin() as session:
            undo = await conversing.perform_acts(
                session, conversation_id=id_, acts=item.acts, by=by
            )
    except DomainError as error:
        words = text_for(error.code, error.params, locale=locale)
        return BulkItemResult(
            conversation_id=id_, is_done=False, code=error.code, message=words, undo=[]
        )
    return BulkItemResult(conversation_id=id_, is_done=True, code=None, message=None, undo=undo)


TAGS = "/api/desk/tags"
VIEWS = "/api/desk/views"
MACROS = "/api/desk/macros"

ROUTES: list[BaseRoute] = [
    edge.get(TAGS, tag_list, name="desk_tags"),
    edge.post(TAGS, make_tag, name="desk_tag_new"),
    edge.put(f"{TAGS}/{{id}}", change_tag, name="desk_tag_change"),
    edge.post(f"{TAGS}/{{id}}/merge", merge_tag, name="desk_tag_merge"),
    edge.delete(f"{TAGS}/{{id}}", remove_tag, name="desk_tag_remove"),
    edge.get(VIEWS, view_list, name="desk_views"),
    edge.get(f"{VIEWS}/counts", view_counts, name="desk_view_counts"),
    edge.post(VIEWS, save_view, name="desk_view_new"),
    edge.put(f"{VIEWS}/order", order_views, name="desk_view_order"),
    edge.put(f"{VIEWS}/{{id}}", change_view, name="desk_view_change"),
    edge.delete(f"{VIEWS}/{{id}}", drop_view, name="desk_view_drop"),
    edge.get(MACROS, macro_list, name="desk_macros"),
    edge.post(MACROS, save_macro, name="desk_macro_new"),
    edge.put(f"{MACROS}/{{id}}", change_macro, name="desk_macro_change"),
    edge.delete(f"{MACROS}/{{id}}", drop_macro, name="desk_macro_drop"),
    Route("/api/desk/bulk", bulk, methods=["POST"], name="desk_bulk"),
]
