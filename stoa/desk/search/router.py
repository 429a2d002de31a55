"""`GET /api/desk/search`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.desk.search.queries import search
from stoa.desk.search.schemas import SearchQuery
from stoa.people.identity.guards import require_staff
from stoa.platform.database.session import ReadSession
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def search_all(request: Request, session: ReadSession) -> Response:
    person = await require_staff(request, session)
    query = edge.read_query(request, SearchQuery)
    return JsonResponse(await search(session, query=query, staff_id=person.staff.id))


ROUTES: list[BaseRoute] = [edge.get("/api/desk/search", search_all, name="desk_search")]
