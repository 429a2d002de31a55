"""Turning the bytes of a mail into what a person reads. Pure: no network, no database."""

from stoa.contact.channels.email.reading.mails import parse_mail
from stoa.contact.channels.email.reading.originals import show_original
from stoa.contact.channels.email.reading.trimming import trim
from stoa.contact.channels.tokens import make_reply_token, read_reply_token

__all__ = [
    "make_reply_token",
    "parse_mail",
    "read_reply_token",
    "show_original",
    "trim",
]
