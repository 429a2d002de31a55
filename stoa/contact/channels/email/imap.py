"""A folder of a mailbox: what is in it, what comes, what was taken."""

import imaplib
import re
import ssl
from collections.abc import Sequence
from typing import Any

from imap_tools.imap_utf7 import utf7_encode

from stoa.contact.channels.email.bearer import BearerSignIn, TokenRefused, mechanism_of
from stoa.contact.channels.email.imap_line import Client, Stopped, Wake
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.protocol import TryLater

TAKEN = "$StoaTaken"
_ASKED_TOGETHER = 100
_SIZE = re.compile(rb"UID (\d+) RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+) UID (\d+)", re.IGNORECASE)
_UID = re.compile(rb"\bUID (\d+)", re.IGNORECASE)


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
        self._client = Client(settings.imap_host, settings.imap_port, wake=wake, tls=implicit)
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
        found = {}
        for begin in range(0, len(uids), _ASKED_TOGETHER):
            asked = _set_of(uids[begin : begin + _ASKED_TOGETHER])
            kind, data = self._client.uid("FETCH", asked, "(UID RFC822.SIZE)")
            self._must(kind, data)
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
            kind, _ = self._client.uid("STORE", _set_of(uids), "+FLAGS.SILENT", f"({TAKEN})")
            # A full mailbox, or a right that is missing: then our own notes do.
            self.keeps_marks = kind == "OK"

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
    """`1:3,7`: servers take lines of some kilobytes, and no longer ones."""
    runs: list[list[int]] = []
    for uid in sorted(uids):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(f"{first}:{last}" if last > first else f"{first}" for first, last in runs)


def _bytes_of(data: Sequence[Any] | None) -> bytes:
    return b" ".join(piece for piece in data or () if isinstance(piece, bytes))


def _words(answer: object) -> str:
    if isinstance(answer, Exception):
        answer = answer.args[0] if answer.args else ""
    if isinstance(answer, list | tuple):
        answer = _bytes_of(answer)
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(text.split())[:200]
