"""Vonage's Messages API.

Sources: developer.vonage.com/en/api/messages-olympus, /messages/concepts/signed-webhooks,
/messages/concepts/sms-status-callbacks.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from starlette.requests import Request

from stoa.contact.channels.protocol import (
    Account,
    NeverWorks,
    Outgoing,
    Raw,
    Report,
    ReportState,
    TryLater,
)
from stoa.contact.channels.sms.encoding import encoding_of
from stoa.contact.channels.sms.providers import (
    Answer,
    Call,
    hook_url,
    is_same,
    raw_of,
    read_body,
)
from stoa.contact.channels.sms.settings import VonageSettings
from stoa.platform.errors import Forbidden

_STATES: Final[Mapping[str, ReportState]] = {
    "submitted": "sent",
    "delivered": "delivered",
    "rejected": "failed",
    "undeliverable": "failed",
}
# developer.vonage.com/api-errors/messages: 1120 and 1210 to 1260 are about the recipient.
_BAD_NUMBER: Final = ("1120",)
_BAD_SENDER: Final = ("1160", "1170")


def claims_of(token: str, *, secret: str) -> Mapping[str, Any] | None:
    """What a token (RFC 7519) signed with this secret (HS256) says; None: it is not."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        header = orjson.loads(_octets(parts[0]))
        claims = orjson.loads(_octets(parts[1]))
        given = _octets(parts[2])
    except ValueError:
        return None
    # The algorithm is ours to choose: never what the token says it is.
    if not isinstance(header, dict) or header.get("alg") != "HS256":
        return None
    expected = hmac.digest(secret.encode(), f"{parts[0]}.{parts[1]}".encode(), "sha256")
    if not hmac.compare_digest(given, expected) or not isinstance(claims, dict):
        return None
    return claims


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Vonage:
    def __init__(self, settings: VonageSettings, *, sender: str) -> None:
        self._settings = settings
        self._sender = sender

    def _headers(self) -> Mapping[str, str]:
        pair = f"{self._settings.api_key}:{self._settings.api_secret.get_secret_value()}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def call_for(self, account: Account, outgoing: Outgoing, *, to: str, text: str) -> Call:
        body = {
            "message_type": "text",
            "channel": "sms",
            "to": to.removeprefix("+"),
            "from": self._sender.removeprefix("+"),
            "text": text,
            "client_ref": str(outgoing.id),
            "webhook_url": hook_url(account),
            "webhook_version": "v1",
            "sms": {"encoding_type": "text" if encoding_of(text) == "gsm7" else "unicode"},
        }
        return Call("POST", f"{self._settings.url}/v1/messages", self._headers(), json=body)

    def name_of(self, outgoing: Outgoing, answer: Answer) -> str:
        if answer.status < 300 and answer.body.get("message_uuid"):
            return str(outgoing.id)
        code = str(answer.body.get("type", "")).rpartition("#")[2]
        text = str(answer.body.get("detail", ""))[:200]
        if code in _BAD_NUMBER:
            problem = NeverWorks("sms_bad_number", code=code, text=text)
            problem.is_point_dead = True
            raise problem
        if code in _BAD_SENDER:
            raise NeverWorks("sms_bad_sender", code=code, text=text)
        if 400 <= answer.status < 500:
            raise NeverWorks("sms_refused", code=code or str(answer.status), text=text)
        raise TryLater("sms_not_taken", code=code or str(answer.status), text=text)

    def check_call(self, account: Account) -> Call:  # noqa: ARG002 - the protocol's
        # The Messages API itself has nothing that could be asked without sending.
        return Call("GET", f"{self._settings.url}/v2/applications?page_size=1", self._headers())

    # As the protocol calls it.
    async def hook(self, account: Account, request: Request) -> Sequence[Raw | Report]:  # noqa: ARG002
        body = await read_body(request)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        secret = self._settings.signature_secret.get_secret_value()
        claims = claims_of(token, secret=secret) if scheme.lower() == "bearer" else None
        # The token says what it was made for; of another account or another body it says nothing.
        if (
            claims is None
            or not is_same(str(claims.get("payload_hash", "")), hashlib.sha256(body).hexdigest())
            or claims.get("api_key", self._settings.api_key) != self._settings.api_key
        ):
            raise Forbidden()
        found = orjson.loads(body)
        if not isinstance(found, dict) or found.get("channel") != "sms":
            return []
        if "status" in found:
            report = _report(found)
            return [report] if report else []
        name = str(found.get("message_uuid", ""))
        params = {key: str(found.get(key) or "") for key in ("from", "to", "text", "timestamp")}
        return [raw_of("vonage", name, params)] if name else []


def _report(found: Mapping[str, Any]) -> Report | None:
    state = _STATES.get(str(found["status"]))
    name = str(found.get("client_ref") or found.get("message_uuid") or "")
    if state is None or not name:
        return None
    error = found.get("error")
    problem = error if isinstance(error, dict) else {}
    return Report(
        name=name,
        state=state,
        code=f"{found['status']} {problem.get('title', '')}".strip(),
        text=str(problem.get("detail", ""))[:200],
    )
