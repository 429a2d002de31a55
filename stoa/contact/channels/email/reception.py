"""Our own SMTP and LMTP reception (RFC 5321, RFC 2033): what a provider forwards to us.

It answers "accepted" only after the mail is committed, and "later" when it cannot be.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from stoa.contact.channels.email.mail_data import (
    MAIL_BYTES_MAX,
    NO_ROOM,
    MailRefused,
    Room,
    Share,
    read_mail,
)
from stoa.contact.channels.email.naming import external_id_of, split_head
from stoa.contact.channels.email.proving import RECORDS, Records, proofs_of
from stoa.contact.channels.protocol import Envelope as Named
from stoa.contact.channels.protocol import Raw
from stoa.platform.clock import now

log = structlog.get_logger()

BUFFER_BYTES = 64 * 1024
CONNECTIONS_MAX = 50
IDLE_SECONDS = 300.0
# For a whole mail, however its bytes drip: what it holds of the room is not held for ever.
MAIL_SECONDS = 900.0
# Reading a mail takes some times its size: larger ones one after the other.
LARGE_BYTES = 2 * 1024 * 1024
RECIPIENTS_MAX = 100
HOPS_MAX = 50  # RFC 5321 section 6.3
_RECEIVED = re.compile(rb"^received:", re.IGNORECASE | re.MULTILINE)

# Whose mail it is: the inbox of an address without its tag; None: nobody's. May raise.
Lookup = Callable[[str], Awaitable["Recipient | None"]]
# Commits it; False: it was there already. May raise: then it has to come again.
TakeFor = Callable[[UUID, Raw], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Recipient:
    inbox_id: UUID
    is_on: bool


class Reception:
    """The handler of aiosmtpd, and the count of who is connected."""

    def __init__(
        self, *, lookup: Lookup, take: TakeFor, hostname: str, records: Records = RECORDS
    ) -> None:
        self._lookup = lookup
        self._take = take
        self._records = records
        self.hostname = hostname
        self.connections: set[object] = set()
        self.room = Room()
        self._for_large = asyncio.Lock()

    # ---- what aiosmtpd calls ----

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's names
        self,
        server: SMTP,  # noqa: ARG002 - as aiosmtpd calls it
        session: Session,  # noqa: ARG002 - as aiosmtpd calls it
        envelope: Envelope,
        address: str,
        mail_options: list[str],
    ) -> str:
        sizes = (option.partition("=") for option in mail_options)
        if not all(self.room.has(int(size)) for name, _, size in sizes if name == "SIZE" and size):
            return NO_ROOM  # before it is sent in vain
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002 - as aiosmtpd calls it
        session: Session,  # noqa: ARG002 - as aiosmtpd calls it
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        if len(envelope.rcpt_tos) >= RECIPIENTS_MAX:
            return "452 4.5.3 Too many recipients"
        try:
            recipient = await self._lookup(without_tag(address))
        except Exception:
            log.exception("reception.lookup_failed")
            return "451 4.3.0 Cannot look the address up now, come again later"
        if recipient is None:
            return "550 5.1.1 No such mailbox here"
        if not recipient.is_on:
            return "450 4.2.1 This mailbox is switched off now, come again later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 OK"

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002 - as aiosmtpd calls it
        session: Session,
        envelope: Envelope,  # noqa: ARG002 - as aiosmtpd calls it
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Nobody signs in here."""
        session.host_name = hostname
        return [line for line in responses if not line[4:].upper().startswith("AUTH")]

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        is_large = len(envelope.original_content or b"") > LARGE_BYTES
        async with self._for_large if is_large else nullcontext():
            answers = await self._store(server, session, envelope)
        return self.answers(server, answers)

    async def handle_exception(self, error: Exception) -> str:
        log.error("reception.failed", error=type(error).__name__)
        return "451 4.3.0 A fault of ours, come again later"

    # ---- what becomes of a mail ----

    def answers(self, server: SMTP, answers: Sequence[str]) -> str:
        """What the server says, of what it would say to each recipient."""
        if isinstance(server, LMTP):  # one answer for each recipient, in their order
            return "\r\n".join(answers)
        # For SMTP all is one: who has it already will know it when it comes again.
        return next((answer for answer in answers if not answer.startswith("2")), answers[0])

    async def _store(self, server: SMTP, session: Session, envelope: Envelope) -> Sequence[str]:
        content = envelope.original_content or b""
        head, _ = split_head(content)
        if len(_RECEIVED.findall(head)) > HOPS_MAX:
            return ["554 5.4.6 Too many hops: the mail goes in circles"] * len(envelope.rcpt_tos)
        proofs, name = await asyncio.to_thread(self._examine, content)
        envelope.content = envelope.original_content = None  # the traced one is enough
        content = self._trace(server, session) + content
        raw = Raw(
            name,
            content,
            Named(
                sender=_storable(envelope.mail_from or ""),
                recipients=[_storable(address) for address in envelope.rcpt_tos],
                proofs=proofs,
            ),
        )
        answers: dict[UUID, str] = {}
        return [await self._store_for(address, raw, answers) for address in envelope.rcpt_tos]

    async def _store_for(self, address: str, raw: Raw, answers: dict[UUID, str]) -> str:
        """`answers` are those for the inboxes that have it already: two tags may lead to one."""
        try:
            recipient = await self._lookup(without_tag(address))
            if recipient is None:
                return "550 5.1.1 No such mailbox here"
            if recipient.inbox_id not in answers:
                is_new = await self._take(recipient.inbox_id, raw)
                answers[recipient.inbox_id] = f"250 2.0.0 {'Stored' if is_new else 'Known already'}"
        except Exception:
            log.exception("reception.not_stored")
            return "451 4.3.0 Cannot store it now, come again later"
        return answers[recipient.inbox_id]

    def _examine(self, content: bytes) -> tuple[dict[str, str], str]:
        return proofs_of(content, records=self._records), external_id_of(content)

    def _trace(self, server: SMTP, session: Session) -> bytes:
        """RFC 5321 section 4.4: how it came to us."""
        peer = session.peer[0] if isinstance(session.peer, tuple) else "local"
        greeting = re.sub(r"[^A-Za-z0-9.:\[\]_-]", "?", session.host_name or "unknown")[:200]
        kind = "LMTP" if isinstance(server, LMTP) else "ESMTP"
        secure = "S" if session.ssl is not None else ""
        return (
            f"Received: from {greeting} ([{peer}])\r\n by {self.hostname} with {kind}{secure};"
            f" {format_datetime(now())}\r\n"
        ).encode("ascii", "replace")


