"""The channels of this installation: adding one is a folder here and a row in this table."""

from collections.abc import Mapping, Sequence

from stoa.contact.channels.email.channel import CHANNEL as EMAIL
from stoa.contact.channels.protocol import ChannelType
from stoa.contact.channels.sms.channel import CHANNEL as SMS

CHANNEL_TYPES: Sequence[ChannelType] = [EMAIL, SMS]


def channel_types() -> Mapping[str, ChannelType]:
    """By code."""
    return {channel.code: channel for channel in CHANNEL_TYPES}
