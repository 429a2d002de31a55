"""A mailbox one signs in to by a provider's token: a real provider, dovecot and postfix."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from stoa.contact.channels.email.bearer import BearerSignIn, mechanism_of, read_error
from stoa.contact.channels.email.checking import check
from stoa.contact.channels.email.fetching import fetching
from stoa.contact.channels.email.sending import MailSender
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.inboxes import get_inbox
from stoa.contact.channels.models import Content, Inbox, Purpose
from stoa.contact.channels.outbox import queue_delivery
from stoa.contact.channels.protocol import Access, Account, TryLater
from stoa.people.customers.models import Point, PointKind
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from tests.contact.channels.email.conftest import (
    Core,
    account_of,
    arrived,
    mail_of,
    outgoing_of,
    settings_of,
)
from tests.contact.channels.oauth_world import (
    BASE,
    REDIRECT,
    SHOP,
    Desk,
    an_installation,
    at_the_desk,
    make_inbox,
    tokens_of,
)
from tests.factories.shops import make_shop
from tests.servers.mail import MailServers, running_mail
from tests.servers.oauth import OAuthServer, running_oauth


@pytest.fixture(scope="module")
def provider() -> Iterator[OAuthServer]:
    with running_oauth([REDIRECT]) as server:
        yield server


@pytest.fixture(scope="module")
def mail(provider: OAuthServer) -> Iterator[MailServers]:
    with running_mail(introspection_url=provider.introspection_url) as servers:
        yield servers


def token_settings(mail: MailServers, provider: OAuthServer, **more: Any) -> dict[str, Any]:
    by_password = {"imap_username": "", "smtp_username": "", "imap_days": 0}
    found = settings_of(mail).model_dump(mode="json") | by_password
    found |= {"imap_password": None, "smtp_password": None, "dkim_key": None}
    return found | {"sign_in": provider.sign_in()} | more


def account_with(settings: EmailSettings, access: Access) -> Account:
    return replace(account_of(settings), access=access)


# ---- the words ----------------------------------------------------------------------------------


def test_the_first_words_are_those_of_the_providers() -> None:
    """developers.google.com, "Initial Client Response"."""
    attempt = BearerSignIn(
        "XOAUTH2", "someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg", "h", 1
    )
    assert base64.b64encode(attempt.first) == (
        b"dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52"
        b"YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
    )
    assert attempt.answer(b"") == attempt.first
    assert attempt.answer(b'{"status":"401"}') == b""
    assert attempt.error == "401"


def test_oauthbearer_names_the_server_and_escapes_the_user() -> None:
    attempt = BearerSignIn("OAUTHBEARER", "a=b,c@d", "t", "server.example.com", 143)
    assert attempt.first == (
        b"n,a=a=3Db=2Cc@d,\1host=server.example.com\1port=143\1auth=Bearer t\1\1"
    )
    attempt.answer(b"")
    assert attempt.answer(b"{}") == b"\1"


def test_xoauth2_is_chosen_where_both_are_offered() -> None:
    assert mechanism_of(["plain", "oauthbearer", "xoauth2"]) == "XOAUTH2"
    assert mechanism_of(["PLAIN", "OAUTHBEARER"]) == "OAUTHBEARER"
    assert mechanism_of(["PLAIN"]) is None


@pytest.mark.parametrize(
    ("challenge", "words"),
    [
        (b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}', "400 https://mail.google.com/"),
        (b'{"error":"invalid_token"}', "invalid_token"),
        (b"[1]", ""),
        (b"no\r\nobject \xff", "no object \ufffd"),
    ],
)  # fmt: skip
def test_errors_are_read_whatever_they_are(challenge: bytes, words: str) -> None:
    assert read_error(challenge) == words


# ---- both directions ----------------------------------------------------------------------------


@pytest.mark.parametrize("mechanisms", ["xoauth2", "oauthbearer"])
async def test_mail_comes_and_leaves_with_a_token(
    mechanisms: str, provider: OAuthServer, core: Core, tmp_path: Path
) -> None:
    token = await tokens_of(provider)

    async def access(refused: str) -> str:
        return token

    with running_mail(
        introspection_url=provider.introspection_url, mechanisms=mechanisms
    ) as servers:
        settings = EmailSettings.model_validate(token_settings(servers, provider))
        account = account_with(settings, access)
        line = replace(core.line(settings, tmp_path), account=account)
        async with fetching(line, settings, tell=core.tell):
            servers.deliver(mail_of(f"by {mechanisms}"), to=SHOP)
            await core.until(lambda: core.has(f"by {mechanisms}"))
        sender = MailSender(account, settings, tell=core.tell)
        try:
            await sender.send(outgoing_of(f"answered by {mechanisms}"))
        finally:
            await sender.aclose()
        await arrived(servers, "anna@customer.example", containing=f"answered by {mechanisms}")
        found = {each.code: each.is_good for each in await check(account, settings, ask=nobody)}
        assert found["oauth_works"]
        assert found["imap_works"]
        assert found["smtp_works"]
        assert found["test_works"]


async def nobody(name: str) -> None:
    return None


async def test_a_token_that_a_server_refuses_is_replaced_by_another_at_once(
    mail: MailServers, provider: OAuthServer, core: Core, tmp_path: Path
) -> None:
    good = await tokens_of(provider)
    asked = []

    async def access(refused: str) -> str:
        asked.append(refused)
        return good if refused else "worth nothing"

    settings = EmailSettings.model_validate(token_settings(mail, provider))
    account = account_with(settings, access)
    line = replace(core.line(settings, tmp_path), account=account)
    async with fetching(line, settings, tell=core.tell):
        mail.deliver(mail_of("after another"), to=SHOP)
        await core.until(lambda: core.has("after another"))
    sender = MailSender(account, settings, tell=core.tell)
    try:
        await sender.send(outgoing_of("sent after another"))
    finally:
        await sender.aclose()
    assert asked == ["", "worth nothing", "", "worth nothing"]
    assert core.reason is None


async def test_a_refusal_is_put_into_words(
    mail: MailServers, provider: OAuthServer, core: Core, tmp_path: Path
) -> None:
    async def access(refused: str) -> str:
        return "worth nothing"

    settings = EmailSettings.model_validate(token_settings(mail, provider))
    account = account_with(settings, access)
    line = replace(core.line(settings, tmp_path), account=account)
    async with fetching(line, settings, tell=core.tell):
        await core.until(lambda: core.reason)
    problem = core.told[-1]
    assert problem is not None
    assert (problem.reason, problem.text) == ("imap_token", "401 mail")
    assert problem.params["user"] == SHOP
    sender = MailSender(account, settings, tell=core.tell)
    with pytest.raises(TryLater) as caught:
        await sender.send(outgoing_of("never"))
    await sender.aclose()
    assert caught.value.reason == "smtp_token"
    assert "worth nothing" not in f"{problem} {caught.value} {problem.params}"
    found = await check(account, settings, ask=nobody)
    assert [each.code for each in found if not each.is_good] == ["imap_token", "smtp_token"]


async def test_a_long_token_is_no_longer_a_command_than_a_server_takes(
    mail: MailServers, provider: OAuthServer
) -> None:
    """Some providers' tokens are several kilobytes."""

    async def access(refused: str) -> str:
        return "long" * 1200

    settings = EmailSettings.model_validate(token_settings(mail, provider))
    found = await check(account_with(settings, access), settings, ask=nobody)
    assert [each.code for each in found if not each.is_good] == ["imap_token", "smtp_token"]