def _storable(address: str) -> str:
    """Without what no database holds: aiosmtpd passes on bytes that are no UTF-8, and NUL."""
    return address.encode("utf-8", "replace").decode().replace("\0", "")


def without_tag(address: str) -> str:
    """`Shop+token@Example.org` is `shop@example.org`'s; the domain in ASCII (RFC 5890)."""
    local, _, domain = address.lower().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    return f"{local.partition('+')[0]}@{domain}"


class _Counted(SMTP):
    """Refuses whoever comes when too many are there, and what there is no room for."""

    reception: Reception
    line_length_limit = BUFFER_BYTES

    def connection_made(self, transport: Any) -> None:
        # Who is there already comes once more when its line gets encrypted.
        is_new = self not in self.reception.connections
        if is_new and len(self.reception.connections) >= CONNECTIONS_MAX:
            transport.write(b"421 4.3.2 Too many connections, come again later\r\n")
            transport.close()
            return
        self.reception.connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.reception.connections:
            self.reception.connections.discard(self)
            super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        """In place of aiosmtpd's, which keeps each line as an object of its own, and a line without
        an end without a bound."""
        if await self.check_helo_needed():
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        self._reset_timeout(MAIL_SECONDS)
        with Share(self.reception.room) as share:
            status = await self._receive(share)
        self._set_post_data_state()  # type: ignore[no-untyped-call]  # it has no types
        await self.push(status)

    async def _receive(self, share: Share) -> str:
        assert self.envelope is not None
        assert self.session is not None
        try:
            content = await read_mail(self._reader, share)
        except MailRefused as refusal:
            log.warning("reception.refused", answer=str(refusal))
            return self.reception.answers(self, [str(refusal)] * len(self.envelope.rcpt_tos))
        self._reset_timeout(MAIL_SECONDS)
        self.envelope.content = self.envelope.original_content = content
        del content
        return await self.reception.handle_DATA(self, self.session, self.envelope)


class _Smtp(_Counted): ...


class _Lmtp(_Counted, LMTP): ...


@asynccontextmanager
async def receiving(
    reception: Reception,
    *,
    protocol: str,
    host: str,
    port: int,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[int]:
    """Mail is taken in for as long as the block runs; gives the port. `protocol` is `smtp` or
    `lmtp`."""
    kind = _Lmtp if protocol == "lmtp" else _Smtp
    loop = asyncio.get_running_loop()

    def make() -> SMTP:
        spoken = kind(
            reception,
            data_size_limit=MAIL_BYTES_MAX,
            enable_SMTPUTF8=True,
            hostname=reception.hostname,
            ident="Stoa",
            tls_context=tls,
            timeout=IDLE_SECONDS,
            loop=loop,
        )
        spoken.reception = reception
        return spoken

    # Every process of the installation listens at the same port.
    server = await loop.create_server(make, host, port, reuse_port=True)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in list(reception.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.close()
