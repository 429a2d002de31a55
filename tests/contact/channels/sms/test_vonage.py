"""Calls signed as Vonage signs them."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from starlette.requests import Request

from stoa.contact.channels.protocol import Report
from stoa.contact.channels.sms.vonage import claims_of
from stoa.platform.errors import Forbidden
from tests.contact.channels.sms.lines import outgoing
from tests.contact.channels.sms.providers import SECRET, brought, call, read
from tests.factories.sms import OURS


def test_reads_a_token_as_vonage_signs_it() -> None:
    # The example of Vonage's own libraries (vonage-python-sdk, tests of its JWT package).
    token = (
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJPbmxpbmUgSldUIEJ1aWxkZXIiLCJpYXQiOjE2OTc2Mz"
        "Q2ODAsImV4cCI6MzMyNTQ1NDA4MjgsImF1ZCI6IiIsInN1YiI6IiJ9."
        "88vJc3I2HhuqEDixHXVhc9R30tA6U_HQHZTC29y6CGM"
    )
    claims = claims_of(token, secret="qwertyuiopasdfghjklzxcvbnm123456")
    assert claims is not None
    assert claims["iat"] == 1697634680
    assert claims_of(token, secret="asdf") is None
    for broken in ("", "asdf", "a.b.c", token[:-2], token + "A", "é.é.é"):
        assert claims_of(broken, secret="qwertyuiopasdfghjklzxcvbnm123456") is None


def vonage_call(
    body: dict[str, Any], *, secret: str = SECRET, alg: str = "HS256", **claims: Any
) -> Request:
    content = json.dumps(body).encode()
    said = {
        "iat": 1,
        "iss": "Vonage",
        "api_key": "abcd1234",
        "payload_hash": hashlib.sha256(content).hexdigest(),
        **claims,
    }

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    text = f"{part({'typ': 'JWT', 'alg': alg})}.{part(said)}"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return call("POST", "", content, {"Authorization": f"Bearer {text}.{signature}"})


VONAGE_IN = {
    "channel": "sms",
    "message_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab",
    "to": OURS[1:],
    "from": "4915123456789",
    "timestamp": "2026-11-30T12:14:25Z",
    "message_type": "text",
    "text": "STOPP",
    "sms": {"num_messages": "1"},
}


async def test_vonage_brings_a_message() -> None:
    [raw] = await brought("vonage", vonage_call(VONAGE_IN))
    message = read("vonage", raw)
    assert (message.name, message.point.value) == (VONAGE_IN["message_uuid"], "+4915123456789")
    assert message.is_withdrawal
    assert message.sent_at is not None
    assert message.sent_at.isoformat() == "2026-11-30T12:14:25+00:00"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("submitted", "sent"),
        ("delivered", "delivered"),
        ("rejected", "failed"),
        ("undeliverable", "failed"),
    ],
)
async def test_vonage_brings_receipts(status: str, state: str) -> None:
    of = str(outgoing("x").id)
    body = {
        "channel": "sms",
        "message_uuid": "u",
        "client_ref": of,
        "status": status,
        "error": {"type": "x#1260", "title": "1260", "detail": "Destination unreachable"},
    }
    [report] = await brought("vonage", vonage_call(body))
    assert isinstance(report, Report)
    assert (report.name, report.state) == (of, state)


async def test_vonage_is_believed_only_when_it_signs_this() -> None:
    other_hash = hashlib.sha256(b"another body").hexdigest()
    for stranger in (
        vonage_call(VONAGE_IN, secret="another"),
        vonage_call(VONAGE_IN, alg="none"),
        vonage_call(VONAGE_IN, payload_hash=other_hash),
        vonage_call(VONAGE_IN, payload_hash=None),
        vonage_call(VONAGE_IN, api_key="another"),
        call("POST", "", json.dumps(VONAGE_IN).encode()),
    ):
        with pytest.raises(Forbidden):
            await brought("vonage", stranger)
