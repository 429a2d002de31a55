"""Twilio's Programmable Messaging.

Sources: twilio.com/docs/messaging/api/message-resource, /guides/webhook-request,
/guides/outbound-message-status-in-status-callbacks, twilio.com/docs/usage/security.
"""

import base64
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

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
from stoa.contact.channels.sms.providers import (
    Answer,
    Call,
    hook_url,
    is_same,
    raw_of,
    read_body,
)
from stoa.contact.channels.sms.settings import TwilioSettings
from stoa.platform.errors import Forbidden

_STATES: Final[Mapping[str, ReportState]] = {
    "sent": "sent",
    "delivered": "delivered",
    "undelivered": "failed",
    "failed": "failed",
}
# twilio.com/docs/api/errors
_BAD_NUMBER: Final = frozenset({21211, 21214, 21217, 21401, 21421, 21614})
_BAD_SENDER: Final = frozenset({21212, 21603, 21606, 21607, 21611, 21659, 21660})
_STOPPED: Final = 21610
# Receipts: an unknown or unreachable destination, a landline.
_DEAD: Final = frozenset({"30005", "30006"})


def signature_of(token: str, url: str, params: Iterable[tuple[str, str]]) -> str:
    """`X-Twilio-Signature` (usage/security): HMAC-SHA1 over the URL, then every name and value in
    the order of names; a name with several values has each of them once."""
    together = url + "".join(name + value for name, value in sorted(set(params)))
    return base64.b64encode(hmac.digest(token.encode(), together.encode(), "sha1")).decode()


class Twilio:
    def __init__(self, settings: TwilioSettings, *, sender: str) -> None:
        self._settings = settings
        self._sender = sender

    def _headers(self) -> Mapping[str, str]:
        secret = self._settings.auth_token.get_secret_value()
        pair = f"{self._settings.account_sid}:{secret}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def _url(self, rest: str) -> str:
        return f"{self._settings.url}/2010-04-01/Accounts/{self._settings.account_sid}{rest}.json"

    def call_for(self, account: Account, outgoing: Outgoing, *, to: str, text: str) -> Call:
        # The name comes back with every receipt, also with one that is faster than the answer.
        form = {
            "To": to,
            "From": self._sender,
            "Body": text,
            "StatusCallback": f"{hook_url(account)}?of={outgoing.id}",
        }
        return Call("POST", self._url("/Messages"), self._headers(), form=form)

    def name_of(self, outgoing: Outgoing, answer: Answer) -> str:
        if answer.status < 300 and answer.body.get("sid"):
            return str(outgoing.id)
        code = answer.body.get("code")
        text = str(answer.body.get("message", ""))[:200]
        if code in _BAD_NUMBER:
            problem = NeverWorks("sms_bad_number", code=str(code), text=text)
            problem.is_point_dead = True
            raise problem
        if code == _STOPPED:
            raise NeverWorks("sms_stopped_there", code=str(code), text=text)
        if code in _BAD_SENDER:
            raise NeverWorks("sms_bad_sender", code=str(code), text=text)
        if 400 <= answer.status < 500:
            raise NeverWorks("sms_refused", code=str(code or answer.status), text=text)
        raise TryLater("sms_not_taken", code=str(code or answer.status), text=text)

    def check_call(self, account: Account) -> Call:  # noqa: ARG002 - the protocol's
        return Call("GET", self._url(""), self._headers())

    async def hook(self, account: Account, request: Request) -> Sequence[Raw | Report]:
        body = (await read_body(request)).decode("utf-8", "replace")
        params = parse_qsl(body, keep_blank_values=True)
        # As Twilio called it: a proxy in between may have changed scheme and host.
        url = hook_url(account) + (f"?{request.url.query}" if request.url.query else "")
        given = request.headers.get("X-Twilio-Signature", "")
        token = self._settings.auth_token.get_secret_value()
        if not is_same(given, signature_of(token, url, params)):
            raise Forbidden()
        found = dict(params) if request.method == "POST" else dict(request.query_params)
        if "MessageStatus" in found and found["MessageStatus"] != "received":
            report = _report(found, of=request.query_params.get("of", ""))
            return [report] if report else []
        if found.get("MessageSid"):
            return [raw_of("twilio", found["MessageSid"], found)]
        return []


def _report(found: Mapping[str, str], *, of: str) -> Report | None:
    state = _STATES.get(found["MessageStatus"])
    if state is None:
        return None
    code = found.get("ErrorCode", "")
    return Report(
        name=of if _is_id(of) else found.get("MessageSid", ""),
        state=state,
        code=f"{found['MessageStatus']} {code}".strip(),
        text=found.get("ErrorMessage", ""),
        is_point_dead=state == "failed" and code in _DEAD,
    )


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
