"""Live connections of staff end with the session they were opened by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from starlette.background import BackgroundTask
from starlette.responses import Response

from stoa.people.identity.queries import valid_sessions
from stoa.platform.database.session import SERVER_AWAY
from stoa.platform.node import Node
from stoa.platform.realtime.protocol import CloseCode

log = structlog.get_logger()

WATCH_SECONDS = 30.0


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


async def end_stale_lines(node: Node) -> None:
    """Connections are closed whose session has run out, or was ended on another node."""
    open_ids: set[UUID] = {
        session_id
        for connection in node.connections
        if (session_id := getattr(connection.actor, "session_id", None)) is not None
    }
    if not open_ids:
        return
    async with node.database.read() as session:
        valid = await valid_sessions(session, session_ids=list(open_ids))
    for connection in node.connections:
        session_id = getattr(connection.actor, "session_id", None)
        if session_id in open_ids - valid:
            await connection.idle()
            await connection.say_bye(CloseCode.UNAUTHENTICATED, "signed_out")


@asynccontextmanager
async def watching_sessions(node: Node) -> AsyncIterator[None]:
    """Stale connections are closed from time to time while the block runs."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await end_stale_lines(node)
            except SERVER_AWAY as error:
                log.warning("lines.unwatched", error=type(error).__name__)

    task = asyncio.ensure_future(watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


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
