"""In by IMAP: one thread per mailbox waits for mail and gives each to the core, once.

What was taken is committed before anything is noted, and noted before anything is forgotten. Who
dies in between fetches the mail again, and the core knows it by its name (`naming`).
"""

import asyncio
import imaplib
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NoReturn, TypeVar

import structlog

from stoa.contact.channels.email.bearer import TokenRefused, token_for
from stoa.contact.channels.email.imap import TAKEN, Mailbox
from stoa.contact.channels.email.imap_line import Stopped, Wake
from stoa.contact.channels.email.keys import trusting
from stoa.contact.channels.email.naming import external_id_of
from stoa.contact.channels.email.progress import Progress, ProgressFile
from stoa.contact.channels.email.proving import proofs_of
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.email.spam import judged
from stoa.contact.channels.protocol import Envelope, Line, Raw, SendProblem, TryLater
from stoa.platform.clock import now

log = structlog.get_logger()

Found = TypeVar("Found")

MAIL_BYTES_MAX: Final = 50 * 1024 * 1024
# Set by who fetched a mail that is larger than that: it is the headers alone.
SIZE_PROOF: Final = "size"
# Below the 29 minutes of RFC 2177, and below what routers on the way keep a silent line for.
IDLE_SECONDS = 9 * 60.0
POLL_SECONDS = 30.0
# The server may have forgotten to tell: a look at the whole folder.
ROUND_SECONDS = 10 * 60.0
BACKOFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0, 120.0)
LEFT_SECONDS = 60.0
FETCH_TOGETHER = 50
FETCH_TOGETHER_BYTES = 8 * 1024 * 1024
FAILURES_IN_A_ROW_MAX = 3
STOP_SECONDS = 10.0


