"""Sending by Twilio, Vonage and SMSAPI, against a server that speaks as their documents say.
Nothing here has seen the providers themselves."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web

from stoa.contact.channels.protocol import NeverWorks, Outgoing, TryLater
from stoa.contact.channels.sms.channel import CHANNEL
from tests.contact.channels.sms.lines import Taken, outgoing
from tests.contact.channels.sms.providers import CARRIERS, HOOK, SECRET, account_of
from tests.factories.sms import OURS


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
