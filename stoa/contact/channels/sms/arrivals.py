"""What the centre delivers, on its way to the inbox.

A centre forgets a message once we have answered it, and it gives a message no name. So whatever
comes is first written to a file of its own, which stays until the message is taken and the centre
has read our answer. Parts of a long message wait there for one another; a message that comes
again after a broken line is known by its bytes and keeps the name it had.
"""

import asyncio
import hashlib
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal
from uuid import uuid4

import orjson
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from stoa.contact.channels.protocol import Raw
from stoa.contact.channels.sms.pdu import BadPdu, Concat, Deliver, Pdu, read_deliver

log = structlog.get_logger()

# A centre comes again with what it holds for unanswered soon after it is bound anew.
_AGAIN_SECONDS: Final = 600.0


class Part(BaseModel):
    """One deliver_sm of a message."""

    model_config = ConfigDict(extra="forbid")

    number: int
    data_coding: int
    octets: str  # hexadecimal


class SmppMessage(BaseModel):
    """The bytes of a `Raw` that came by SMPP."""

    model_config = ConfigDict(extra="forbid")

    provider: str = "smpp"
    source: str
    source_ton: int
    destination: str
    at: datetime
    total: int
    parts: list[Part]


class SmppOddity(BaseModel):
    """A delivery that holds nothing we can read."""

    model_config = ConfigDict(extra="forbid")

    provider: str = "smpp"
    pdu: str  # hexadecimal


class _Kept(BaseModel):
    """A file of the folder."""

    model_config = ConfigDict(extra="forbid")

    id: str  # its name, and its message's if it is alone
    message: str  # what it is a part of, or itself
    command: int
    body: str
    at: float


class _Entry:
    def __init__(self, kept: _Kept, *, session: int) -> None:
        self.kept = kept
        self.session = session
        self.deliver = read_deliver(Pdu(kept.command, 0, bytes.fromhex(kept.body)))
        self.digest = _digest(kept.command, bytes.fromhex(kept.body))
        self.state: Literal["waiting", "taking", "taken"] = "waiting"
        self.answered_at: float | None = None  # by the loop's clock


def _digest(command: int, body: bytes) -> str:
    return hashlib.sha256(bytes([command & 0xFF]) + body).hexdigest()


