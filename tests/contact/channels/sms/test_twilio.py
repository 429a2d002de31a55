"""Calls signed as Twilio signs them."""

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest
from starlette.requests import Request

from stoa.contact.channels.protocol import Raw, Report
from stoa.contact.channels.sms.twilio import signature_of
from stoa.platform.errors import Forbidden
from tests.contact.channels.sms.lines import outgoing
from tests.contact.channels.sms.providers import HOOK, brought, call, read
from tests.factories.sms import OURS


def test_signs_as_twilio_does() -> None:
    # The example of Twilio's own libraries (twilio-python, tests of its request validator).
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
        "Caller": "+14158675309",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature_of("12345", url, params.items()) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    several = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")]
    assert signature_of("12345", url, several) == "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def twilio_call(params: dict[str, str], *, query: str = "", token: str = "12345") -> Request:
    # By hand, not by the code under test.
    url = HOOK + (f"?{query}" if query else "")
    text = url + "".join(f"{name}{params[name]}" for name in sorted(params))
    signature = base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest())
    return call(
        "POST", query, urlencode(params).encode(), {"X-Twilio-Signature": signature.decode()}
    )


async def test_twilio_brings_a_message() -> None:
    params = {
        "MessageSid": "SM42",
        "SmsStatus": "received",
        "From": "+306900000777",
        "To": OURS,
        "Body": "Πού είναι;\nNow & then",
        "NumMedia": "0",
    }
    [raw] = await brought("twilio", twilio_call(params))
    message = read("twilio", raw)
    assert isinstance(raw, Raw)
    assert raw.external_id == message.name == "SM42"
    assert (message.text, message.point.value) == ("Πού είναι;\nNow & then", "+306900000777")
    assert not message.is_withdrawal
    [raw] = await brought("twilio", twilio_call({**params, "OptOutType": "STOP", "Body": "END"}))
    assert read("twilio", raw).is_withdrawal


async def test_twilio_brings_receipts() -> None:
    of = str(outgoing("x").id)
    params = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005"}
    [report] = await brought("twilio", twilio_call(params, query=f"of={of}"))
    assert isinstance(report, Report)
    assert (report.name, report.state, report.code) == (of, "failed", "undelivered 30005")
    assert report.is_point_dead
    for status, count in (("delivered", 1), ("sent", 1), ("queued", 0), ("read", 0)):
        params = {"MessageSid": "SM1", "MessageStatus": status}
        assert len(await brought("twilio", twilio_call(params))) == count


async def test_twilio_is_believed_only_when_it_signs() -> None:
    params = {"MessageSid": "SM42", "From": "+48600100200", "Body": "hello"}
    with pytest.raises(Forbidden):
        await brought("twilio", twilio_call(params, token="54321"))
    with pytest.raises(Forbidden):
        await brought("twilio", call("POST", "", urlencode(params).encode()))
    signed = dict(twilio_call(params).headers)
    changed = urlencode({**params, "Body": "changed"}).encode()
    with pytest.raises(Forbidden):
        await brought("twilio", call("POST", "", changed, signed))
    with pytest.raises(Forbidden):
        await brought("twilio", call("POST", "of=1", urlencode(params).encode(), signed))


async def test_refuses_calls_beyond_all_measure() -> None:
    with pytest.raises(Forbidden):
        await brought("twilio", call("POST", "", b"x" * 70_000))
