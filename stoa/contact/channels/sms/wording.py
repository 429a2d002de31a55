"""What is sent and where to, as whoever carries it wants it."""

from stoa.contact.channels.protocol import Outgoing
from stoa.contact.channels.sms.encoding import simplified
from stoa.contact.channels.sms.numbers import e164
from stoa.contact.channels.sms.settings import SmsSettings


def text_of(outgoing: Outgoing, settings: SmsSettings) -> str:
    """A notice costs as little as it can; what a person wrote stays as they wrote it unless the
    line is set up otherwise."""
    is_simple = settings.simplify or outgoing.is_automatic
    return simplified(outgoing.text) if is_simple else outgoing.text


def number_of(outgoing: Outgoing, settings: SmsSettings) -> str:
    """With its country. One that cannot be read is left to the other side to refuse."""
    value = outgoing.to.value
    return e164(value, country=settings.country) or value.replace(" ", "")
