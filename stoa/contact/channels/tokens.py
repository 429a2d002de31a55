"""Reply tokens: who answers with one answers in that conversation."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

SIGNATURE_BYTES = 9  # 72 bits; a guess costs a mail


def make_reply_token(key: bytes, conversation_id: UUID) -> str:
    """A token for a mail's local part: lower case, letters and digits only."""
    raw = conversation_id.bytes + _signature(key, conversation_id)
    return base64.b32encode(raw).decode().rstrip("=").lower()


def read_reply_token(key: bytes, token: str) -> UUID | None:
    """The conversation of a token of ours, in whatever case it comes back."""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + SIGNATURE_BYTES:
        return None
    conversation_id = UUID(bytes=raw[:16])
    is_ours = hmac.compare_digest(raw[16:], _signature(key, conversation_id))
    return conversation_id if is_ours else None


def _signature(key: bytes, conversation_id: UUID) -> bytes:
    text = b"reply:" + conversation_id.bytes
    return hmac.new(key, text, hashlib.sha256).digest()[:SIGNATURE_BYTES]
