"""The blob store: bytes under a key made from their content, and a row in the database."""

import asyncio
import contextlib
import errno
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

import asyncpg

from stoa.platform.clock import now
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.errors import DomainError, TooLarge
from stoa.platform.ids import new_id

FRESH_SECONDS = 3600


class StorageFull(DomainError):
    """The disk has no room; nothing was kept."""

    code = "storage_full"
    status = 507


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """Bytes that are safely stored, not yet known to the database."""

    key: str
    sha256: bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Blob:
    id: UUID
    key: str
    sha256: bytes
    media_type: str
    size_bytes: int


class BlobStore(Protocol):
    """Same content, same key: saving twice stores once."""

    async def save(self, data: bytes) -> StoredBytes: ...

    async def save_stream(self, chunks: AsyncIterable[bytes], *, max_bytes: int) -> StoredBytes: ...

    async def load(self, key: str) -> bytes: ...

    def local_path(self, key: str) -> Path: ...

    async def delete(self, key: str) -> None: ...


class LocalBlobStore:
    """A folder outside the web root, two levels deep by the content's hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.incoming = folder / "incoming"
        self.incoming.mkdir(parents=True, exist_ok=True)

    async def save(self, data: bytes) -> StoredBytes:
        async def once() -> AsyncIterable[bytes]:
            yield data

        return await self.save_stream(once(), max_bytes=len(data))

    async def save_stream(self, chunks: AsyncIterable[bytes], *, max_bytes: int) -> StoredBytes:
        """The bytes are on disk (fsync) under their key.

        Raises:
            TooLarge: more than `max_bytes` came; nothing is kept.
            StorageFull: the disk has no room; nothing is kept.
        """
        digest, size = hashlib.sha256(), 0
        try:
            with tempfile.NamedTemporaryFile(dir=self.incoming, delete=False) as file:
                try:
                    async for chunk in chunks:
                        size += len(chunk)
                        if size > max_bytes:
                            raise TooLarge(max_bytes=max_bytes)
                        digest.update(chunk)
                        await asyncio.to_thread(file.write, chunk)
                    file.flush()
                    await asyncio.to_thread(os.fsync, file.fileno())
                    key = self._key(digest.hexdigest())
                    path = self.local_path(key)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    os.replace(file.name, path)
                except BaseException:
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(file.name)
                    raise
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull from error
            raise
        return StoredBytes(key, digest.digest(), size)

    async def load(self, key: str) -> bytes:
        return await asyncio.to_thread(self.local_path(key).read_bytes)

    def local_path(self, key: str) -> Path:
        return self.folder / key

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self.local_path(key).unlink, missing_ok=True)

    @staticmethod
    def _key(hex_digest: str) -> str:
        return f"{hex_digest[:2]}/{hex_digest[2:4]}/{hex_digest}"


async def record_blob(session: Session, *, stored: StoredBytes, media_type: str) -> Blob:
    """The database knows the stored bytes; the same content gives the same blob."""
    row = await session.fetch_one(
        "INSERT INTO blob (id, key, sha256, media_type, size_bytes, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (key) DO UPDATE SET key = EXCLUDED.key"
        " RETURNING id, key, sha256, media_type, size_bytes",
        new_id(),
        stored.key,
        stored.sha256,
        media_type,
        stored.size_bytes,
        now(),
    )
    assert row is not None
    return Blob(**row)


async def get_blob(session: ReadSession, *, blob_id: UUID) -> Blob | None:
    row = await session.fetch_one(
        "SELECT id, key, sha256, media_type, size_bytes FROM blob WHERE id = $1", blob_id
    )
    return Blob(**row) if row else None


async def drop_blob(
    database: Database, blobs: BlobStore, *, blob_id: UUID, fresh_seconds: float = FRESH_SECONDS
) -> bool:
    """The blob is gone, unless something else shows the same bytes; returns whether it is.

    Bytes that were stored within `fresh_seconds` stay on the disk: the same ones may be on their
    way in again, and lie there before their row does. Nothing to fear of bytes that are like no
    others, such as a recording.
    """
    try:
        async with database.begin() as session:
            key = await session.fetch_value("DELETE FROM blob WHERE id = $1 RETURNING key", blob_id)
    except asyncpg.ForeignKeyViolationError:
        return False
    if key is None:
        return True
    age = await asyncio.to_thread(_age_seconds, blobs.local_path(key))
    if age >= fresh_seconds:
        await blobs.delete(key)
    return True


def _age_seconds(path: Path) -> float:
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except FileNotFoundError:
        return 0.0


async def read_in_chunks(path: Path, *, chunk_bytes: int = 256 * 1024) -> AsyncIterator[bytes]:
    """The bytes of a file for `BlobStore.save_stream`, while the loop goes on."""
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, chunk_bytes):
            yield chunk
