"""Twilio, Vonage and SMSAPI: against a server that speaks as their documents say, and calls signed
as they sign. Nothing here has seen the providers themselves."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web
from starlette.requests import Request

from stoa.contact.channels.protocol import (
    Account,
    Inbound,
    NeverWorks,
    Outgoing,
    Raw,
    Report,
    TryLater,
)
from stoa.contact.channels.sms.channel import CHANNEL
from stoa.contact.channels.sms.settings import SmsSettings
from stoa.contact.channels.sms.twilio import signature_of
from stoa.contact.channels.sms.vonage import claims_of
from stoa.platform.errors import Forbidden
from tests.contact.channels.sms.lines import OURS, Taken, account_with, outgoing

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


class Remote:
    """A provider: answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answers: list[tuple[int, Any, dict[str, str]]] = []
        self.url = ""

    def answer(self, status: int, body: Any, **headers: str) -> None:
        self.answers.append((status, body, headers))

    async def take(self, request: web.Request) -> web.Response:
        is_json = request.content_type == "application/json"
        body = await request.json() if is_json else dict(await request.post())
        self.asked.append(
            {"path": request.path, "auth": request.headers.get("Authorization"), "body": body}
        )
        status, answer, headers = self.answers.pop(0)
        return web.json_response(answer, status=status, headers=headers)


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    serving = Remote()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serving.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        serving.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield serving
    finally:
        await runner.cleanup()


@asynccontextmanager
async def line_of(provider: str, remote: Remote, folder: Path) -> AsyncIterator[tuple[Any, Taken]]:
    taken = Taken(account_of(provider, remote.url))
    async with CHANNEL.holding(taken.line(folder)) as line:
        yield line, taken


ACCEPTED: dict[str, tuple[int, Any]] = {
    "twilio": (201, {"sid": "SM1", "status": "queued", "num_segments": "1", "price": None}),
    "vonage": (202, {"message_uuid": "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"}),
    "smsapi": (
        200,
        {
            "count": 1,
            "list": [{"id": "A1", "points": 0.16, "number": "48600100200", "error": None}],
        },
    ),
}


def _twilio_asked(asked: dict[str, Any], message: Outgoing) -> None:
    assert asked["path"] == "/2010-04-01/Accounts/AC123/Messages.json"
    assert asked["auth"] == "Basic " + base64.b64encode(b"AC123:12345").decode()
    assert asked["body"] == {
        "To": "+48600100200",
        "From": OURS,
        "Body": "Zażółć",
        "StatusCallback": f"{HOOK}?of={message.id}",
    }


def _vonage_asked(asked: dict[str, Any], message: Outgoing) -> None:
    assert asked["path"] == "/v1/messages"
    assert asked["auth"] == "Basic " + base64.b64encode(b"abcd1234:secret").decode()
    assert asked["body"] == {
        "message_type": "text",
        "channel": "sms",
        "to": "48600100200",
        "from": OURS[1:],
        "text": "Zażółć",
        "client_ref": str(message.id),
        "webhook_url": HOOK,
        "webhook_version": "v1",
        "sms": {"encoding_type": "unicode"},
    }


def _smsapi_asked(asked: dict[str, Any], message: Outgoing) -> None:
    assert asked["path"] == "/sms.do"
    assert asked["auth"] == "Bearer token"
    assert asked["body"] == {
        "to": "48600100200",
        "from": OURS[1:],
        "message": "Zażółć",
        "encoding": "utf-8",
        "format": "json",
        "details": "1",
        "idx": str(message.id),
        "check_idx": "1",
        "notify_url": f"{HOOK}?{urlencode({'key': SECRET})}",
    }


HOOK = f"https://shop.example/hooks/sms/{account_of('twilio').id}"
ASKED: dict[str, Callable[[dict[str, Any], Outgoing], None]] = {
    "twilio": _twilio_asked,
    "vonage": _vonage_asked,
    "smsapi": _smsapi_asked,
}


@pytest.mark.parametrize("provider", CARRIERS)
async def test_sends_once_as_the_provider_wants_it(
    provider: str, remote: Remote, tmp_path: Path
) -> None:
    status, body = ACCEPTED[provider]
    remote.answer(status, body)
    message = outgoing("Zażółć")
    async with line_of(provider, remote, tmp_path) as (line, _):
        accepted = await line.send(message)
    async with line_of(provider, remote, tmp_path) as (line, _):  # the next process
        assert await line.send(message) == accepted
    [asked] = remote.asked
    ASKED[provider](asked, message)
    assert list(accepted.names) == [str(message.id)]
    assert (accepted.segments, accepted.cost_micros, accepted.currency) == (1, 40_000, "EUR")