async def test_a_server_that_takes_no_tokens_is_named(
    provider: OAuthServer, core: Core, tmp_path: Path
) -> None:
    async def access(refused: str) -> str:
        return "a token"

    with running_mail() as servers:
        settings = EmailSettings.model_validate(token_settings(servers, provider))
        found = await check(account_with(settings, access), settings, ask=nobody)
    assert [each.code for each in found if not each.is_good] == [
        "imap_lacks_tokens",
        "smtp_lacks_tokens",
    ]


# ---- the whole line -----------------------------------------------------------------------------


@dataclass
class Place:
    database: Database
    inbox: Inbox
    desk: Desk

    async def health(self) -> str | None:
        trouble = (await self.desk.inbox())["trouble"]
        return trouble["reason"] if trouble else None

    async def has(self, text: str) -> bool:
        count = await self.database.pool.fetchval(
            "SELECT count(*) FROM message WHERE body LIKE '%' || $1 || '%'", text
        )
        return bool(count)

    async def send(self, text: str) -> None:
        async with self.database.begin() as session:
            await queue_delivery(
                session,
                inbox=await get_inbox(session, inbox_id=self.inbox.id),
                to=Point(PointKind.EMAIL, "anna@customer.example"),
                content=Content(text=text, locale="en"),
                purpose=Purpose.SERVICE,
            )

    async def waiting(self) -> list[dict[str, Any]]:
        rows = await self.database.pool.fetch(
            "SELECT attempts, problem ->> 'reason' AS reason FROM delivery WHERE state = 'queued'"
        )
        return [dict(row) for row in rows]


