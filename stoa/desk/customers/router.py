"""`/api/desk/customers`: who they are, what was between us, merging and parting."""

from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute

from stoa.commerce.shops.queries import get_shop
from stoa.contact.channels.service import begin_outgoing
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.service import set_contact
from stoa.desk.customers.consents import hear_customer
from stoa.desk.customers.erasing import erase, preview_erasure
from stoa.desk.customers.exporting import ask_export, cancel_export, exported_file
from stoa.desk.customers.queries import (
    customer_page,
    list_customers,
    list_exports,
    list_proposals,
    point_of,
    preview_merge,
    preview_unmerge,
)
from stoa.desk.customers.schemas import (
    Begun,
    ChangeCustomer,
    ConsentInput,
    ContactPointInput,
    CustomerNoteInput,
    CustomerQuery,
    CustomerTimelineQuery,
    EraseInput,
    KnowInput,
    MergeCustomers,
    WriteFirst,
)
from stoa.desk.customers.timeline import customer_timeline
from stoa.people.customers import service as customers
from stoa.people.customers.models import Point
from stoa.people.customers.queries import get_customer
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.people.identity.service import record_audit
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def customer_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    query = edge.read_query(request, CustomerQuery)
    return JsonResponse(
        await list_customers(session, text=query.q, cursor=query.cursor, limit=query.limit)
    )


