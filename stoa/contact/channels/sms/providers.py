"""Providers that are spoken to by HTTP: what they share."""

import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

import aiohttp
import orjson
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from stoa.contact.channels.protocol import (
    Accepted,
    Account,
    Finding,
    Line,
    NeverWorks,
    Outgoing,
    Raw,
    Report,
    SendProblem,
    TryLater,
)
from stoa.contact.channels.sms.encoding import segments_of
from stoa.contact.channels.sms.prices import price_of
from stoa.contact.channels.sms.sent_log import SentLog
from stoa.contact.channels.sms.settings import SmsSettings
from stoa.contact.channels.sms.wording import number_of, text_of
from stoa.platform.errors import Forbidden

_TIMEOUT: Final = aiohttp.ClientTimeout(total=20, sock_connect=5)
_LONGEST_CALL_BYTES: Final = 65_536


class Called(BaseModel):
    """The bytes of a `Raw` that came by a provider's call: its parameters as they were."""

    model_config = ConfigDict(extra="forbid")

    provider: str
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """Something to ask a provider."""

    method: str
    url: str
    headers: Mapping[str, str]
    json: Any = None
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Mapping[str, Any]
    retry_after: timedelta | None = None


class Provider(Protocol):
    """One provider's words. Everything is pure but `hook`, which reads the request."""

    def call_for(self, account: Account, outgoing: Outgoing, *, to: str, text: str) -> Call: ...

    def name_of(self, outgoing: Outgoing, answer: Answer) -> str:
        """How receipts will call what was sent.

        Raises:
            TryLater, NeverWorks: it was not taken.
        """
        ...

    def check_call(self, account: Account) -> Call:
        """Something harmless that needs the account's keys."""
        ...

    async def hook(self, account: Account, request: Request) -> Sequence[Raw | Report]:
        """
        Raises:
            Forbidden: it is not signed as it must be.
        """
        ...


@asynccontextmanager
async def holding_provider(
    line: Line, settings: SmsSettings, provider: Provider
) -> AsyncIterator["ProviderLine"]:
    """Connections are kept for as long as the block runs; what comes in comes by `hook`."""
    sent = SentLog(line.data_dir / "sent")
    sent.open()
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
            line.tell(None)
            yield ProviderLine(line, settings, provider, client, sent)
    finally:
        sent.close()


class ProviderLine:
    def __init__(
        self,
        line: Line,
        settings: SmsSettings,
        provider: Provider,
        client: aiohttp.ClientSession,
        sent: SentLog,
    ) -> None:
        self._line = line
        self._settings = settings
        self._provider = provider
        self._client = client
        self._sent = sent

    async def send(self, outgoing: Outgoing) -> Accepted:
        """The provider has it; what it had before is not sent again.

        Raises:
            TryLater, NeverWorks: it was not taken.
        """
        text = text_of(outgoing, self._settings)
        segments = segments_of(text).count
        if segments > self._settings.most_segments:
            raise NeverWorks("sms_too_long", parts=segments, most=self._settings.most_segments)
        name = self._sent.accepted(outgoing.id).get(1)
        if name is None:
            name = await self._send(outgoing, text)
            self._sent.record(outgoing.id, reference=0, number=1, name=name)
        cost = price_of(self._settings, to=number_of(outgoing, self._settings), segments=segments)
        return Accepted(
            names=[name],
            segments=segments,
            cost_micros=cost.micros if cost else None,
            currency=cost.currency if cost else None,
        )

    async def _send(self, outgoing: Outgoing, text: str) -> str:
        try:
            number = number_of(outgoing, self._settings)
            call = self._provider.call_for(self._line.account, outgoing, to=number, text=text)
            answer = await ask(self._client, call)
            refuse_strangers(answer)
            name = self._provider.name_of(outgoing, answer)
        except SendProblem as problem:
            if problem.reason in ("sms_bad_key", "sms_not_reached"):
                self._line.tell(problem)
            raise
        self._line.tell(None)
        return name


async def ask(client: aiohttp.ClientSession, call: Call) -> Answer:
    """What the provider says, whatever its status.

    Raises:
        TryLater: it was not reached, or did not answer in time.
    """
    where = call.url.split("/")[2]
    try:
        async with client.request(
            call.method, call.url, headers=call.headers, json=call.json, data=call.form
        ) as response:
            body = _object(await response.read())
            after = response.headers.get("Retry-After", "")
            wait = timedelta(seconds=int(after)) if after.isdecimal() else None
            return Answer(response.status, body, wait)
    except TimeoutError as error:
        raise TryLater("sms_no_answer", where=where) from error
    except aiohttp.ClientError as error:
        raise TryLater("sms_not_reached", code=type(error).__name__, where=where) from error


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def refuse_strangers(answer: Answer) -> None:
    """
    Raises:
        TryLater: our keys are not known there, there is too much at once, or it is broken.
    """
    code = str(answer.status)
    if answer.status in (401, 403):
        raise TryLater("sms_bad_key", code=code)
    if answer.status == 402:
        raise TryLater("sms_no_credit", code=code)
    if answer.status == 429:
        problem = TryLater("sms_throttled", code=code)
        problem.after = answer.retry_after
        raise problem
    if answer.status >= 500:
        raise TryLater("sms_not_taken", code=code)


async def check_provider(account: Account, provider: Provider) -> Sequence[Finding]:
    """Whether the provider knows our keys; nothing is sent."""
    call = provider.check_call(account)
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
        try:
            answer = await ask(client, call)
            refuse_strangers(answer)
        except SendProblem as problem:
            return [Finding(False, problem.reason, {**problem.params, "code": problem.code})]
    if answer.status >= 400:
        return []  # a regional host that knows no such question
    return [Finding(True, "sms_bound", {"where": call.url.split("/")[2]})]


def hook_url(account: Account) -> str:
    return f"{account.base_url}/hooks/sms/{account.id}"


async def read_body(request: Request) -> bytes:
    """
    Raises:
        Forbidden: no provider sends so much.
    """
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > _LONGEST_CALL_BYTES:
            raise Forbidden()
    return bytes(found)


def is_same(given: str, expected: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())


def raw_of(provider: str, external_id: str, params: Mapping[str, str]) -> Raw:
    called = Called(provider=provider, params=dict(params))
    return Raw(external_id, called.model_dump_json().encode())
