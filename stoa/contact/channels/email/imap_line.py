"""A line to an IMAP server (RFC 3501, RFC 2177) for a thread of its own, which can be woken.

The standard library speaks the protocol; the socket is ours, because what it reads by itself
cannot be told to stop.
"""

import imaplib
import select
import socket
import ssl
import time
from contextlib import suppress

from stoa.contact.channels.protocol import TryLater

CONNECT_SECONDS = 20.0
ANSWER_SECONDS = 90.0
_CHUNK = 256 * 1024
_LINE_MAX = 16 * 1024 * 1024  # an answer to SEARCH is one line

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


class Client(imaplib.IMAP4):
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
