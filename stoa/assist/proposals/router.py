"""`/api/desk` and `/api/counter`: proposals over HTTP."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.assist.proposals.queries import open_proposals, proposals_of_conversation
from stoa.assist.proposals.schemas import Propose
from stoa.assist.proposals.service import accept_proposal, propose, refuse_proposal
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import exists
from stoa.people.customers.cookies import visitor_token
from stoa.people.customers.queries import find_visitor
from stoa.people.identity.guards import require_staff
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound, Unauthenticated
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse
from stoa.platform.web.problems import reader_locale
from stoa.platform.web.security import require_own_page


async def waiting_proposals(request: Request, session: ReadSession) -> Response:
    visitor_id = await _visitor_id(request, session)
    return JsonResponse(
        await open_proposals(session, visitor_id=visitor_id),
        headers={"Cache-Control": "no-store"},
    )


async def _visitor_id(request: Request, session: ReadSession) -> UUID:
    require_own_page(request)
    visitor = await find_visitor(session, token=visitor_token(request))
    if visitor is None:
        raise Unauthenticated()
    return visitor.id


async def accept(request: Request, session: Session) -> Response:
    """Also when it could not be kept: then the card says why."""
    view = await accept_proposal(
        session,
        proposal_id=edge.path_id(request),
        visitor_id=await _visitor_id(request, session),
        locale=reader_locale(request),
    )
    return JsonResponse(view)


async def refuse(request: Request, session: Session) -> Response:
    view = await refuse_proposal(
        session,
        proposal_id=edge.path_id(request),
        visitor_id=await _visitor_id(request, session),
    )
    return JsonResponse(view)


async def conversation_proposals(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    conversation_id = edge.path_id(request)
    if not await exists(session, conversation_id=conversation_id):
        raise NotFound()
    found = await proposals_of_conversation(session, conversation_id=conversation_id)
    return JsonResponse({"items": found})


async def make_proposal(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    form = await edge.read_json(request, Propose)
    by = Sender(staff_id=person.staff.id, staff_name=person.staff.name)
    view = await propose(session, conversation_id=edge.path_id(request), by=by, form=form)
    return JsonResponse(view)


ROUTES: list[Route] = [
    edge.get("/api/counter/proposals", waiting_proposals),
    edge.post("/api/counter/proposals/{id}/accept", accept, name="proposal_accept"),
    edge.post("/api/counter/proposals/{id}/refuse", refuse, name="proposal_refuse"),
    edge.get("/api/desk/conversations/{id}/proposals", conversation_proposals),
    edge.post("/api/desk/conversations/{id}/proposals", make_proposal),
]