@asynccontextmanager
async def fetching(
    line: Line, settings: EmailSettings, *, tell: Callable[[SendProblem | None], None]
) -> AsyncIterator[None]:
    """Mail is taken for as long as the block runs; the thread is gone when it ends."""
    fetcher = Fetcher(line, settings, tell=tell, loop=asyncio.get_running_loop())
    thread = threading.Thread(target=fetcher.run, name=f"imap {line.account.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        fetcher.stop()
        # Shielded: the thread ends also when whoever waits here is cancelled once more.
        await asyncio.shield(asyncio.to_thread(thread.join, STOP_SECONDS))
        if thread.is_alive():
            log.warning("mail.thread_still_ends", inbox_id=str(line.account.id))


@dataclass(slots=True)
class _Outcome:
    taken: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


class Fetcher:
    """Runs in its own thread; only `stop` is called from outside."""

    def __init__(
        self,
        line: Line,
        settings: EmailSettings,
        *,
        tell: Callable[[SendProblem | None], None],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._line = line
        self._settings = settings
        self._tell_in_loop = tell
        self._loop = loop
        self._wake = Wake()
        self._file = ProgressFile(line.data_dir / "imap.json")

    def stop(self) -> None:
        self._wake.set()

    def run(self) -> None:
        """Fetches until stopped; a broken line is begun anew, each time a little later."""
        failures = 0
        try:
            trust = trusting(self._settings.ca_certificate)
            while True:
                began = time.monotonic()
                self._tell(self._run_once(trust))
                # A line that was up for a while is not to blame for what came before.
                failures = 0 if time.monotonic() - began > 60 else failures
                self._wake.wait(BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)])
                failures += 1
        except Stopped:
            pass
        except Exception:
            log.exception("mail.fetching_ended", inbox_id=str(self._line.account.id))
        finally:
            self._wake.close()

    def _run_once(self, trust: ssl.SSLContext) -> SendProblem:
        """Until the line breaks; why it did.

        Raises:
            Stopped
        """
        mailbox = None
        try:
            mailbox = self._opened(trust)
            self._tell(None)
            self._serve(mailbox)
        except Stopped:
            raise
        except SendProblem as problem:
            return problem
        except Exception as error:  # whatever a server sends, the next attempt is made
            return problem_of(error, host=self._settings.imap_host)
        finally:
            if mailbox:
                mailbox.close()

    def _opened(self, trust: ssl.SSLContext) -> Mailbox:
        settings, wake = self._settings, self._wake
        token = self._token("")
        try:
            return Mailbox(settings, wake=wake, trust=trust, token=token)
        except TokenRefused:
            other = self._token(token or "")
            if other == token:
                raise
            return Mailbox(settings, wake=wake, trust=trust, token=other)

    def _token(self, refused: str) -> str | None:
        """What to sign in with; None: a password.

        Raises:
            Stopped, TryLater
        """
        return self._waited_for(token_for(self._line.account, refused))

    def _serve(self, mailbox: Mailbox) -> NoReturn:
        progress = self._begin(mailbox)
        while True:
            progress = self._take_left(mailbox, progress)
            progress = self._take_new(mailbox, progress)
            until = time.monotonic() + (LEFT_SECONDS if progress.left else ROUND_SECONDS)
            while (seconds := until - time.monotonic()) > 0:
                if self._wait(mailbox, seconds):
                    progress = self._take_new(mailbox, progress)

    def _wait(self, mailbox: Mailbox, seconds: float) -> bool:
        """Whether there may be something new."""
        if mailbox.can_idle:
            return mailbox.wait(min(seconds, IDLE_SECONDS))
        self._wake.wait(min(seconds, POLL_SECONDS))
        mailbox.look()
        return True

    # ---- what to take ----

    def _begin(self, mailbox: Mailbox) -> Progress:
        """Where the mailbox was left; what is to be taken besides what comes from now on."""
        known = self._file.read()
        if known is not None and known.uid_validity == mailbox.uid_validity:
            return known
        last = mailbox.newest()
        days = self._settings.imap_days
        if known is not None:
            # The server counts anew: what came since we last noted anything is not to be missed.
            days = max(days, 1 + self._file.age().days + 1)
        found = {*self._recent(mailbox, days=days), *_after_marked(mailbox)}
        progress = Progress(
            uid_validity=mailbox.uid_validity,
            last_uid=last,
            left=tuple(sorted(uid for uid in found if uid <= last)),
        )
        self._file.write(progress)
        return progress

    def _recent(self, mailbox: Mailbox, *, days: int) -> list[int]:
        since = (now() - timedelta(days=days)).strftime("%d-%b-%Y")
        not_taken = ["UNKEYWORD", TAKEN] if mailbox.keeps_marks else []
        return mailbox.search("SINCE", since, *not_taken)

    def _take_new(self, mailbox: Mailbox, progress: Progress) -> Progress:
        while True:
            new = mailbox.search_after(progress.last_uid)
            progress, can_store = self._take_all(mailbox, progress, new)
            if not can_store:
                raise TryLater("not_stored")
            if not new and not mailbox.has_news:
                return progress

    def _take_left(self, mailbox: Mailbox, progress: Progress) -> Progress:
        """What cannot be stored now either stays left, and holds up nothing."""
        return self._take_all(mailbox, progress, progress.left)[0]

    def _take_all(
        self, mailbox: Mailbox, progress: Progress, uids: Sequence[int]
    ) -> tuple[Progress, bool]:
        """How far they are taken, and whether anything can be stored at all.

        One that cannot be stored is left for later and stops nobody; several in a row, or every
        one, mean that it is not the mail.
        """
        for together, is_head_only in _batches(mailbox.sizes(uids) if uids else {}, uids):
            contents = mailbox.contents(list(together), head_only=is_head_only)
            raws = {
                uid: self._raw(content, together[uid] if is_head_only else None)
                for uid, content in contents.items()
            }
            outcome = _Outcome()
            try:
                can_store = self._take_each(raws, outcome)
                mailbox.mark(outcome.taken)
            finally:  # also when it is ended here: what was taken is noted
                progress = _after(progress, outcome.taken, outcome.left)
                self._file.write(progress)
            if not can_store:
                return progress, False
            progress = self._after_missing(
                mailbox, progress, [uid for uid in together if uid not in contents]
            )
        return progress, True

    def _after_missing(
        self, mailbox: Mailbox, progress: Progress, missing: Sequence[int]
    ) -> Progress:
        """Who was deleted meanwhile is done. What is there and not given is left for later: some
        servers answer so for a mail that they cannot read themselves just now."""
        there = mailbox.sizes(missing) if missing else {}
        if there:
            log.warning("mail.not_given", inbox_id=str(self._line.account.id), count=len(there))
        gone = [uid for uid in missing if uid not in there]
        return _after(progress, gone, list(there))

    def _take_each(self, raws: dict[int, Raw], outcome: _Outcome) -> bool:
        """False: it was given up, because nothing can be stored."""
        failed_in_a_row = 0
        for uid, raw in sorted(raws.items()):
            if self._is_taken(raw):
                outcome.taken.append(uid)
                failed_in_a_row = 0
            else:
                outcome.left.append(uid)
                failed_in_a_row += 1
            if failed_in_a_row >= FAILURES_IN_A_ROW_MAX:
                return False
        return bool(outcome.taken) or not raws

    def _raw(self, content: bytes, size: int | None) -> Raw:
        name = external_id_of(content)
        if size is not None:
            return Raw(f"{name} {size}", content, Envelope(proofs={SIZE_PROOF: str(size)}))
        # Who names a provider whose checks are believed needs none of ours.
        proofs = {} if self._settings.trusted_authserv_ids else proofs_of(content)
        return Raw(name, content, Envelope(proofs=proofs))

    # ---- across threads ----

    def _is_taken(self, raw: Raw) -> bool:
        """Whether the core has committed it.

        Raises:
            Stopped
        """
        try:
            self._waited_for(self._taken(raw))
        except Stopped:
            raise
        except Exception:
            log.exception("mail.not_stored", inbox_id=str(self._line.account.id))
            return False
        return True

    def _waited_for(self, work: Coroutine[Any, Any, Found]) -> Found:
        """What came of it in the loop.

        Raises:
            Stopped
        """
        waiting = asyncio.run_coroutine_threadsafe(work, self._loop)
        while True:
            try:
                return waiting.result(0.5)
            except Exception:
                if self._wake.is_set:
                    waiting.cancel()
                    raise Stopped from None
                if waiting.done():
                    raise
                # It was the waiting that took too long.

    async def _taken(self, raw: Raw) -> None:
        await self._line.take(await judged(raw, url=self._settings.rspamd_url))

    def _tell(self, problem: SendProblem | None) -> None:
        self._loop.call_soon_threadsafe(self._tell_in_loop, problem)


