"""`/api/desk` and `/api/counter`: proposals over HTTP."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.assist.proposals.queries import open_proposals, proposals_of_conversation
from stoa.assist.proposals.schemas import Propose
from stoa.assist.proposals.service import propose
from stoa.contact.conversations.models import Sender
from stoa.people.customers.cookies import visitor_token
from stoa.people.customers.queries import find_visitor
from stoa.people.identity.guards import require_staff
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import Unauthenticated
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def waiting_proposals(request: Request, session: ReadSession) -> Response:
    visitor = await find_visitor(session, token=visitor_token(request))
    if visitor is None:
        raise Unauthenticated()
    return JsonResponse(
        await open_proposals(session, visitor_id=visitor.id),
        headers={"Cache-Control": "no-store"},
    )


async def conversation_proposals(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session)
    found = await proposals_of_conversation(session, conversation_id=edge.path_id(request))
    return JsonResponse({"items": found})


async def make_proposal(request: Request, session: Session) -> Response:
    person = await require_staff(request, session)
    form = await edge.read_json(request, Propose)
    by = Sender(staff_id=person.staff.id, staff_name=person.staff.name)
    view = await propose(session, conversation_id=edge.path_id(request), by=by, form=form)
    return JsonResponse(view)


ROUTES: list[Route] = [
    edge.get("/api/counter/proposals", waiting_proposals),
    edge.get("/api/desk/conversations/{id}/proposals", conversation_proposals),
    edge.post("/api/desk/conversations/{id}/proposals", make_proposal),
]
