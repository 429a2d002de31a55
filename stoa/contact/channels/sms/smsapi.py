"""SMSAPI (smsapi.com, smsapi.pl).

Sources: smsapi.com/docs (Sending SMS, Callbacks), and "SMSAPI (https)" version 2.33, sections 2, 9
and 14 with its appendices of states and errors. Its calls carry no signature: the address they go
to holds a secret. They are repeated until they are answered with the word OK.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse

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
from stoa.contact.channels.sms.settings import SmsApiSettings
from stoa.platform.errors import Forbidden

# Appendix 1.
_STATES: Final[Mapping[str, tuple[str, ReportState]]] = {
    "402": ("EXPIRED", "failed"),
    "403": ("SENT", "sent"),
    "404": ("DELIVERED", "delivered"),
    "405": ("UNDELIVERED", "failed"),
    "406": ("FAILED", "failed"),
    "407": ("REJECTED", "failed"),
    "408": ("UNKNOWN", "failed"),
    "412": ("STOP", "failed"),
}
# Appendix 2.
_BAD_NUMBER: Final = frozenset({13})
_BAD_SENDER: Final = frozenset({14})
_ALREADY_SENT: Final = 53  # an equal idx within the last days, and check_idx was asked for
_BAD_KEY: Final = frozenset({101, 102, 105, 110})
_NO_CREDIT: Final = 103
_PASSES: Final = frozenset({200, 201, 999, 1000, 1001})


class SmsApi:
    def __init__(self, settings: SmsApiSettings, *, sender: str) -> None:
        self._settings = settings
        self._sender = sender

    def _headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._settings.token.get_secret_value()}"}

    def call_for(self, account: Account, outgoing: Outgoing, *, to: str, text: str) -> Call:
        key = urlencode({"key": self._settings.callback_secret.get_secret_value()})
        form = {
            "to": to.removeprefix("+"),
            "from": self._sender.removeprefix("+"),
            "message": text,
            "encoding": "utf-8",
            "format": "json",
            "details": "1",
            # With both, the same message is never sent twice, and receipts name it so.
            "idx": str(outgoing.id),
            "check_idx": "1",
            "notify_url": f"{hook_url(account)}?{key}",
        }
        return Call("POST", f"{self._settings.url}/sms.do", self._headers(), form=form)

    def name_of(self, outgoing: Outgoing, answer: Answer) -> str:
        error = answer.body.get("error")
        if answer.status < 300 and error is None and answer.body.get("list"):
            return str(outgoing.id)
        if error == _ALREADY_SENT:
            return str(outgoing.id)
        text = str(answer.body.get("message", ""))[:200]
        code = str(error or answer.status)
        if error in _BAD_KEY:
            raise TryLater("sms_bad_key", code=code, text=text)
        if error == _NO_CREDIT:
            raise TryLater("sms_no_credit", code=code, text=text)
        if error in _BAD_NUMBER:
            problem = NeverWorks("sms_bad_number", code=code, text=text)
            problem.is_point_dead = True
            raise problem
        if error in _BAD_SENDER:
            raise NeverWorks("sms_bad_sender", code=code, text=text)
        if error is None or error in _PASSES:
            raise TryLater("sms_not_taken", code=code, text=text)
        raise NeverWorks("sms_refused", code=code, text=text)

    def check_call(self, account: Account) -> Call:  # noqa: ARG002 - the protocol's
        return Call("GET", f"{self._settings.url}/profile", self._headers())

    # As the protocol calls it.
    async def hook(self, account: Account, request: Request) -> Sequence[Raw | Report]:  # noqa: ARG002
        secret = self._settings.callback_secret.get_secret_value()
        if not is_same(request.query_params.get("key", ""), secret):
            raise Forbidden()
        found = dict(request.query_params)
        found.update(parse_qsl((await read_body(request)).decode("utf-8", "replace")))
        found.pop("key", None)
        request.state.hook_answer = PlainTextResponse("OK")
        if "sms_text" in found or "sms_from" in found:
            # MsgId may be that of what is answered, and is not always there: who, when and what
            # tell two answers from one that is repeated.
            said = "\0".join(found.get(part, "") for part in ("sms_from", "sms_to", "sms_text"))
            digest = hashlib.sha256(said.encode()).hexdigest()[:32]
            parts = (found.get("MsgId", ""), found.get("sms_date", ""), digest)
            return [raw_of("smsapi", "-".join(part for part in parts if part)[:200], found)]
        return _reports(found)


def _reports(found: Mapping[str, str]) -> Sequence[Report]:
    """Several come in one call, as lists with commas (section 12)."""
    names = found.get("idx", "").split(",")
    ids = found.get("MsgId", "").split(",")
    states = found.get("status", "").split(",")
    dates = found.get("donedate", "").split(",")
    reports = []
    for at, status in enumerate(states):
        name = _at(names, at) or _at(ids, at)
        known = _STATES.get(status)
        if known and name:
            code, state = known
            reports.append(Report(name=name, state=state, code=code, at=time_of(_at(dates, at))))
    return reports


def _at(values: Sequence[str], index: int) -> str:
    return values[index] if index < len(values) else ""


def time_of(seconds: str) -> datetime | None:
    """Of a time in seconds since 1970; None: it is none."""
    if not seconds.isdecimal() or len(seconds) > 11:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