async def customer(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse(await customer_page(session, customer_id=edge.path_id(request)))


async def timeline(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    query = edge.read_query(request, CustomerTimelineQuery)
    found = await get_customer(session, customer_id=edge.path_id(request))
    return JsonResponse(
        await customer_timeline(
            session,
            customer_id=found.id,
            show=query.show,
            cursor=query.cursor,
            limit=query.limit,
        )
    )


async def change(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    form = await edge.read_json(request, ChangeCustomer)
    found = await customers.change_customer(
        session,
        customer_id=edge.path_id(request),
        name=form.name,
        locale=form.locale,
        preferred_channel=form.preferred_channel,
        by=person.staff.id,
    )
    return JsonResponse(await customer_page(session, customer_id=found))


async def know(request: Request, session: Session) -> Response:
    """Whoever speaks in the conversation is a customer, though they have left no address: what is
    known of them can be noted, joined with somebody's, exported and erased."""
    person = await require_staff(request, session)
    name = (await edge.read_json(request, KnowInput)).name
    row = await get_row(session, conversation_id=edge.path_id(request))
    customer_id = row.customer_id
    if customer_id is None:
        if row.visitor_id is None:
            raise NotFound()
        customer_id = await customers.know_visitor(
            session,
            visitor_id=row.visitor_id,
            points=[],
            name=name or row.contact_name,
            source="desk",
        )
        await set_contact(
            session, conversation_id=row.id, visitor_id=row.visitor_id, name=name, email=None
        )
        await record_audit(
            session,
            staff_id=person.staff.id,
            action="customer.made",
            subject=str(customer_id),
            details={},
        )
    return JsonResponse(await customer_page(session, customer_id=customer_id), status_code=201)


async def write_first(request: Request, session: Session) -> Response:
    """What is written leaves as an answer does, with the same consents and limits."""
    await require_staff(request, session)
    form = await edge.read_json(request, WriteFirst)
    found = await get_customer(
        session,
        customer_id=await customers.lock_known(session, customer_id=edge.path_id(request)),
    )
    shop = await get_shop(session, shop_id=form.shop_id)
    begun = await begin_outgoing(
        session,
        shop_id=shop.id,
        customer_id=found.id,
        name=found.name,
        locale=found.locale,
        point=await point_of(session, customer_id=found.id, point_id=form.point_id),
        subject=form.subject,
    )
    return JsonResponse(Begun(conversation_id=begun), status_code=201)


async def add_note(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    form = await edge.read_json(request, CustomerNoteInput)
    note = await customers.add_note(
        session, customer_id=edge.path_id(request), body=form.body, by=person.staff.id
    )
    return JsonResponse(await customer_page(session, customer_id=note.customer_id), status_code=201)


async def add_point(request: Request, session: Session) -> Response:
    """The customer claims the address: that an agent typed it proves nothing."""
    await require_staff(request, session)
    form = await edge.read_json(request, ContactPointInput)
    found = await customers.claim_point(
        session,
        customer_id=edge.path_id(request),
        point=Point(form.kind, form.value),
        source="desk",
    )
    return JsonResponse(await customer_page(session, customer_id=found), status_code=201)


async def drop_point(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    customer_id = edge.path_id(request)
    await customers.remove_point(
        session,
        customer_id=customer_id,
        point_id=edge.path_id(request, "point"),
        by=person.staff.id,
    )
    return JsonResponse(await customer_page(session, customer_id=customer_id))


async def add_consent(request: Request, session: Session) -> Response:
    """What the customer said is in the ledger, or is asked for at their address."""
    person = await require_staff(request, session)
    said = await edge.read_json(request, ConsentInput)
    found = await get_customer(session, customer_id=edge.path_id(request))
    await hear_customer(session, customer=found, said=said, by=person.staff.id)
    return JsonResponse(await customer_page(session, customer_id=found.id), status_code=201)


# ---- merging ------------------------------------------------------------------------------------


class _With(BaseModel):
    from_id: UUID


async def merge_preview(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    other = edge.read_query(request, _With).from_id
    return JsonResponse(await preview_merge(session, from_id=other, into_id=edge.path_id(request)))


async def merge(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    form = await edge.read_json(request, MergeCustomers)
    into_id = edge.path_id(request)
    await customers.merge_customers(
        session, from_id=form.from_id, into_id=into_id, by=person.staff.id
    )
    return await _page_after(session, into_id)


async def unmerge_preview(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    return JsonResponse(await preview_unmerge(session, merge_id=edge.path_id(request)))


async def unmerge(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    merge_id = edge.path_id(request)
    preview = await preview_unmerge(session, merge_id=merge_id)
    await customers.unmerge_customers(session, merge_id=merge_id, by=person.staff.id)
    return await _page_after(session, preview.second.id)


async def _page_after(session: Session, customer_id: UUID) -> Response:
    """The page as it is once conversations and orders have followed: they hear of it now."""
    await session.flush()
    return JsonResponse(await customer_page(session, customer_id=customer_id))


async def proposal_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    query = edge.read_query(request, CustomerQuery)
    return JsonResponse(await list_proposals(session, cursor=query.cursor, limit=query.limit))


async def dismiss(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    await customers.dismiss_proposal(session, proposal_id=edge.path_id(request), by=person.staff.id)
    return Response(status_code=204)


# ---- what the law asks for ----------------------------------------------------------------------


async def erasure_preview(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.SUPERVISOR)
    return JsonResponse(await preview_erasure(session, customer_id=edge.path_id(request)))


async def erase_for_good(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    shown = await edge.read_json(request, EraseInput)
    report = await erase(
        session, customer_id=edge.path_id(request), shown=shown, by=person.staff.id
    )
    return JsonResponse(report)


async def begin_export(request: Request, session: Session) -> Response:
    """A file with everything about the customer is being made."""
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    found = await get_customer(session, customer_id=edge.path_id(request))
    await ask_export(session, customer_id=found.id, by=person.staff.id)
    return JsonResponse({"items": await list_exports(session, customer_id=found.id)}, 202)


async def export_list(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    found = await get_customer(session, customer_id=edge.path_id(request))
    return JsonResponse({"items": await list_exports(session, customer_id=found.id)})


async def stop_export(request: Request, session: Session) -> Response:
    await require_staff(request, session, role=Role.SUPERVISOR)
    await cancel_export(session, export_id=edge.path_id(request))
    return Response(status_code=204)


async def export_file(request: Request, session: ReadSession) -> Response:
    """The file itself, for supervisors; that they fetched it is in the audit."""
    person = await require_staff(request, session, role=Role.SUPERVISOR)
    stored = await exported_file(session, export_id=edge.path_id(request))
    async with node_of(request).database.begin() as writing:
        await record_audit(
            writing,
            staff_id=person.staff.id,
            action="customer.export_fetched",
            subject=str(stored.customer_id),
            details={},
        )
    return FileResponse(
        node_of(request).blobs.local_path(stored.key),
        media_type="application/zip",
        filename=stored.file_name,
        headers={"Cache-Control": "no-store"},
    )


CUSTOMERS = "/api/desk/customers"
CUSTOMER = f"{CUSTOMERS}/{{id}}"
EXPORT = "/api/desk/customer-exports/{id}"
MERGE = "/api/desk/customer-merges/{id}"

ROUTES: list[BaseRoute] = [
    edge.get(CUSTOMERS, customer_list, name="desk_customers"),
    edge.get(CUSTOMER, customer, name="desk_customer"),
    edge.put(CUSTOMER, change, name="desk_customer_change"),
    edge.get(f"{CUSTOMER}/timeline", timeline, name="desk_customer_timeline"),
    edge.post("/api/desk/conversations/{id}/customer", know, name="desk_customer_know"),
    edge.post(f"{CUSTOMER}/conversations", write_first, name="desk_customer_write"),
    edge.post(f"{CUSTOMER}/notes", add_note, name="desk_customer_note"),
    edge.post(f"{CUSTOMER}/points", add_point, name="desk_customer_point"),
    edge.delete(f"{CUSTOMER}/points/{{point}}", drop_point, name="desk_customer_point_drop"),
    edge.post(f"{CUSTOMER}/consents", add_consent, name="desk_customer_consent"),
    edge.get(f"{CUSTOMER}/merge", merge_preview, name="desk_customer_merge_preview"),
    edge.post(f"{CUSTOMER}/merge", merge, name="desk_customer_merge"),
    edge.get(f"{CUSTOMER}/erasure", erasure_preview, name="desk_customer_erasure_preview"),
    edge.post(f"{CUSTOMER}/erasure", erase_for_good, name="desk_customer_erase"),
    edge.get(f"{CUSTOMER}/exports", export_list, name="desk_customer_exports"),
    edge.post(f"{CUSTOMER}/exports", begin_export, name="desk_customer_export"),
    edge.get(f"{EXPORT}/file", export_file, name="desk_customer_export_file"),
    edge.delete(EXPORT, stop_export, name="desk_customer_export_stop"),
    edge.get(MERGE, unmerge_preview, name="desk_customer_unmerge_preview"),
    edge.delete(MERGE, unmerge, name="desk_customer_unmerge"),
    edge.get("/api/desk/customer-proposals", proposal_list, name="desk_customer_proposals"),
    edge.post("/api/desk/customer-proposals/{id}/dismiss", dismiss, name="desk_customer_dismiss"),
]
