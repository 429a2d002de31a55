"""A line to an IMAP server (RFC 3501, RFC 2177) for a thread of its own, which can be woken.

The standard library speaks the protocol; the socket is ours, because what it reads by itself
cannot be told to stop.
"""

import imaplib
import re
import select
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from imap_tools.imap_utf7 import utf7_encode

from stoa.contact.channels.email.bearer import BearerSignIn, TokenRefused, mechanism_of
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.protocol import TryLater

CONNECT_SECONDS = 20.0
ANSWER_SECONDS = 90.0
TAKEN = "$StoaTaken"
_CHUNK = 256 * 1024
_LINE_MAX = 16 * 1024 * 1024  # an answer to SEARCH is one line
_SIZE = re.compile(rb"UID (\d+) RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+) UID (\d+)", re.IGNORECASE)
_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)

imaplib.Commands.setdefault("IDLE", ("AUTH", "SELECTED"))


class Stopped(Exception):
    """Whoever holds the line wants it ended."""


class Wake:
    """Ends every waiting of a line at once, from any thread."""

    def __init__(self) -> None:
        self._read, self._write = socket.socketpair()
        self.is_set = False

    def set(self) -> None:
        self.is_set = True
        with suppress(OSError):  # closed: nobody waits any more
            self._write.send(b"!")

    def fileno(self) -> int:
        return self._read.fileno()

    def wait(self, seconds: float) -> None:
        """
        Raises:
            Stopped
        """
        waiting = select.poll()  # not `select`: a busy process has more than 1,024 open files
        waiting.register(self._read, select.POLLIN)
        if self.is_set or waiting.poll(seconds * 1000):
            raise Stopped

    def close(self) -> None:
        self._read.close()
        self._write.close()


class _Client(imaplib.IMAP4):
    """`read` and `readline` wait for the server or the wake, whichever comes first."""

    def __init__(self, host: str, port: int, *, wake: Wake, tls: ssl.SSLContext | None) -> None:
        self._wake = wake
        self._tls = tls
        self._unread = bytearray()
        super().__init__(host, port, CONNECT_SECONDS)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        sock = socket.create_connection((host, port), timeout)
        try:
            if self._tls is not None:
                sock = self._tls.wrap_socket(sock, server_hostname=host)
            sock.settimeout(ANSWER_SECONDS)
        except BaseException:
            sock.close()
            raise
        self.sock = sock

    def secure(self, context: ssl.SSLContext) -> None:
        """The line is encrypted from here on.

        What came unencrypted after the answer to STARTTLS was put there by somebody else.
        """
        kind = "NO"
        if "STARTTLS" in self.capabilities:
            kind, _ = self._simple_command("STARTTLS")
        if kind != "OK":
            raise TryLater("imap_lacks_tls", host=self.host)
        if self._unread:
            raise self.abort("there was more before the line was secure")
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.sock.settimeout(ANSWER_SECONDS)
        self._get_capabilities()

    def read(self, size: int) -> bytes:
        if size > len(self._unread):
            # One buffer of the right size: a mail of 50 MB is in memory once.
            whole = bytearray(size)
            at = len(self._unread)
            whole[:at] = self._unread
            self._unread.clear()
            with memoryview(whole) as view:
                while at < size:
                    at += self._receive(view[at : at + _CHUNK])
            return bytes(whole)
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    def readline(self) -> bytes:
        looked_at = 0
        while (end := self._unread.find(b"\n", looked_at)) < 0:
            looked_at = len(self._unread)
            if looked_at > _LINE_MAX:
                raise self.error("the server's answer is too long")
            piece = bytearray(8192)
            count = self._receive(memoryview(piece))
            self._unread += piece[:count]
        line = bytes(self._unread[: end + 1])
        del self._unread[: end + 1]
        return line

    def shutdown(self) -> None:
        self.sock.close()

    def has_more(self, seconds: float) -> bool:
        """Whether the server says something within this time."""
        if self._unread:
            return True
        try:
            piece = bytearray(8192)
            count = self._receive(memoryview(piece), seconds=seconds)
        except TimeoutError:
            return False
        self._unread += piece[:count]
        return True

    def _receive(self, into: memoryview, *, seconds: float = ANSWER_SECONDS) -> int:
        """
        Raises:
            Stopped
            TimeoutError
        """
        until = time.monotonic() + seconds
        while True:
            count = self._received_now(into)
            if count is not None:
                if count == 0:
                    raise self.abort("the server has closed the line")
                return count
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("the server does not answer")
            readable = select.poll()
            readable.register(self.sock, select.POLLIN)
            readable.register(self._wake, select.POLLIN)
            ready = {number for number, _ in readable.poll(left * 1000)}
            if self._wake.is_set or self._wake.fileno() in ready:
                raise Stopped

    def _received_now(self, into: memoryview) -> int | None:
        """Bytes that are here already; None: there are none."""
        if self._wake.is_set:
            raise Stopped
        self.sock.setblocking(False)
        try:
            return self.sock.recv_into(into)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return None
        finally:
            self.sock.settimeout(ANSWER_SECONDS)