class Arrivals:
    """Used by one line at a time; `folder` is the line's own. What came is sorted under a lock and
    taken side by side: storing is what takes long."""

    def __init__(
        self,
        folder: Path,
        *,
        take: Callable[[Raw], Awaitable[bool]],
        parts_seconds: float,
    ) -> None:
        self._folder = folder
        self._take = take
        self._parts_seconds = parts_seconds
        self._entries: dict[str, list[_Entry]] = {}  # by digest
        self._waiting: dict[str, list[_Entry]] = {}  # not taken yet, by message
        self._session = 0
        self._session_at = 0.0
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        """What an earlier process received and may not have handed over is known."""
        for kept in await asyncio.to_thread(_read_all, self._folder):
            try:
                self._add(_Entry(kept, session=0))
            except BadPdu:
                log.warning("sms.spool_unreadable", file=kept.id)

    def begin_session(self) -> None:
        """The line was bound anew."""
        self._session += 1
        self._session_at = asyncio.get_running_loop().time()

    async def receive(self, pdu: Pdu, deliver: Deliver) -> None:
        """It is kept, and taken if nothing of it is missing: the centre may be answered.

        The same bytes on a later session are the same delivery again, unless the centre is known
        to have read our answer to it; so they are if they could not be taken before.
        """
        digest = _digest(pdu.command, pdu.body)
        async with self._lock:
            entry = self._known(digest) or await self._keep(pdu, deliver)
            entry.session = self._session
            entry.answered_at = None
            parts = self._waiting.get(entry.kept.message, [])
            is_whole = _is_whole(parts)
            if is_whole:
                self._claim(parts)
        if is_whole:
            await self._take_claimed(parts)

    async def receive_oddity(self, pdu: Pdu) -> None:
        """What cannot be read is taken as it is, to be set aside."""
        oddity = SmppOddity(pdu=pdu.packed().hex())
        name = _digest(pdu.command, pdu.body)[:32]
        await self._take(Raw(f"odd-{name}", oddity.model_dump_json().encode()))

    def answered(self, pdu: Pdu) -> None:
        """Our answer to it is on its way."""
        for entry in self._entries.get(_digest(pdu.command, pdu.body), ()):
            if entry.session == self._session and entry.answered_at is None:
                entry.answered_at = asyncio.get_running_loop().time()

    async def proven(self, asked_at: float) -> None:
        """The centre has read everything that was written before this time."""
        is_late = self._session_at < asyncio.get_running_loop().time() - _AGAIN_SECONDS
        done = [
            entry
            for entries in self._entries.values()
            for entry in entries
            if entry.state == "taken"
            and (
                (entry.session < self._session and is_late)
                or (entry.answered_at is not None and entry.answered_at < asked_at)
            )
        ]
        await self._forget(done)

    async def sweep(self) -> None:
        """What is whole is taken; so is a long message that has waited long enough for the rest."""
        late = time.time() - self._parts_seconds
        due = [
            parts
            for parts in self._waiting.values()
            if _is_whole(parts) or min(entry.kept.at for entry in parts) <= late
        ]
        for parts in due:
            if parts[0].state == "waiting":
                self._claim(parts)
                await self._take_claimed(parts)

    # ---- inside ----

    def _add(self, entry: _Entry) -> None:
        self._entries.setdefault(entry.digest, []).append(entry)
        self._waiting.setdefault(entry.kept.message, []).append(entry)

    def _known(self, digest: str) -> _Entry | None:
        """A delivery of an earlier session, or one that was not taken."""
        for entry in self._entries.get(digest, ()):
            if entry.session < self._session or entry.state == "waiting":
                return entry
        return None

    async def _keep(self, pdu: Pdu, deliver: Deliver) -> _Entry:
        name = uuid4().hex
        message = name
        if deliver.concat is not None:
            others = self._waiting_with(deliver, deliver.concat)
            numbers = {other.deliver.concat.number for other in others if other.deliver.concat}
            if deliver.concat.number in numbers:
                # The sender has begun to use the reference anew: what is there is all there is.
                self._claim(others)
                await self._take_claimed(others)
            elif others:
                message = others[0].kept.message
        kept = _Kept(
            id=name, message=message, command=pdu.command, body=pdu.body.hex(), at=time.time()
        )
        await asyncio.to_thread(_write, self._folder, kept)
        entry = _Entry(kept, session=self._session)
        self._add(entry)
        return entry

    def _waiting_with(self, deliver: Deliver, concat: Concat) -> Sequence[_Entry]:
        """Parts of the same message that are here already."""
        for parts in self._waiting.values():
            first = parts[0].deliver
            if (
                first.concat is not None
                and first.concat.reference == concat.reference
                and first.concat.total == concat.total
                and first.source.number == deliver.source.number
                and first.destination.number == deliver.destination.number
            ):
                return parts
        return ()

    def _claim(self, parts: Sequence[_Entry]) -> None:
        """Nobody else takes them, and nothing more joins them."""
        self._waiting.pop(parts[0].kept.message, None)
        for entry in parts:
            entry.state = "taking"

    async def _take_claimed(self, parts: Sequence[_Entry]) -> None:
        """They are taken, or wait as before."""
        state: Literal["waiting", "taken"] = "waiting"
        try:
            await self._take(_raw(parts))
            state = "taken"
        finally:
            for entry in parts:
                entry.state = state
            if state == "waiting":
                self._waiting[parts[0].kept.message] = list(parts)

    async def _forget(self, entries: Sequence[_Entry]) -> None:
        for entry in entries:
            others = self._entries[entry.digest]
            others.remove(entry)
            if not others:
                del self._entries[entry.digest]
        paths = [self._folder / f"{entry.kept.id}.json" for entry in entries]
        await asyncio.to_thread(_remove, paths)


def _is_whole(parts: Sequence[_Entry]) -> bool:
    if not parts:
        return False
    concat = parts[0].deliver.concat
    return concat is None or len(parts) >= concat.total


def _raw(parts: Sequence[_Entry]) -> Raw:
    first = parts[0]
    concat = first.deliver.concat
    message = SmppMessage(
        source=first.deliver.source.number,
        source_ton=first.deliver.source.ton,
        destination=first.deliver.destination.number,
        at=datetime.fromtimestamp(min(entry.kept.at for entry in parts), UTC),
        total=concat.total if concat else 1,
        parts=sorted((_part(entry.deliver) for entry in parts), key=lambda part: part.number),
    )
    return Raw(f"mo-{first.kept.message}", message.model_dump_json().encode())


def _part(deliver: Deliver) -> Part:
    return Part(
        number=deliver.concat.number if deliver.concat else 1,
        data_coding=deliver.data_coding,
        octets=deliver.content.hex(),
    )


def _read_all(folder: Path) -> list[_Kept]:
    """Whatever was written as a whole, from old to new; what was begun only is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    found: list[_Kept] = []
    for path in folder.iterdir():
        if path.suffix == ".tmp":
            path.unlink(missing_ok=True)
        elif path.suffix == ".json":
            try:
                found.append(_Kept.model_validate(orjson.loads(path.read_bytes())))
            except (ValidationError, orjson.JSONDecodeError):
                log.warning("sms.spool_unreadable", file=path.name)
    return sorted(found, key=lambda kept: (kept.at, kept.id))


def _write(folder: Path, kept: _Kept) -> None:
    """On the disk when this returns: the centre will be told to forget it."""
    unfinished = folder / f"{kept.id}.tmp"
    with unfinished.open("wb") as file:
        file.write(kept.model_dump_json().encode())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / f"{kept.id}.json")
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
