"""`/api/desk/board` for supervisors."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from stoa.commerce.shops.queries import get_shop
from stoa.contact.routing.service import Presence
from stoa.desk.board.queries import board_of
from stoa.desk.board.schemas import BoardQuery
from stoa.people.identity.guards import require_staff
from stoa.people.identity.models import Role
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.edge import JsonResponse


async def board(request: Request, session: ReadSession) -> Response:
    await require_staff(request, session, role=Role.SUPERVISOR)
    shop = await get_shop(session, shop_id=edge.read_query(request, BoardQuery).shop_id)
    view = await board_of(
        session,
        shop_id=shop.id,
        present=node_of(request).part(Presence).everybody(),
        at=now(),
    )
    return JsonResponse(view)


ROUTES: list[BaseRoute] = [edge.get("/api/desk/board", board, name="desk_board")]
