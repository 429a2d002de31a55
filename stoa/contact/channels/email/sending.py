"""Out by SMTP: a few connections that stay open, each mail signed, every refusal in words."""

import asyncio
import base64
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiosmtplib

from stoa.contact.channels.email.bearer import (
    BearerSignIn,
    TokenRefused,
    mechanism_of,
    token_for,
)
from stoa.contact.channels.email.composing import Composed, compose
from stoa.contact.channels.email.keys import read_key, trusting
from stoa.contact.channels.email.refusals import of_data, of_login, of_recipient, of_sender
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.email.signing import sign
from stoa.contact.channels.protocol import (
    Accepted,
    Account,
    NeverWorks,
    Outgoing,
    OutgoingFile,
    SendProblem,
    TryLater,
)
from stoa.platform.clock import now

CONNECTIONS_MAX = 4
CONNECT_SECONDS = 20.0
COMMAND_SECONDS = 60.0
# RFC 5321 section 4.5.3.1.4; a longer token follows by itself (RFC 4954 section 4).
COMMAND_BYTES_MAX = 510
DATA_SECONDS = 300.0  # RFC 5321 section 4.5.3.2.6 gives the other side ten minutes
# Servers close what is idle, mostly after a few minutes, and what sends very much.
IDLE_SECONDS = 45.0
MAILS_PER_CONNECTION = 200
# Past this, composing and signing would hold up everything else.
LARGE_BYTES = 256 * 1024
# What two readers of an address could not read in two ways.
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+@[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+")


@dataclass(slots=True)
class _Connection:
    smtp: aiosmtplib.SMTP
    used_at: float = field(default_factory=time.monotonic)
    mails: int = 0

    @property
    def is_fresh(self) -> bool:
        return self.mails == 0


class MailSender:
    """A `Sender`. `tell` hears whether the server can be used at all."""

    def __init__(
        self,
        account: Account,
        settings: EmailSettings,
        *,
        tell: Callable[[SendProblem | None], None],
    ) -> None:
        self._account = account
        self._settings = settings
        self._tell = tell
        self._trust = trusting(settings.ca_certificate)
        pem = settings.dkim_key.get_secret_value()
        self._key = read_key(pem) if pem.strip() else None
        self._idle: list[_Connection] = []
        self._places = asyncio.Semaphore(CONNECTIONS_MAX)

    async def send(self, outgoing: Outgoing) -> Accepted:
        """The server has taken the mail. SMTP knows no "once": if the line is lost after the last
        byte and before the answer, the same mail leaves again, with the same Message-ID.

        Raises:
            TryLater, NeverWorks
        """
        if not _ADDRESS.fullmatch(outgoing.to.value.strip()):
            raise NeverWorks("no_such_mailbox", text=outgoing.to.value[:200])
        composed = await self._composed(outgoing)
        async with self._places:
            try:
                await self._transfer(outgoing, composed)
            except SendProblem:
                raise
            except (aiosmtplib.SMTPException, OSError) as error:
                raise TryLater("line_lost", text=str(error)[:200]) from error
        return Accepted(names=[composed.message_id])

    async def aclose(self) -> None:
        """Every connection is closed, politely where there is time for it."""
        idle, self._idle = self._idle, []
        for connection in idle:
            await _leave(connection)

    # ---- the mail ----

    async def _composed(self, outgoing: Outgoing) -> Composed:
        size = sum(file.size_bytes for file in outgoing.files) + len(outgoing.text)
        if outgoing.files or size > LARGE_BYTES:
            return await asyncio.to_thread(self._compose, outgoing)
        return self._compose(outgoing)

    def _compose(self, outgoing: Outgoing) -> Composed:
        composed = compose(
            outgoing,
            settings=self._settings,
            shop_name=self._account.name,
            sent_at=now(),
            contents=_contents(outgoing.files),
        )
        if self._key is None:
            return composed
        signature = sign(
            composed.content,
            key=self._key,
            domain=self._settings.dkim_domain,
            selector=self._settings.dkim_selector,
        )
        return replace(composed, content=signature + composed.content)

    # ---- the line ----

    async def _transfer(self, outgoing: Outgoing, composed: Composed) -> None:
        async with self._connection() as connection:
            await self._envelope(connection, outgoing, composed)
            try:
                await connection.smtp.data(composed.content, timeout=DATA_SECONDS)
            except aiosmtplib.SMTPDataError as error:
                raise of_data(error.code, error.message) from error
            connection.mails += 1

    async def _envelope(
        self, connection: _Connection, outgoing: Outgoing, composed: Composed
    ) -> None:
        """Sender and recipient are accepted."""
        smtp, encoding = connection.smtp, "ascii"
        mail_options, recipient_options = [], []
        if limit := _size_limit(smtp):
            if len(composed.content) > limit:
                raise NeverWorks("too_large_to_send", limit_mb=max(1, limit // 1_000_000))
            mail_options.append(f"SIZE={len(composed.content)}")
        if composed.needs_utf8:
            if not smtp.supports_extension("smtputf8"):
                raise NeverWorks("address_not_ascii")
            mail_options.append("SMTPUTF8")
            encoding = "utf-8"
        if smtp.supports_extension("dsn"):  # RFC 3461: what comes back is known as this mail's
            mail_options += ["RET=HDRS", f"ENVID={outgoing.id}"]
            recipient_options.append("NOTIFY=FAILURE,DELAY")
        sender = self._settings.plain_address
        try:
            await smtp.mail(sender, options=mail_options, encoding=encoding)
            await smtp.rcpt(composed.recipient, options=recipient_options, encoding=encoding)
        except aiosmtplib.SMTPSenderRefused as error:
            raise of_sender(error.code, error.message) from error
        except aiosmtplib.SMTPRecipientRefused as error:
            raise of_recipient(error.code, error.message) from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[_Connection]:
        """A line that is up; it is kept for the next mail if this one did it no harm."""
        connection = await self._reused() or _Connection(await self._connected())
        try:
            yield connection
        except SendProblem:
            await self._give_back(connection, reset=True)
            raise
        except BaseException:
            connection.smtp.close()
            raise
        await self._give_back(connection)

    async def _reused(self) -> _Connection | None:
        """One that was idle and still answers: most die unseen."""
        while self._idle:
            connection = self._idle.pop()
            age = time.monotonic() - connection.used_at
            if age > IDLE_SECONDS or connection.mails >= MAILS_PER_CONNECTION:
                await _leave(connection)
                continue
            if age < 1.0 and connection.smtp.is_connected:
                return connection
            try:
                await connection.smtp.noop(timeout=5)
            except (aiosmtplib.SMTPException, OSError):
                connection.smtp.close()
            else:
                return connection
        return None

    async def _give_back(self, connection: _Connection, *, reset: bool = False) -> None:
        if reset and connection.smtp.is_connected:
            try:
                await connection.smtp.rset(timeout=5)
            except (aiosmtplib.SMTPException, OSError):
                connection.smtp.close()
        if connection.smtp.is_connected:
            connection.used_at = time.monotonic()
            self._idle.append(connection)

    async def _connected(self) -> aiosmtplib.SMTP:
        try:
            smtp = await connect(self._account, self._settings, trust=self._trust)
        except SendProblem as problem:
            self._tell(problem)
            raise
        self._tell(None)
        return smtp


async def connect(
    account: Account, settings: EmailSettings, *, trust: ssl.SSLContext
) -> aiosmtplib.SMTP:
    """Connected, encrypted as the settings say, and signed in.

    Raises:
        TryLater: it did not work; the reason says at which step.
    """
    token = await token_for(account)
    try:
        return await _connect(settings, trust=trust, token=token)
    except TokenRefused:
        other = await token_for(account, token or "")
        if other == token:
            raise
        return await _connect(settings, trust=trust, token=other)


async def _connect(
    settings: EmailSettings, *, trust: ssl.SSLContext, token: str | None
) -> aiosmtplib.SMTP:
    smtp = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        use_tls=settings.smtp_tls == "implicit",
        start_tls=settings.smtp_tls == "starttls",
        tls_context=None if settings.smtp_tls == "none" else trust,
        timeout=COMMAND_SECONDS,
        local_hostname=settings.domain,
    )
    host = settings.smtp_host
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await smtp.connect()
            if smtp.is_ehlo_or_helo_needed:
                await _greet(smtp)  # what the server can do is asked before the first mail
            if token is not None:
                await _sign_in(smtp, settings, token)
            elif settings.smtp_username:
                await smtp.login(settings.smtp_username, settings.smtp_password.get_secret_value())
    except BaseException as error:
        smtp.close()
        if problem := _of_connecting(error, host=host):
            raise problem from error
        raise
    return smtp


async def _sign_in(smtp: aiosmtplib.SMTP, settings: EmailSettings, token: str) -> None:
    """
    Raises:
        TokenRefused
        TryLater: the server takes no tokens.
    """
    host, port, user = settings.smtp_host, settings.smtp_port, settings.smtp_user
    offered = smtp.esmtp_extensions.get("auth", "").split()
    mechanism = mechanism_of(offered)
    if mechanism is None:
        raise TryLater("smtp_lacks_tokens", host=host)
    attempt = BearerSignIn(mechanism, user, token, host, port)
    first = base64.b64encode(attempt.answer(b""))
    command = [b"AUTH", mechanism.encode()]
    if len(b" ".join([*command, first])) <= COMMAND_BYTES_MAX:
        answer = await smtp.execute_command(*command, first)
    else:
        answer = await smtp.execute_command(*command)
        if answer.code == 334:
            answer = await smtp.execute_command(first)
    if answer.code == 334:  # it tells its error, and ends only when that was heard
        heard = base64.b64encode(attempt.answer(_decoded(answer.message)))
        answer = await smtp.execute_command(heard)
    if answer.code != 235:
        raise _of_token(answer.code, answer.message, attempt)


def _decoded(challenge: str) -> bytes:
    try:
        return base64.b64decode(challenge)
    except ValueError:
        return challenge.encode()


def _of_token(code: int, message: str, attempt: BearerSignIn) -> TryLater:
    if code < 500:
        return TryLater("smtp_busy", code=str(code), text=message, host=attempt.host)
    if "SmtpClientAuthentication" in message:  # Microsoft's 535 5.7.139
        return TryLater("smtp_switched_off", code=str(code), text=message, host=attempt.host)
    text = " ".join([attempt.error, *message.split()]).strip()
    return TokenRefused(
        "smtp_token", code=str(code), text=text[:300], host=attempt.host, user=attempt.user
    )


async def _greet(smtp: aiosmtplib.SMTP) -> None:
    try:
        await smtp.ehlo()
    except aiosmtplib.SMTPHeloError:
        await smtp.helo()


def _of_connecting(error: BaseException, *, host: str) -> TryLater | None:
    cause = error.__cause__ if isinstance(error, aiosmtplib.SMTPConnectError) else error
    if isinstance(cause, ssl.SSLError):
        text = getattr(cause, "verify_message", "") or str(cause)
        return TryLater("smtp_not_trusted", text=text[:200], host=host)
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return of_login(error.code, error.message, host=host)
        case aiosmtplib.SMTPNotSupported():
            return TryLater("smtp_lacks", text=str(error)[:200], host=host)
        case aiosmtplib.SMTPResponseException():
            return TryLater("smtp_refuses", code=str(error.code), text=error.message, host=host)
        case aiosmtplib.SMTPException() | OSError():
            return TryLater("smtp_unreachable", text=str(error)[:200], host=host)
    return None


def _size_limit(smtp: aiosmtplib.SMTP) -> int:
    """What the server takes at most (RFC 1870); 0: it does not say."""
    value = smtp.esmtp_extensions.get("size", "").strip()
    return int(value) if value.isdecimal() else 0


def _contents(files: Sequence[OutgoingFile]) -> list[bytes]:
    return [file.path.read_bytes() for file in files]


async def _leave(connection: _Connection) -> None:
    try:
        await connection.smtp.quit(timeout=2)
    except (aiosmtplib.SMTPException, OSError):
        pass
    finally:
        connection.smtp.close()
