"""Files in conversations: taken in, previewed, taken into a message, given out, swept."""

import asyncio
import hashlib
import hmac
import io
import time
from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image, ImageOps, UnidentifiedImageError

from stoa.contact.conversations import filetypes
from stoa.contact.conversations.errors import AttachmentUnknown, FileTypeRefused
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.schemas import AttachmentView
from stoa.platform.clock import now
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from stoa.platform.storage.blobs import BlobStore, StoredBytes, record_blob

PREVIEW_PIXELS = 640
MAX_PIXELS = 50_000_000
KEY_LASTS_SECONDS = 24 * 3600

# What Pillow raises for bytes that begin like a picture and are none.
UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
)

COLUMNS = (
    "id, file_name, media_type, size_bytes, width, height, preview_blob_id IS NOT NULL AS preview"
)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture measures, upright, and a small copy of it without its metadata."""

    width: int
    height: int
    preview: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    key: str
    media_type: str
    file_name: str


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """A file that is stored and looked at, and not yet known to the database."""

    view: AttachmentView
    stored: StoredBytes
    preview: StoredBytes | None


async def take_in(
    database: Database,
    blobs: BlobStore,
    *,
    sender: Sender,
    header_name: str,
    chunks: AsyncIterable[bytes],
    max_bytes: int,
) -> AttachmentView:
    """The file is stored and belongs to `sender`, who may name it in a message within a day.

    Raises:
        TooLarge, StorageFull: nothing is kept.
        FileTypeRefused: not a kind that is passed on; nothing is kept.
    """
    stored = await blobs.save_stream(chunks, max_bytes=max_bytes)
    file = await _look_at(database, blobs, stored=stored, file_name=header_name)
    async with database.begin() as session:
        await _record(
            session,
            file,
            visitor_id=sender.visitor_id,
            staff_id=sender.staff_id,
            inbox_id=None,
        )
    return file.view


async def _look_at(
    database: Database, blobs: BlobStore, *, stored: StoredBytes, file_name: str
) -> StoredAttachment:
    """What the stored bytes are, with a preview of a picture.

    Raises:
        FileTypeRefused: not a kind that is passed on; the bytes are gone.
    """
    path = blobs.local_path(stored.key)
    try:
        media_type = await asyncio.to_thread(filetypes.media_type_of, path)
        picture = None
        if media_type in filetypes.PREVIEWED:
            picture = await asyncio.to_thread(read_picture, path)
    except FileTypeRefused:
        await _discard(database, blobs, stored=stored)
        raise
    view = AttachmentView(
        id=new_id(),
        file_name=filetypes.clean_file_name(file_name),
        media_type=media_type,
        size_bytes=stored.size_bytes,
        width=picture.width if picture else None,
        height=picture.height if picture else None,
        has_preview=picture is not None,
    )
    preview = await blobs.save(picture.preview) if picture else None
    return StoredAttachment(view, stored, preview)


async def _record(
    session: Session,
    file: StoredAttachment,
    *,
    visitor_id: UUID | None,
    staff_id: UUID | None,
    inbox_id: UUID | None,
) -> None:
    view = file.view
    blob = await record_blob(session, stored=file.stored, media_type=view.media_type)
    small = None
    if file.preview is not None:
        small = await record_blob(session, stored=file.preview, media_type="image/webp")
    await session.execute(
        "INSERT INTO attachment (id, visitor_id, staff_id, blob_id, preview_blob_id, file_name,"
        " media_type, size_bytes, width, height, created_at, inbox_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        view.id,
        visitor_id,
        staff_id,
        blob.id,
        small.id if small else None,
        view.file_name,
        view.media_type,
        view.size_bytes,
        view.width,
        view.height,
        now(),
        inbox_id,
    )


def read_picture(path: Path) -> Picture:
    """Raises:
    FileTypeRefused: no picture after all, or one that would fill the memory.
    """
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise FileTypeRefused()
            image.draft("RGB", (PREVIEW_PIXELS * 2, PREVIEW_PIXELS * 2))
            full = image.size
            upright = ImageOps.exif_transpose(image)
            is_turned = (upright.width > upright.height) != (full[0] > full[1])
            upright.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
            has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
            small = upright.convert("RGBA" if has_alpha else "RGB")
            target = io.BytesIO()
            small.save(target, "WEBP", quality=80)
    except UNREADABLE as error:
        raise FileTypeRefused() from error
    width, height = full[::-1] if is_turned else full
    return Picture(width, height, target.getvalue())


async def store_from_outside(
    database: Database, blobs: BlobStore, *, file_name: str, content: bytes
) -> StoredAttachment:
    """The bytes are stored.

    Raises:
        FileTypeRefused: not a kind that is passed on; nothing is kept.
        StorageFull: nothing is kept.
    """
    stored = await blobs.save(content)
    return await _look_at(database, blobs, stored=stored, file_name=file_name)


async def record_from_outside(
    session: Session, *, file: StoredAttachment, inbox_id: UUID
) -> AttachmentView:
    """The file is an attachment without a message yet; `give_to_message` is called next."""
    await _record(session, file, visitor_id=None, staff_id=None, inbox_id=inbox_id)
    return file.view


async def give_to_message(
    session: Session, *, ids: Sequence[UUID], conversation_id: UUID, message_id: UUID
) -> None:
    """The files belong to the message.

    Raises:
        AttachmentUnknown: one belongs to another message already.
    """
    count = await session.execute(
        "UPDATE attachment SET conversation_id = $2, message_id = $3"
        " WHERE id = ANY($1::uuid[]) AND (message_id IS NULL OR message_id = $3)",
        ids,
        conversation_id,
        message_id,
    )
    if count != len(set(ids)):
        raise AttachmentUnknown()


async def _discard(database: Database, blobs: BlobStore, *, stored: StoredBytes) -> None:
    """The refused bytes are gone, unless something else is made of the very same ones."""
    async with database.read() as session:
        is_known = await session.fetch_value(
            "SELECT EXISTS (SELECT FROM blob WHERE key = $1)", stored.key
        )
    if not is_known:
        await blobs.delete(stored.key)


async def load_unsent(
    session: ReadSession, *, ids: list[UUID], sender: Sender, client_id: str
) -> list[dict[str, Any]]:
    """The sender's uploads as a message carries them, in the order named.

    Those of a message that was stored already under `client_id` count too: it is being sent again.

    Raises:
        AttachmentUnknown: one is not the sender's, is in another message, or was swept.
    """
    rows = await session.fetch(
        f"SELECT {COLUMNS} FROM attachment a WHERE id = ANY($1::uuid[])"
        " AND visitor_id IS NOT DISTINCT FROM $2 AND staff_id IS NOT DISTINCT FROM $3"
        " AND (message_id IS NULL OR EXISTS"
        " (SELECT FROM message m WHERE m.id = a.message_id AND m.client_id = $4))",
        ids,
        sender.visitor_id,
        sender.staff_id,
        client_id,
    )
    known = {row["id"]: row for row in rows}
    if known.keys() != set(ids):
        raise AttachmentUnknown()
    return [
        AttachmentView(
            id=row["id"],
            file_name=row["file_name"],
            media_type=row["media_type"],
            size_bytes=row["size_bytes"],
            width=row["width"],
            height=row["height"],
            has_preview=row["preview"],
        ).model_dump(mode="json")
        for row in (known[id_] for id_ in dict.fromkeys(ids))
    ]


async def find_file(
    session: ReadSession,
    *,
    attachment_id: UUID,
    is_preview: bool,
    is_staff: bool,
    visitor_id: UUID | None,
    open_conversation_id: UUID | None,
) -> StoredFile:
    """The file, for staff, for the visitor who uploaded it or whose conversation it is in, and for
    whoever shows the key of that conversation.

    Raises:
        NotFound: no such file, or not for this reader; nobody learns which.
    """
    row = await session.fetch_one(
        "SELECT b.key, b.media_type, a.file_name FROM attachment a"
        " LEFT JOIN conversation c ON c.id = a.conversation_id"
        " JOIN blob b ON b.id = CASE WHEN $2 THEN a.preview_blob_id ELSE a.blob_id END"
        " WHERE a.id = $1 AND ($3 OR a.visitor_id = $4 OR c.visitor_id = $4 OR c.id = $5)",
        attachment_id,
        is_preview,
        is_staff,
        visitor_id,
        open_conversation_id,
    )
    if row is None:
        raise NotFound()
    return StoredFile(row["key"], row["media_type"], row["file_name"])


def make_key(secret: bytes, *, conversation_id: UUID) -> str:
    """A key to this conversation's files for a day, for frames whose cookies do not travel."""
    expires = int(time.time()) + KEY_LASTS_SECONDS
    return f"{conversation_id}.{expires}.{_signature(secret, conversation_id, expires)}"


def conversation_of_key(secret: bytes, *, key: str | None) -> UUID | None:
    """The conversation that a good, unexpired key opens."""
    parts = (key or "").split(".")
    if len(parts) != 3 or not parts[1].isdigit() or len(parts[1]) > 12:
        return None
    try:
        conversation_id = UUID(parts[0])
    except ValueError:
        return None
    expected = _signature(secret, conversation_id, int(parts[1]))
    is_good = hmac.compare_digest(expected.encode(), parts[2].encode())
    return conversation_id if is_good and int(parts[1]) > time.time() else None


def _signature(secret: bytes, conversation_id: UUID, expires: int) -> str:
    text = f"attachments:{conversation_id}:{expires}".encode()
    return hmac.new(secret, text, hashlib.sha256).hexdigest()
