"""The links in messages: by which what was agreed to is taken back, and by which it is confirmed.

The one that takes back is sealed rather than signed: the address in it is nobody's to read in the
logs of the servers it passes, and nobody can make one for somebody else's address. The same link is
made every time, so nothing is kept for it, and it never runs out: a withdrawal may come years
later.
"""

import base64
import binascii
import hashlib
import hmac
from typing import get_args
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from stoa.people.consent.models import POINT_PURPOSES, Purpose, WithdrawalLink
from stoa.people.customers.models import PointKind
from stoa.platform.i18n.locale import Locale

TOKEN_MAX = 1000
_PURPOSE = b"stoa consent link 1"
_KINDS = list(PointKind)
_CONFIRMATION = b"stoa consent confirmation 1"
_MARK_BYTES = 8
_CONFIRMATION_CHARS = (16 + _MARK_BYTES) // 3 * 4


def _sealing(secret: bytes) -> AESSIV:
    return AESSIV(hashlib.sha512(_PURPOSE + secret).digest())


def withdrawal_path(
    secret: bytes, *, kind: PointKind, key: str, purpose: Purpose, locale: Locale
) -> str:
    """The path, after the installation's address, at which the consent is withdrawn: by a person
    with a click, by a mail program with an RFC 8058 POST. `secret` is the settings' `secret_key`.
    """
    head = bytes((_KINDS.index(kind), POINT_PURPOSES.index(purpose)))
    sealed = _sealing(secret).encrypt(head + locale.encode() + key.encode(), None)
    return f"/consent/{base64.urlsafe_b64encode(sealed).rstrip(b'=').decode()}"


def read_link(secret: bytes, *, token: str) -> WithdrawalLink | None:
    """What a link of ours withdraws; None for anything else."""
    if not token.isascii() or len(token) > TOKEN_MAX:
        return None
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        text = _sealing(secret).decrypt(sealed, None)
    except (ValueError, binascii.Error, InvalidTag):
        return None
    locale = next(known for known in get_args(Locale) if known.encode() == text[2:4])
    return WithdrawalLink(_KINDS[text[0]], text[4:].decode(), POINT_PURPOSES[text[1]], locale)


def confirmation_path(secret: bytes, *, request_id: UUID) -> str:
    """The path at which the owner of an address says yes. Short, for it has to fit into an SMS:
    the request's id, 74 bits of which nobody can know, and 64 bits that only we can make."""
    token = request_id.bytes + _mark(secret, request_id)
    return f"/confirm/{base64.urlsafe_b64encode(token).decode()}"


def read_confirmation(secret: bytes, *, token: str) -> UUID | None:
    """Which request a link of ours confirms; None for anything else."""
    if not token.isascii() or len(token) != _CONFIRMATION_CHARS:
        return None
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    request_id = UUID(bytes=raw[:16])
    return request_id if hmac.compare_digest(raw[16:], _mark(secret, request_id)) else None


def _mark(secret: bytes, request_id: UUID) -> bytes:
    digest = hmac.digest(secret, _CONFIRMATION + request_id.bytes, "sha256")
    return digest[:_MARK_BYTES]
