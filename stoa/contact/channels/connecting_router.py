"""`/api/desk/inboxes/{id}/sign-in` and `/api/desk/sign-ins`: there and back again."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stoa.contact.channels.connecting import begin_sign_in, finish_sign_in, take_sign_in
from stoa.contact.channels.grants import forget_grant
from stoa.contact.channels.revoking import give_back
from stoa.contact.channels.schemas import SignInAnswer, SignInBegun
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.platform.database.session import Session
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse

_NOT_KEPT = {"Cache-Control": "no-store"}


async def begin(request: Request, session: Session) -> Response:
    person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    url = await begin_sign_in(
        session,
        inbox_id=edge.path_id(request),
        person=person,
        settings=node_of(request).settings,
    )
    return JsonResponse(SignInBegun(url=url), headers=_NOT_KEPT)


async def finish(request: Request) -> Response:
    """Two transactions, and between them the provider is asked.

    It is the desk's own page that calls this: a provider's redirect comes without the cookie, which
    only our own pages send.
    """
    node = node_of(request)
    async with node.database.read() as session:
        person = await require_staff(request, session, role=Role.ADMINISTRATOR)
    answer = await edge.read_json(request, SignInAnswer)
    async with node.database.begin() as session:
        begun = await take_sign_in(
            session, state=answer.state, person=person, settings=node.settings
        )
    signed_in = await finish_sign_in(node, begun=begun, answer=answer, person=person)
    return JsonResponse(signed_in, headers=_NOT_KEPT)


async def end(request: Request) -> Response:
    """Disconnected first, whatever the provider says to it then."""
    node = node_of(request)
    async with node.database.begin() as session:
        person = await require_staff(request, session, role=Role.ADMINISTRATOR)
        released = await forget_grant(
            session,
            inbox_id=edge.path_id(request),
            staff_id=person.staff.id,
            settings=node.settings,
        )
    return JsonResponse(await give_back(released), headers=_NOT_KEPT)


ROUTES: list[BaseRoute] = [
    edge.post("/api/desk/inboxes/{id}/sign-in", begin, name="desk_inbox_sign_in"),
    Route("/api/desk/inboxes/{id}/sign-in", end, methods=["DELETE"], name="desk_inbox_sign_out"),
    Route("/api/desk/sign-ins", finish, methods=["POST"], name="desk_sign_in_finish"),
]
