"""The socket edge of the chooser."""

from uuid import UUID

from stoa.contact.channels.schemas import ChannelsView
from stoa.platform.database.session import ReadSession
from stoa.platform.realtime.registry import SignalType, TopicRule


async def may_hear_channels(session: ReadSession, _actor: object, id_: str) -> bool:
    """Everybody may know how a shop's channels stand."""
    try:
        shop_id = UUID(id_)
    except ValueError:
        return False
    return bool(
        await session.fetch_value("SELECT EXISTS (SELECT FROM shop WHERE id = $1)", shop_id)
    )


TOPICS: list[TopicRule] = [TopicRule("channels", may_hear_channels)]
SIGNAL_TYPES: list[SignalType] = [SignalType("channels", ChannelsView)]
