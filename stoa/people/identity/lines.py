"""Live connections of staff end with the session they were opened by."""

from uuid import UUID

from starlette.background import BackgroundTask
from starlette.responses import Response

from stoa.platform.node import Node
from stoa.platform.realtime.protocol import CloseCode


async def end_lines(
    node: Node, *, staff_id: UUID, only: UUID | None = None, keep: UUID | None = None
) -> None:
    """This person's connections to this node are closed: of the session `only`, or all but `keep`.

    A client that is told `signed_out` does not come back by itself.
    """
    for connection in node.connections.of(f"staff:{staff_id}"):
        session_id = getattr(connection.actor, "session_id", None)
        if session_id == keep or (only is not None and session_id != only):
            continue
        await connection.idle()
        await connection.say_bye(CloseCode.UNAUTHENTICATED, "signed_out")


def then_end_lines(
    response: Response,
    node: Node,
    *,
    staff_id: UUID,
    only: UUID | None = None,
    keep: UUID | None = None,
) -> Response:
    """Once the answer has left, and so after the commit, the connections end."""
    response.background = BackgroundTask(end_lines, node, staff_id=staff_id, only=only, keep=keep)
    return response
