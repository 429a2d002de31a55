"""A shop's own recordings: taken in, listed, dropped. They say what the machine would."""

import asyncio
import tempfile
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from stoa.contact.calls.prompts import programs
from stoa.contact.calls.prompts.errors import SoundNotMade, refusal
from stoa.contact.calls.prompts.lines import UPLOADABLE, WORDLESS, Line, Prompt, sentence
from stoa.contact.calls.prompts.schemas import OwnRecording, PromptsView, PromptText, PromptView
from stoa.contact.calls.prompts.transcoding import Job
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.errors import TooLarge
from stoa.platform.i18n.locale import LOCALES, Locale
from stoa.platform.storage.blobs import (
    BlobStore,
    StoredBytes,
    drop_blob,
    read_in_chunks,
    record_blob,
)

MAX_BYTES = 64 * 1024 * 1024
VOICE_MAX_SECONDS = 60
MUSIC_MAX_SECONDS = 300
MEDIA_TYPE = "audio/ogg"


@dataclass(frozen=True, slots=True)
class Place:
    """What a recording is for. `locale` is empty for music, which has no language."""

    shop_id: UUID
    key: Prompt
    locale: Locale | None

    @property
    def max_seconds(self) -> int:
        return max_seconds(self.key)

    @property
    def subject(self) -> str:
        return f"shop:{self.shop_id}"


def max_seconds(key: Prompt) -> int:
    """How long a recording of this may be."""
    return MUSIC_MAX_SECONDS if key is Prompt.MUSIC else VOICE_MAX_SECONDS


async def list_prompts(session: ReadSession, *, shop_id: UUID) -> PromptsView:
    """Everything that may be said in the shop's own voice, and what already is."""
    rows = await session.fetch(
        "SELECT p.key, p.locale, p.duration_ms, p.updated_at, s.name AS updated_by"
        " FROM call_prompt p LEFT JOIN staff s ON s.id = p.updated_by WHERE p.shop_id = $1",
        shop_id,
    )
    own = {
        (row["key"], row["locale"]): OwnRecording(
            duration_ms=row["duration_ms"],
            updated_at=row["updated_at"],
            updated_by=row["updated_by"],
        )
        for row in rows
    }

    def text(key: Prompt, locale: Locale) -> PromptText:
        words = sentence(Line(key), locale=locale)
        return PromptText(locale=locale, words=words, own=own.get((key, locale)))

    def texts(key: Prompt) -> list[PromptText]:
        if key in WORDLESS:
            return [PromptText(locale="", words="", own=own.get((key, "")))]
        return [text(key, locale) for locale in LOCALES]

    return PromptsView(
        is_spoken=programs.find_speaker() is not None,
        max_bytes=MAX_BYTES,
        prompts=[
            PromptView(key=key, max_seconds=max_seconds(key), texts=texts(key))
            for key in UPLOADABLE
        ],
    )


async def take_in(
    database: Database,
    blobs: BlobStore,
    *,
    place: Place,
    chunks: AsyncIterable[bytes],
    staff_id: UUID,
) -> None:
    """The recording is what callers hear from now on, as loud as everything else.

    Raises:
        TooLarge, StorageFull: nothing is kept.
        SoundUnreadable, SoundTooLong, SoundSilent, SoundNotMade: nothing is kept.
    """
    with tempfile.TemporaryDirectory(prefix="stoa-upload-") as folder:
        source, target = Path(folder) / "in", Path(folder) / "out.ogg"
        await _write(chunks, source)
        duration_ms = await _convert(source, target, place=place)
        stored = await blobs.save_stream(read_in_chunks(target), max_bytes=MAX_BYTES)
    async with database.begin() as session:
        old = await _take_place(
            session, place=place, stored=stored, duration_ms=duration_ms, staff_id=staff_id
        )
    if old is not None:
        await drop_blob(database, blobs, blob_id=old)


async def _write(chunks: AsyncIterable[bytes], target: Path) -> None:
    size = 0
    with await asyncio.to_thread(target.open, "wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise TooLarge(max_bytes=MAX_BYTES)
            await asyncio.to_thread(file.write, chunk)


async def _convert(source: Path, target: Path, *, place: Place) -> int:
    job = Job(
        source=source,
        target=target,
        kind="music" if place.key is Prompt.MUSIC else "voice",
        max_seconds=place.max_seconds,
    )
    try:
        [outcome] = await programs.transcode([job])
    except programs.ProgramFailed as error:
        raise SoundNotMade from error
    if outcome.problem:
        raise refusal(outcome.problem, max_seconds=place.max_seconds)
    return outcome.duration_ms


async def _take_place(
    session: Session, *, place: Place, stored: StoredBytes, duration_ms: int, staff_id: UUID
) -> UUID | None:
    """Returns the blob of the recording that was there before, when it is another one."""
    blob = await record_blob(session, stored=stored, media_type=MEDIA_TYPE)
    old: UUID | None = await session.fetch_value(
        "SELECT blob_id FROM call_prompt"
        " WHERE shop_id = $1 AND key = $2 AND locale = $3 FOR UPDATE",
        place.shop_id,
        place.key,
        place.locale or "",
    )
    await session.execute(
        "INSERT INTO call_prompt"
        " (shop_id, key, locale, blob_id, duration_ms, updated_by, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (shop_id, key, locale) DO UPDATE SET blob_id = EXCLUDED.blob_id,"
        " duration_ms = EXCLUDED.duration_ms, updated_by = EXCLUDED.updated_by,"
        " updated_at = EXCLUDED.updated_at",
        place.shop_id,
        place.key,
        place.locale or "",
        blob.id,
        duration_ms,
        staff_id,
        now(),
    )
    await record_audit(
        session,
        staff_id=staff_id,
        action="prompt.recorded",
        subject=place.subject,
        details={"key": place.key, "locale": place.locale},
    )
    return old if old != blob.id else None


async def drop_from_place(session: Session, *, place: Place) -> UUID | None:
    """The machine speaks again; returns the blob that is no longer needed."""
    blob_id: UUID | None = await session.fetch_value(
        "DELETE FROM call_prompt WHERE shop_id = $1 AND key = $2 AND locale = $3 RETURNING blob_id",
        place.shop_id,
        place.key,
        place.locale or "",
    )
    return blob_id
