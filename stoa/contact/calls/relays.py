"""Relays for the pages of a call that is on, and for nobody else."""

from datetime import datetime, timedelta
from uuid import UUID

from stoa.contact.calls.schemas import IceServer, IceServersView
from stoa.platform.config import Settings
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import Forbidden
from stoa.platform.relay.addresses import parse_addresses
from stoa.platform.relay.credentials import make_credentials


async def give_relays(
    session: ReadSession,
    *,
    visitor_id: UUID | None,
    staff_id: UUID | None,
    settings: Settings,
    at: datetime,
) -> IceServersView:
    """The relays there are, with credentials that run out. Nothing of them is stored or logged.

    Raises:
        Forbidden: whoever asks is in no call that is on.
    """
    leg_id = await session.fetch_value(
        "SELECT l.id FROM call_leg l JOIN call c ON c.id = l.call_id"
        " WHERE l.state <> 'left' AND c.state <> 'ended'"
        " AND (l.staff_id = $1 OR (l.role = 'customer' AND c.visitor_id = $2))",
        staff_id,
        visitor_id,
    )
    if leg_id is None:
        raise Forbidden()
    return relays_for(settings, user=str(leg_id), at=at)


def relays_for(settings: Settings, *, user: str, at: datetime) -> IceServersView:
    """Without relays, or without their secret, there are none to give."""
    addresses = parse_addresses(settings.turn_urls)
    if not addresses or not settings.turn_secret:
        return IceServersView(ice_servers=[], expires_at=None)
    lasts = timedelta(seconds=settings.turn_ttl_seconds)
    made, until = make_credentials(settings.turn_secret, user=user, at=at, lasts=lasts)
    server = IceServer(
        urls=[address.url for address in addresses],
        username=made.username,
        credential=made.password,
    )
    return IceServersView(ice_servers=[server], expires_at=until)
