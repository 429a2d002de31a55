"""Pure decisions about webhooks: what is signed how, when is tried again, when given up.

Signatures follow Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks): the
receiver computes HMAC-SHA256 over `id.timestamp.body` and compares.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from stoa.contact.automation.schemas import TriggerCode
from stoa.contact.automation.webhooks.schemas import WebhookEvent

SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
SECRET_BYTES = 32

EVENT_OF: dict[TriggerCode, WebhookEvent] = {
    "began": "conversation.began",
    "customer_wrote": "message.received",
    "agent_answered": "message.answered",
    "closed": "conversation.closed",
    "reopened": "conversation.reopened",
}
# After the first try, and after each that failed: about three days altogether.
PAUSES = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
STOP_AFTER = timedelta(days=5)
LONGEST_PAUSE = timedelta(days=1)
GONE = 410


def secret_text(secret: bytes) -> str:
    """The secret as it is given to the other side."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def headers_of(secret: bytes, *, id_: str, at: datetime, body: bytes) -> dict[str, str]:
    """What says who sent `body`, and when."""
    timestamp = str(int(at.timestamp()))
    signed = f"{id_}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": id_,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }


def is_taken(status: int) -> bool:
    return 200 <= status < 300


def pause_after(attempts: int, *, retry_after: timedelta | None = None) -> timedelta | None:
    """How long after that many tries the next one is made; None: no more are."""
    if attempts > len(PAUSES):
        return None
    pause = PAUSES[attempts - 1]
    return max(pause, min(retry_after, LONGEST_PAUSE)) if retry_after else pause


def retry_after_of(header: str | None) -> timedelta | None:
    """`Retry-After` in seconds (RFC 9110, 10.2.3); a date is passed over."""
    if header is None or not header.strip().isdecimal() or len(header.strip()) > 9:
        return None
    return timedelta(seconds=int(header))


def must_stop(*, failing_since: datetime, at: datetime) -> bool:
    return at - failing_since >= STOP_AFTER
