"""A recording has ended: its file becomes a blob, or nothing at all."""

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

from stoa.contact.calls.media.engine import RecordingEnded
from stoa.contact.calls.prompts.programs import ProgramFailed, run
from stoa.contact.calls.queries import get_call, settings_of
from stoa.contact.calls.recordings import rules, storing
from stoa.contact.calls.recordings.consents import customer_agrees
from stoa.contact.calls.recordings.measured import Measured
from stoa.contact.calls.recordings.storing import Recording, get_recording
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.settling import settle
from stoa.contact.conversations.service import publish_change, wait_for_answer
from stoa.platform.clock import now
from stoa.platform.database.session import Database, ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.storage.blobs import BlobStore, StoredBytes, read_in_chunks

MAX_BYTES = 2 * 1024**3
# Less is a click and a breath, and nobody's message.
SHORTEST = timedelta(milliseconds=700)
MEASURE_SECONDS = 120.0

log = structlog.get_logger()


def spool_path(data_dir: Path, *, recording_id: UUID) -> Path:
    """Where a recording is written while it is being made."""
    return data_dir / "recordings" / f"{recording_id}.ogg"


async def keep_recording(database: Database, blobs: BlobStore, *, ended: RecordingEnded) -> None:
    """What may be kept is a blob and in the timeline; the file it was written to is gone.

    Without the customer's standing consent no byte of a call reaches the blob store. A file that
    broke off is kept as far as it goes. What was settled before is not settled twice.

    Raises:
        StorageFull: the disk has no room; the file stays, and this may be tried again.
    """
    async with database.read() as session:
        try:
            recording = await get_recording(session, recording_id=ended.recording_id)
        except NotFound:
            recording = None
        is_wanted = recording is not None and await _may_be_kept(session, recording)
    stored = None
    if is_wanted and await asyncio.to_thread(ended.path.exists):
        ended = await _measured(ended)
        is_wanted = timedelta(milliseconds=ended.duration_ms) >= SHORTEST
    if is_wanted and ended.duration_ms:
        stored = await blobs.save_stream(read_in_chunks(ended.path), max_bytes=MAX_BYTES)
    if recording is not None:
        async with database.begin() as session:
            is_kept = await _settle(session, recording, ended=ended, stored=stored)
        if stored is not None and not is_kept:
            await blobs.delete(stored.key)
    await asyncio.to_thread(ended.path.unlink, missing_ok=True)


async def _measured(ended: RecordingEnded) -> RecordingEnded:
    """With its waveform, which a process that died could not tell any more."""
    if ended.waveform or ended.is_complete:
        return ended
    try:
        measured = await measure(ended.path)
    except ProgramFailed as error:
        log.warning("recording.not_measured", recording=str(ended.recording_id), exc_info=error)
        return ended
    return replace(ended, duration_ms=measured.duration_ms, waveform=measured.waveform)


async def measure(path: Path) -> Measured:
    """Raises:
    ProgramFailed: the program that measures died or took too long.
    """
    arguments = (sys.executable, "-m", "stoa.contact.calls.recordings.measuring", str(path))
    return Measured.model_validate_json(await run(arguments, b"", seconds=MEASURE_SECONDS))


async def _may_be_kept(session: ReadSession, recording: Recording) -> bool:
    if recording.state != "running":
        return False
    if recording.kind == "voicemail":
        return True  # whoever speaks after the tone wants to be heard
    call = await get_call(session, call_id=recording.call_id)
    return await customer_agrees(session, call_id=call.id, visitor_id=call.visitor_id)


async def _settle(
    session: Session, known: Recording, *, ended: RecordingEnded, stored: StoredBytes | None
) -> bool:
    """The row says what became of it; returns whether the stored bytes are kept."""
    board = await open_board(session, ids=[known.call_id], is_whole=False)
    recording = await get_recording(session, recording_id=known.id)
    if recording.state != "running":
        return False  # deleted or kept by somebody else meanwhile
    is_kept = stored is not None and await _may_be_kept(session, recording)
    if stored is not None and is_kept:
        call = board.get(recording.call_id)
        settings = await settings_of(session, shop_id=call.shop_id)
        await storing.keep(
            session,
            recording=recording,
            stored=stored,
            duration_ms=ended.duration_ms,
            waveform=ended.waveform,
            is_complete=ended.is_complete,
            due=rules.delete_after(now(), retention_days=settings.retention_days),
        )
    else:
        await storing.fail(session, recording=recording)
    board.touch(recording.call_id)
    await settle(board, Desk())
    if is_kept and recording.kind == "voicemail":
        call = board.get(recording.call_id)
        words = translator(as_locale(call.locale) or DEFAULT_LOCALE, "counter")
        await wait_for_answer(
            session,
            conversation_id=call.conversation_id,
            preview=words("call.preview.voicemail"),
            at=board.at,
        )
        await publish_change(session, conversation_id=call.conversation_id)
    log.info("recording.ended", recording=str(recording.id), is_kept=is_kept)
    return is_kept
