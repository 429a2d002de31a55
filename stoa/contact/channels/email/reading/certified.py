"""Certified mail as Italy has it (PEC; technical rules of the decree of 2 November 2005).

The sender's provider wraps what they wrote into a mail of its own, and tells by others what became
of it. Taken as they stand, all customers of a provider were one customer.
"""

from stoa.contact.channels.email.reading.headers import Headers, message_ids, moment
from stoa.contact.channels.email.reading.parts import Part, read_parts
from stoa.contact.channels.protocol import Nothing, Report, Unreadable

_WRAPPED = frozenset({"posta-certificata", "errore"})
_UNDER_WAY = frozenset({"accettazione", "presa-in-carico", "preavviso-errore-consegna"})
_FAILED = frozenset({"non-accettazione", "errore-consegna", "rilevazione-virus"})


def unwrapped(root: Part) -> Part | None:
    """What the sender wrote; None if it is no such mail."""
    if root.headers.get("x-trasporto").strip().lower() not in _WRAPPED:
        return None
    for part in root.walk():
        if part.media_type == "message/rfc822" and part.file_name.lower() == "postacert.eml":
            try:
                return read_parts(part.content)
            except Unreadable:
                return None  # it stays a file
    return None


def read_receipt(headers: Headers) -> Report | Nothing | None:
    """What a provider says of a mail of ours; None if it says nothing."""
    kind = headers.get("x-ricevuta").strip().lower()
    if not kind:
        return None
    if kind in _UNDER_WAY:
        return Nothing("under_way")
    names = message_ids(headers.get("x-riferimento-message-id"))
    if not names:
        return Nothing("foreign_report")
    at = moment(headers.get("date"))
    if kind == "avvenuta-consegna":
        return Report(name=names[0], state="delivered", at=at)
    if kind in _FAILED:
        text = headers.text("subject")[:500]
        return Report(name=names[0], state="failed", code="5.0.0", text=text, at=at)
    return None