@pytest.fixture
async def place(
    own_database: Database,
    own_database_url: str,
    tmp_path: Path,
    mail: MailServers,
    provider: OAuthServer,
) -> AsyncIterator[Place]:
    settings = Settings(
        data_dir=tmp_path, database_url=own_database_url, demo=False, public_url=BASE
    )
    shop = await make_shop(own_database)
    wanted = token_settings(mail, provider)
    inbox = await make_inbox(own_database, shop_id=shop.id, settings=settings, wanted=wanted)
    async with an_installation(settings) as url, at_the_desk(url, own_database) as desk:
        yield Place(own_database, inbox, desk)


async def until(condition: Callable[[], Awaitable[object]], *, seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


async def test_a_connection_is_made_ends_and_is_made_again_and_nothing_is_lost(
    place: Place, mail: MailServers, provider: OAuthServer
) -> None:
    async def tells(reason: str | None) -> None:
        async def does() -> bool:
            return await place.health() == reason

        await until(does)

    await tells("oauth_not_connected")
    await place.send("written before")
    await place.desk.connect(place.inbox.id)
    await tells(None)
    mail.deliver(mail_of("the first question"), to=SHOP)
    await until(lambda: place.has("the first question"))
    await arrived(mail, "anna@customer.example", containing="written before")

    provider.revoke()
    over = now() - timedelta(seconds=1)
    await place.database.pool.execute("UPDATE inbox_grant SET renew_at = $1, ends_at = $1", over)
    mail.cut_imap()
    mail.stop_postfix()  # what was signed in before the end would go on
    mail.start_postfix()
    await tells("oauth_ended")
    assert (await place.desk.inbox())["connection"]["state"] == "ended"
    mail.deliver(mail_of("the second question"), to=SHOP)
    await place.send("written meanwhile")

    async def has_waited() -> bool:
        return bool([row for row in await place.waiting() if row["reason"]])

    await until(has_waited)
    assert await place.waiting() == [{"attempts": 0, "reason": "oauth_ended"}]
    assert provider.refreshes().count(False) == 1, "it was asked once, not again and again"
    async with place.desk.http.post(f"/api/desk/inboxes/{place.inbox.id}/check") as response:
        findings = (await response.json())["findings"]
    assert findings[0]["code"] == "oauth_ended"
    assert not await place.has("the second question")

    await place.desk.connect(place.inbox.id)
    await tells(None)
    await until(lambda: place.has("the second question"))
    await arrived(mail, "anna@customer.example", containing="written meanwhile")
    assert await place.waiting() == []