def _after_marked(mailbox: Mailbox) -> list[int]:
    """What came after the newest that we have taken, although our note of it is gone."""
    marked = mailbox.search("KEYWORD", TAKEN) if mailbox.keeps_marks else []
    return mailbox.search("UID", f"{max(marked) + 1}:*") if marked else []


def _batches(sizes: dict[int, int], uids: Sequence[int]) -> Iterator[tuple[dict[int, int], bool]]:
    """Many small mails at once, large ones alone; True: only the headers of one that is larger
    than we take. In the order of `uids`, so that what was taken is everything up to some mail."""
    together: dict[int, int] = {}
    for uid in uids:
        size = sizes.get(uid, 0)
        is_too_large = size > MAIL_BYTES_MAX
        is_full = sum(together.values()) + size > FETCH_TOGETHER_BYTES
        if together and (is_too_large or is_full or len(together) >= FETCH_TOGETHER):
            yield together, False
            together = {}
        if is_too_large:
            yield {uid: size}, True
        else:
            together[uid] = size
    if together:
        yield together, False


def _after(progress: Progress, done: Sequence[int], left: Sequence[int]) -> Progress:
    """As it stands when these were looked at, and some of them left for later."""
    remaining = (set(progress.left) - set(done)) | set(left)
    return progress.model_copy(
        update={
            "last_uid": max([progress.last_uid, *done, *left]),
            "left": tuple(sorted(remaining)),
        }
    )


def problem_of(error: Exception, *, host: str) -> TryLater:
    """Why a mailbox cannot be reached or served."""
    text = " ".join(str(error).split())[:200]
    match error:
        case ssl.SSLCertVerificationError():
            return TryLater("imap_not_trusted", text=error.verify_message[:200], host=host)
        case ssl.SSLError():
            return TryLater("imap_not_trusted", text=text, host=host)
        case imaplib.IMAP4.abort():
            return TryLater("imap_line_lost", text=text, host=host)
        case OSError():
            return TryLater("imap_unreachable", text=text, host=host)
    return TryLater("imap_refuses", text=text, host=host)