@pytest.mark.parametrize(
    ("provider", "status", "body", "reason"),
    [
        ("twilio", 400, {"code": 21211, "message": "Invalid 'To'"}, "sms_bad_number"),
        ("twilio", 400, {"code": 21610, "message": "unsubscribed"}, "sms_stopped_there"),
        ("twilio", 400, {"code": 21606, "message": "From"}, "sms_bad_sender"),
        ("twilio", 400, {"code": 21617, "message": "too long"}, "sms_refused"),
        (
            "vonage",
            422,
            {"type": "https://developer.vonage.com/api-errors/messages#1120", "detail": "to"},
            "sms_bad_number",
        ),
        ("vonage", 422, {"type": "x#1150", "title": "Invalid params"}, "sms_refused"),
        ("smsapi", 200, {"error": 13, "message": "No correct phonenumbers"}, "sms_bad_number"),
        ("smsapi", 200, {"error": 14, "message": "Wrong sender name"}, "sms_bad_sender"),
        ("smsapi", 200, {"error": 11, "message": "Message too long"}, "sms_refused"),
    ],
)
async def test_says_what_never_works(
    provider: str, status: int, body: Any, reason: str, remote: Remote, tmp_path: Path
) -> None:
    remote.answer(status, body)
    async with line_of(provider, remote, tmp_path) as (line, _):
        with pytest.raises(NeverWorks) as caught:
            await line.send(outgoing("hello"))
    assert caught.value.reason == reason
    assert caught.value.is_point_dead is (reason == "sms_bad_number")


@pytest.mark.parametrize(
    ("provider", "status", "body", "reason"),
    [
        ("twilio", 401, {"code": 20003}, "sms_bad_key"),
        ("twilio", 429, {"code": 20429}, "sms_throttled"),
        ("twilio", 503, {}, "sms_not_taken"),
        ("twilio", 200, {}, "sms_not_taken"),
        ("vonage", 401, {}, "sms_bad_key"),
        ("vonage", 402, {"title": "Low balance"}, "sms_no_credit"),
        ("vonage", 500, "broken", "sms_not_taken"),
        ("smsapi", 200, {"error": 101, "message": "Authorization failed"}, "sms_bad_key"),
        ("smsapi", 200, {"error": 103, "message": "Not enough credits"}, "sms_no_credit"),
        ("smsapi", 200, {"error": 201, "message": "Internal error"}, "sms_not_taken"),
        ("smsapi", 200, [], "sms_not_taken"),
    ],
)
async def test_tries_again_what_may_pass(
    provider: str, status: int, body: Any, reason: str, remote: Remote, tmp_path: Path
) -> None:
    remote.answer(status, body, **{"Retry-After": "7"})
    message = outgoing("hello")
    async with line_of(provider, remote, tmp_path) as (line, taken):
        with pytest.raises(TryLater) as caught:
            await line.send(message)
        assert caught.value.reason == reason
        if reason == "sms_bad_key":
            assert taken.told[-1] is caught.value
        if reason == "sms_throttled":
            assert caught.value.after is not None
            assert caught.value.after.total_seconds() == 7
        remote.answer(*ACCEPTED[provider])
        await line.send(message)
        assert taken.told[-1] is None


async def test_takes_a_message_that_smsapi_has_already_for_sent(
    remote: Remote, tmp_path: Path
) -> None:
    remote.answer(200, {"error": 53, "message": "Not unique idx"})
    message = outgoing("hello")
    async with line_of("smsapi", remote, tmp_path) as (line, _):
        accepted = await line.send(message)
    assert list(accepted.names) == [str(message.id)]


async def test_says_that_it_cannot_be_reached(tmp_path: Path) -> None:
    taken = Taken(account_of("twilio", "http://127.0.0.1:9"))
    async with CHANNEL.holding(taken.line(tmp_path)) as line:
        with pytest.raises(TryLater, match="sms_not_reached"):
            await line.send(outgoing("hello"))
    assert taken.told[-1] is not None


@pytest.mark.parametrize("provider", CARRIERS)
async def test_checks_its_keys_without_sending(provider: str, remote: Remote) -> None:
    account = account_of(provider, remote.url)
    remote.answer(200, {})
    assert "sms_bound" in [finding.code for finding in await CHANNEL.check(account)]
    remote.answer(401, {})
    assert "sms_bad_key" in [finding.code for finding in await CHANNEL.check(account)]


# ---- calls ----


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


KEY = urlencode({"key": SECRET})


async def test_smsapi_brings_a_message_and_is_answered_with_its_word() -> None:
    params = {
        "MsgId": "M1",
        "sms_to": OURS[1:],
        "sms_from": "48600100200",
        "sms_text": "Gdzie jest paczka?",
        "sms_date": "1796040000",
        "username": "shop",
    }
    request = call("POST", KEY, urlencode(params).encode())
    [raw] = await brought("smsapi", request)
    message = read("smsapi", raw)
    assert (message.name, message.text) == ("M1", "Gdzie jest paczka?")
    assert message.point.value == "+48600100200"
    assert message.sent_at is not None
    assert request.state.hook_answer.body == b"OK"
    assert SECRET not in (raw.content.decode() if isinstance(raw, Raw) else "")


async def test_smsapi_brings_several_receipts_at_once() -> None:
    first, second = str(outgoing("x").id), str(outgoing("x").id)
    query = f"MsgId=A,B,C&status=404,405,409&idx={first},{second},x&donedate=1796040000,,&{KEY}"
    reports = await brought("smsapi", call("GET", query))
    assert [
        (report.name, report.state, report.code) for report in reports if isinstance(report, Report)
    ] == [(first, "delivered", "DELIVERED"), (second, "failed", "UNDELIVERED")]


async def test_smsapi_needs_the_secret_address() -> None:
    for query in ("", "key=wrong", "MsgId=A&status=404"):
        with pytest.raises(Forbidden):
            await brought("smsapi", call("GET", query))


async def test_refuses_calls_beyond_all_measure() -> None:
    with pytest.raises(Forbidden):
        await brought("twilio", call("POST", "", b"x" * 70_000))
