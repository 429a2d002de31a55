"""Mail goes out through a real postfix, and every refusal has words."""

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import dkim
import pytest

from stoa.contact.channels.email import refusals
from stoa.contact.channels.email.keys import make_key, read_key
from stoa.contact.channels.email.sending import MailSender
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.protocol import NeverWorks, OutgoingFile, SendProblem, TryLater
from stoa.platform.ids import new_id
from tests.contact.channels.email.conftest import (
    Core,
    account_of,
    arrived,
    outgoing_of,
    settings_of,
)
from tests.servers.mail import MailServers, running_mail


def sender_of(settings: EmailSettings, core: Core) -> MailSender:
    return MailSender(account_of(settings), settings, tell=core.tell)


async def problem_of(settings: EmailSettings, core: Core, **more: Any) -> SendProblem:
    sender = sender_of(settings, core)
    try:
        with pytest.raises(SendProblem) as raised:
            await sender.send(outgoing_of("text", **more))
        return raised.value
    finally:
        await sender.aclose()


async def test_a_signed_mail_is_still_what_was_signed_when_it_arrives(
    mail: MailServers, core: Core, tmp_path: Path
) -> None:
    key = {"dkim_domain": "shop.example", "dkim_selector": "s1", "dkim_key": make_key()}
    settings = settings_of(mail, **key)
    text = f"Dzień dobry, oto załącznik.\n. kropka\nFrom here on {new_id()}"
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 300)
    file = OutgoingFile("a.bin", "application/octet-stream", tmp_path / "a.bin", 256 * 300)
    sender = sender_of(settings, core)
    outgoing = outgoing_of(text, files=[file], reply_token="abc")
    accepted = await sender.send(outgoing)
    await sender.aclose()
    content = await arrived(mail, "anna@customer.example", containing=str(outgoing.id))
    assert accepted.names == [f"<{outgoing.id}@shop.example>"]
    record = read_key(settings.dkim_key.get_secret_value()).record.encode()

    def dns(name: bytes, timeout: float = 5) -> bytes:
        assert name == b"s1._domainkey.shop.example."
        return record

    assert dkim.verify(content, dnsfunc=dns)
    added = content.replace(b"Reply-To:", b"Reply-To: x@evil.example\r\nReply-To:", 1)
    assert not dkim.verify(added, dnsfunc=dns)


@pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
async def test_sends_by_every_kind_of_line(mail: MailServers, core: Core, tls: str) -> None:
    port = mail.smtps_port if tls == "implicit" else mail.smtp_port
    nobody = {"smtp_username": "", "smtp_password": ""} if tls == "none" else {}
    sender = sender_of(settings_of(mail, smtp_tls=tls, smtp_port=port, **nobody), core)
    outgoing = outgoing_of("text")
    await sender.send(outgoing)
    await sender.aclose()
    await arrived(mail, "anna@customer.example", containing=str(outgoing.id))
    assert core.told == [None]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"smtp_password": "wrong"}, "smtp_login"),
        ({"ca_certificate": ""}, "smtp_not_trusted"),
        ({"smtp_port": 1}, "smtp_unreachable"),
        ({"smtp_tls": "starttls"}, "smtp_unreachable"),
    ],
)
async def test_says_why_nothing_can_be_sent_and_lets_it_wait(
    mail: MailServers,
    core: Core,
    wrong: dict[str, str],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("stoa.contact.channels.email.sending.CONNECT_SECONDS", 3)
    problem = await problem_of(settings_of(mail, **wrong), core)
    assert isinstance(problem, TryLater)
    assert (problem.reason, core.reason) == (reason, reason)


async def test_a_dead_address_is_known_and_harms_no_other_mail(
    mail: MailServers, settings: EmailSettings, core: Core
) -> None:
    sender = sender_of(settings, core)
    before, after = outgoing_of("before"), outgoing_of("after")
    await sender.send(before)
    with pytest.raises(NeverWorks) as raised:
        await sender.send(outgoing_of("x", to="nobody@customer.example"))
    assert raised.value.is_point_dead
    assert (raised.value.reason, raised.value.code) == ("no_such_mailbox", "5.1.1")
    await sender.send(after)
    await sender.aclose()
    await arrived(mail, "anna@customer.example", containing=str(after.id))


async def test_a_mail_that_is_too_large_is_refused_in_words(core: Core, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 3_000_000)
    file = OutgoingFile("large", "text/plain", tmp_path / "large", 3_000_000)
    with running_mail(size_limit=1_000_000) as mail:
        problem = await problem_of(settings_of(mail), core, files=[file])
    assert isinstance(problem, NeverWorks)
    assert problem.reason == "too_large_to_send"


async def test_what_comes_back_names_the_delivery(
    mail: MailServers, settings: EmailSettings, core: Core
) -> None:
    sender = sender_of(settings, core)
    outgoing = outgoing_of("text", to="nobody@void.example")
    await sender.send(outgoing)
    await sender.aclose()
    report = await arrived(
        mail, "shop@shop.example", containing=f"Original-Envelope-Id: {outgoing.id}"
    )
    assert b"Status: 5.1.1" in report


async def test_goes_on_after_the_server_was_restarted(
    mail: MailServers, settings: EmailSettings, core: Core
) -> None:
    sender = sender_of(settings, core)
    await sender.send(outgoing_of("before"))
    await asyncio.to_thread(mail.stop_postfix)
    with pytest.raises(TryLater):
        await sender.send(outgoing_of("meanwhile"))
    await asyncio.to_thread(mail.start_postfix)
    after = outgoing_of("after")
    await sender.send(after)
    await sender.aclose()
    await arrived(mail, "anna@customer.example", containing=str(after.id))
    assert core.told[-1] is None


async def test_a_server_that_says_nothing_is_not_waited_for_for_ever(
    mail: MailServers, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoa.contact.channels.email.sending.CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        problem = await problem_of(settings_of(mail, smtp_port=port), core)
    assert problem.reason == "smtp_unreachable"


async def test_sends_more_than_a_hundred_mails_a_second(mail: MailServers, core: Core) -> None:
    key = {"dkim_domain": "shop.example", "dkim_key": make_key()}
    sender = sender_of(settings_of(mail, **key), core)
    await sender.send(outgoing_of("warm"))
    began = time.monotonic()
    await asyncio.gather(*(sender.send(outgoing_of(f"text {n}")) for n in range(200)))
    seconds = time.monotonic() - began
    await sender.aclose()
    print(f"{200 / seconds:.0f} mails/s")
    assert len(core.told) <= 4  # few connections, used again and again


@pytest.mark.parametrize(
    ("code", "message", "reason", "is_dead"),
    [
        (550, "5.1.1 <a@b>: User unknown", "no_such_mailbox", True),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", "no_such_mailbox", True),
        (550, "No such user here", "no_such_mailbox", True),
        (550, "5.7.1 Message rejected as spam: user unknown to us", "recipient_refused", False),
        (554, "5.7.1 Access denied", "recipient_refused", False),
        (552, "5.2.2 Mailbox full", "mailbox_full", False),
    ],
)
def test_knows_a_dead_address_from_one_that_does_not_want_it(
    code: int, message: str, reason: str, is_dead: bool
) -> None:
    problem = refusals.of_recipient(code, message)
    assert isinstance(problem, NeverWorks)
    assert (problem.reason, problem.is_point_dead) == (reason, is_dead)


@pytest.mark.parametrize(
    ("code", "message", "reason", "waits"),
    [
        (450, "4.2.0 Greylisted, see you later", "recipient_later", True),
        (451, "4.7.1 Please try again", "recipient_later", True),
        (452, "4.2.2 Mailbox full", "mailbox_full", False),
        (421, "4.7.0 Too many connections", "recipient_later", True),
    ],
)
def test_comes_back_to_who_asks_for_it(code: int, message: str, reason: str, waits: bool) -> None:
    problem = refusals.of_recipient(code, message)
    assert isinstance(problem, TryLater)
    assert (problem.reason, problem.after is not None) == (reason, waits)
