"""Accounts of the HTTP providers, and the calls that they make."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from stoa.contact.channels.protocol import Account, Inbound, Raw, Report
from stoa.contact.channels.sms.channel import CHANNEL
from stoa.contact.channels.sms.settings import SmsSettings
from tests.contact.channels.sms.lines import account_with
from tests.factories.sms import OURS

SECRET = "a secret of at least sixteen letters"
CARRIERS: dict[str, dict[str, str]] = {
    "twilio": {"account_sid": "AC123", "auth_token": "12345"},
    "vonage": {"api_key": "abcd1234", "api_secret": "secret", "signature_secret": SECRET},
    "smsapi": {"token": "token", "callback_secret": SECRET},
}


def account_of(provider: str, url: str = "https://api.example") -> Account:
    settings = SmsSettings.model_validate(
        {
            "sender": OURS,
            "carrier": {"provider": provider, "url": url, **CARRIERS[provider]},
            "prices": [{"prefix": "+", "micros": 40_000}],
        }
    )
    return account_with(settings)


HOOK = f"https://shop.example/hooks/sms/{account_of('twilio').id}"


def call(
    method: str, query: str = "", body: bytes = b"", headers: dict[str, str] | None = None
) -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": method,
        # What a proxy made of it; nothing of it may be believed.
        "scheme": "http",
        "server": ("10.0.0.1", 8000),
        "path": f"/hooks/sms/{account_of('twilio').id}",
        "query_string": query.encode(),
        "headers": [
            (name.lower().encode(), value.encode()) for name, value in (headers or {}).items()
        ],
        "state": {},
    }
    return Request(scope, receive)


async def brought(provider: str, request: Request) -> Sequence[Raw | Report]:
    return await CHANNEL.hook(account_of(provider), request)


def read(provider: str, raw: Raw | Report) -> Inbound:
    assert isinstance(raw, Raw)
    found = CHANNEL.parse(account_of(provider), raw)
    assert isinstance(found, Inbound)
    return found
