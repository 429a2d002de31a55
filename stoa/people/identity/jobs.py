"""What happens to sign-in by the clock."""

from datetime import timedelta

import structlog

from stoa.platform.clock import now
from stoa.platform.node import Node

log = structlog.get_logger()

SESSIONS_LAST = timedelta(days=90)  # after their end: the list of devices goes back so far


async def sweep_sign_in(node: Node) -> None:
    """Sessions and links that ended long ago are gone."""
    moment = now()
    async with node.database.begin() as session:
        sessions = await session.execute(
            "DELETE FROM staff_session WHERE expires_at < $1", moment - SESSIONS_LAST
        )
        links = await session.execute(
            "DELETE FROM staff_link WHERE expires_at < $1", moment - SESSIONS_LAST
        )
    log.info("sign_in.swept", sessions=sessions, links=links)
