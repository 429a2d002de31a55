"""A test mail to ourselves: it leaves by the way out, and has to come back by the way in."""

import asyncio
import hashlib
import hmac
import imaplib
import secrets
import time
from email.utils import format_datetime

import aiosmtplib

from stoa.contact.channels.email.bearer import token_for
from stoa.contact.channels.email.composing import mailbox as named_address
from stoa.contact.channels.email.imap import Mailbox
from stoa.contact.channels.email.imap_line import Stopped, Wake
from stoa.contact.channels.email.keys import read_key, trusting
from stoa.contact.channels.email.naming import split_head
from stoa.contact.channels.email.refusals import of_data
from stoa.contact.channels.email.sending import connect
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.email.signing import sign
from stoa.contact.channels.protocol import Account, Finding, SendProblem
from stoa.platform.clock import now

HEADER = "X-Stoa-Test"
BACK_SECONDS = 25.0
LOOK_EVERY_SECONDS = 0.5
_MARK_BYTES = 12


def make_mark(key: bytes) -> str:
    """A word that only this installation makes."""
    word = secrets.token_hex(_MARK_BYTES)
    return f"{word}.{_signature(key, word)}"


def _signature(key: bytes, word: str) -> str:
    return hmac.new(key, f"mail test {word}".encode(), hashlib.sha256).hexdigest()[:24]


def is_own_test(content: bytes, *, key: bytes) -> bool:
    """Whether it is a test mail of this installation's, for nobody to read."""
    head, _ = split_head(content)
    for line in head.split(b"\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == HEADER.lower().encode():
            word, _, signature = value.strip().decode("ascii", "replace").partition(".")
            if hmac.compare_digest(signature.encode(), _signature(key, word).encode()):
                return True
    return False


def compose_test(settings: EmailSettings, *, mark: str) -> bytes:
    address = named_address(settings.sender_name, settings.plain_address)
    content = (
        f"From: {address}\r\nTo: {settings.plain_address}\r\n"
        f"Subject: Stoa: test of the line\r\nDate: {format_datetime(now())}\r\n"
        f"Message-ID: <test.{mark}@{settings.domain}>\r\nAuto-Submitted: auto-generated\r\n"
        f"{HEADER}: {mark}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        "Stoa sent this mail to itself to see whether it comes back. It can be deleted.\r\n"
    ).encode()
    pem = settings.dkim_key.get_secret_value()
    if not pem.strip():
        return content
    domain, selector = settings.dkim_domain, settings.dkim_selector
    return sign(content, key=read_key(pem), domain=domain, selector=selector) + content


async def check_round_trip(account: Account, settings: EmailSettings) -> list[Finding]:
    """The mail is back and taken away again, or it is said how far it came."""
    mark = make_mark(account.token_key)
    try:
        token = await token_for(account)
        await _send(account, settings, compose_test(settings, mark=mark))
    except SendProblem as problem:
        return [Finding(False, problem.reason, {**problem.params, "text": problem.text[:200]})]
    except (aiosmtplib.SMTPException, OSError) as error:
        params = {"host": settings.smtp_host, "text": str(error)[:200]}
        return [Finding(False, "smtp_refuses", params)]
    wake = Wake()
    waiting = asyncio.ensure_future(asyncio.to_thread(_wait_for, settings, token, mark, wake))
    try:
        seconds = await asyncio.shield(waiting)
    finally:
        wake.set()
        waiting.add_done_callback(lambda _: wake.close())
    if seconds is None:
        return [Finding(False, "test_missing", {"folder": settings.imap_folder})]
    return [Finding(True, "test_works", {"seconds": max(1, round(seconds))})]


async def _send(account: Account, settings: EmailSettings, content: bytes) -> None:
    smtp = await connect(account, settings, trust=trusting(settings.ca_certificate))
    try:
        await smtp.mail(settings.plain_address)
        await smtp.rcpt(settings.plain_address)
        await smtp.data(content)
        await smtp.quit()
    except aiosmtplib.SMTPDataError as error:
        raise of_data(error.code, error.message) from error
    finally:
        smtp.close()


def _wait_for(settings: EmailSettings, token: str | None, mark: str, wake: Wake) -> float | None:
    """After how long it was there; None: it never was."""
    began = time.monotonic()
    try:
        trust = trusting(settings.ca_certificate)
        mailbox = Mailbox(settings, wake=wake, trust=trust, token=token)
        try:
            while time.monotonic() - began < BACK_SECONDS:
                if found := mailbox.search("HEADER", HEADER, mark):
                    mailbox.remove(found)
                    return time.monotonic() - began
                wake.wait(LOOK_EVERY_SECONDS)
                mailbox.look()
        finally:
            mailbox.leave()
    except (OSError, imaplib.IMAP4.error, Stopped, SendProblem):
        return None
    return None