class Mailbox:
    """One folder of one account, open. Every method may raise `Stopped`, `OSError`, `imaplib`'s
    errors, and `TryLater` with the words for what the server refuses."""

    def __init__(
        self,
        settings: EmailSettings,
        *,
        wake: Wake,
        trust: ssl.SSLContext,
        token: str | None = None,
    ) -> None:
        self._settings = settings
        implicit = trust if settings.imap_tls == "implicit" else None
        self._client = _Client(settings.imap_host, settings.imap_port, wake=wake, tls=implicit)
        self.uid_validity = self._uid_next = 0
        self.keeps_marks = False
        try:
            if settings.imap_tls == "starttls":
                self._client.secure(trust)
            if token is None:
                self._log_in()
            else:
                self._log_in_with(token)
            self._ask_what_it_can()
            self._select()
        except BaseException:
            self.close()
            raise

    @property
    def can_idle(self) -> bool:
        return "IDLE" in self._client.capabilities

    def _log_in(self) -> None:
        settings, client = self._settings, self._client
        secret = settings.imap_password.get_secret_value()
        try:
            if (settings.imap_username + secret).isascii():
                client.login(settings.imap_username, secret)
            else:  # RFC 4616
                plain = f"\0{settings.imap_username}\0{secret}".encode()
                client.authenticate("PLAIN", lambda _: plain)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise TryLater("imap_login", text=_words(error), host=settings.imap_host) from error

    def _log_in_with(self, token: str) -> None:
        settings, client = self._settings, self._client
        offered = [name[5:] for name in client.capabilities if name.startswith("AUTH=")]
        mechanism = mechanism_of(offered)
        if mechanism is None:
            raise TryLater("imap_lacks_tokens", host=settings.imap_host)
        attempt = BearerSignIn(
            mechanism, settings.imap_user, token, settings.imap_host, settings.imap_port
        )
        try:
            client.authenticate(mechanism, attempt.answer)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise TokenRefused(
                "imap_token",
                text=attempt.error or _words(error),
                host=settings.imap_host,
                user=settings.imap_user,
            ) from error

    def _ask_what_it_can(self) -> None:
        client = self._client
        # Many servers tell what they can do only to who is signed in.
        kind, data = client.capability()
        if kind == "OK" and data and data[0]:
            client.capabilities = tuple(data[0].decode("ascii", "replace").upper().split())

    def _select(self) -> None:
        client, folder = self._client, self._settings.imap_folder or "INBOX"
        try:
            kind, answer = client.select(_quoted(folder))
        except client.readonly:  # a folder that is shared with us: then our own notes do
            kind, answer = client.select(_quoted(folder), readonly=True)
        if kind != "OK":
            raise TryLater("imap_folder", text=_words(answer), folder=folder)
        self.uid_validity = self._number("UIDVALIDITY")
        self._uid_next = self._number("UIDNEXT")
        flags = _bytes_of(client.response("PERMANENTFLAGS")[1])
        self.keeps_marks = b"\\*" in flags or TAKEN.encode().lower() in flags.lower()

    def _number(self, name: str) -> int:
        value = _bytes_of(self._client.response(name)[1]).strip()
        return int(value) if value.isdigit() else 0

    def newest(self) -> int:
        """The UID of the last mail that was there when the folder was opened; 0: there was none."""
        if self._uid_next:
            return self._uid_next - 1
        return max(self.search("UID", "*"), default=0)

    def search(self, *criteria: str) -> list[int]:
        """UIDs, from old to new."""
        kind, data = self._client.uid("SEARCH", *criteria)
        self._must(kind, data)
        return sorted({int(uid) for line in data if line for uid in line.split()})

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """How large each mail is in bytes; who is not in it is gone."""
        kind, data = self._client.uid("FETCH", _set_of(uids), "(UID RFC822.SIZE)")
        self._must(kind, data)
        found = {}
        for line in data:
            text = line if isinstance(line, bytes) else b"".join(line or ())
            for match in _SIZE.finditer(text):
                uid, size = match[1] or match[4], match[2] or match[3]
                found[int(uid)] = int(size)
        return found

    def contents(self, uids: Sequence[int], *, head_only: bool = False) -> dict[int, bytes]:
        """The mails as they are, without marking them as read; who is not in it is gone."""
        what = "BODY.PEEK[HEADER]" if head_only else "BODY.PEEK[]"
        kind, data = self._client.uid("FETCH", _set_of(uids), f"(UID {what})")
        self._must(kind, data)
        found: dict[int, bytes] = {}
        for at, item in enumerate(data):
            if isinstance(item, tuple):
                # The UID stands before the literal, or, with some servers, after it.
                after = data[at + 1] if at + 1 < len(data) else b""
                named = _UID.search(item[0]) or _UID.search(
                    after if isinstance(after, bytes) else b""
                )
                if named:
                    found[int(named[1])] = item[1]
        return found

    def mark(self, uids: Sequence[int]) -> None:
        """They are marked as taken, where the server keeps such marks."""
        if self.keeps_marks and uids:
            kind, data = self._client.uid("STORE", _set_of(uids), "+FLAGS.SILENT", f"({TAKEN})")
            self._must(kind, data)

    def remove(self, uids: Sequence[int]) -> None:
        """They are gone, where the server can take away these alone (UIDPLUS, RFC 4315)."""
        if "UIDPLUS" in self._client.capabilities:
            kind, data = self._client.uid("STORE", _set_of(uids), "+FLAGS.SILENT", r"(\Deleted)")
            self._must(kind, data)
            kind, data = self._client.uid("EXPUNGE", _set_of(uids))
            self._must(kind, data)

    def wait(self, seconds: float) -> bool:
        """Whether something happened in the folder before the time was over."""
        client = self._client
        client.untagged_responses.clear()
        tag = client._command("IDLE")
        while client._get_response():
            # Something was said before the "+" that lets the waiting begin: perhaps a refusal.
            if client.tagged_commands[tag]:
                raise client.error("IDLE is refused")
        is_told = self.has_news or client.has_more(seconds)
        client.send(b"DONE\r\n")
        kind, data = client._command_complete("IDLE", tag)
        self._must(kind, data)
        return is_told

    def look(self) -> None:
        """The server tells what is new, and knows that somebody is still there."""
        kind, data = self._client.noop()
        self._must(kind, data)

    @property
    def has_news(self) -> bool:
        """Whether the server said, beside its last answers, that there is more: it says so once,
        and a later wait would not hear of it."""
        return "EXISTS" in self._client.untagged_responses

    def search_after(self, uid: int) -> list[int]:
        """UIDs above this one, from old to new."""
        self._client.untagged_responses.clear()
        # "n:*" always contains the newest mail, also when that is older than n.
        return [found for found in self.search("UID", f"{uid + 1}:*") if found > uid]

    def _must(self, kind: str, data: Sequence[Any]) -> None:
        if kind != "OK":
            raise TryLater("imap_refuses", text=_words(data), host=self._settings.imap_host)

    def leave(self) -> None:
        """Signed out, if the server still listens."""
        try:
            self._client.logout()
        except (OSError, imaplib.IMAP4.error, Stopped):
            pass
        finally:
            self.close()

    def close(self) -> None:
        self._client.shutdown()


def _quoted(folder: str) -> str:
    name = utf7_encode(folder).decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}"'


def _set_of(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _bytes_of(data: Sequence[Any] | None) -> bytes:
    return b" ".join(piece for piece in data or () if isinstance(piece, bytes))


def _words(answer: object) -> str:
    if isinstance(answer, Exception):
        answer = answer.args[0] if answer.args else ""
    if isinstance(answer, list | tuple):
        answer = _bytes_of(answer)
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.split())[:200]
