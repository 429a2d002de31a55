"""Recordings as rows and blobs. All rows of a call change under the lock that its changes take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Row, Session
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from stoa.platform.jobs.queue import enqueue
from stoa.platform.storage.blobs import StoredBytes, record_blob

MEDIA_TYPE = "audio/ogg"
DROP_JOB = "recording.drop_blob"

Kind = Literal["call", "voicemail"]
State = Literal["running", "kept", "failed", "deleted"]
CHANNELS: dict[Kind, Literal[1, 2]] = {"call": 2, "voicemail": 1}


@dataclass(frozen=True, slots=True)
class Recording:
    id: UUID
    call_id: UUID
    kind: Kind
    state: State
    blob_id: UUID | None
    duration_ms: int
    started_at: datetime


_COLUMNS = "id, call_id, kind, state, blob_id, duration_ms, started_at"


def _recording(row: Row) -> Recording:
    return Recording(**row)


async def get_recording(session: ReadSession, *, recording_id: UUID) -> Recording:
    """Raises:
    NotFound: no such recording.
    """
    row = await session.fetch_one(
        f"SELECT {_COLUMNS} FROM call_recording WHERE id = $1", recording_id
    )
    if row is None:
        raise NotFound()
    return _recording(row)


async def running(session: ReadSession, *, call_id: UUID) -> Recording | None:
    """What is being recorded of the call now."""
    row = await session.fetch_one(
        f"SELECT {_COLUMNS} FROM call_recording WHERE call_id = $1 AND state = 'running'"
        " ORDER BY started_at DESC, id DESC LIMIT 1",
        call_id,
    )
    return _recording(row) if row else None


async def begin(session: Session, *, call_id: UUID, kind: Kind) -> Recording:
    """The call has a recording that is being made."""
    recording = Recording(
        id=new_id(),
        call_id=call_id,
        kind=kind,
        state="running",
        blob_id=None,
        duration_ms=0,
        started_at=now(),
    )
    await session.execute(
        "INSERT INTO call_recording (id, call_id, kind, state, media_type, channels, started_at)"
        " VALUES ($1, $2, $3, 'running', $4, $5, $6)",
        recording.id,
        call_id,
        kind,
        MEDIA_TYPE,
        CHANNELS[kind],
        recording.started_at,
    )
    return recording


async def keep(
    session: Session,
    *,
    recording: Recording,
    stored: StoredBytes,
    duration_ms: int,
    waveform: bytes,
    is_complete: bool,
    due: date,
) -> None:
    """The sound can be listened to until the end of the day `due`."""
    blob = await record_blob(session, stored=stored, media_type=MEDIA_TYPE)
    await session.execute(
        "UPDATE call_recording SET state = 'kept', blob_id = $2, duration_ms = $3, waveform = $4,"
        " is_complete = $5, ended_at = $6, delete_after = $7 WHERE id = $1",
        recording.id,
        blob.id,
        duration_ms,
        waveform,
        is_complete,
        now(),
        due,
    )


async def fail(session: Session, *, recording: Recording) -> None:
    """There is no sound of it, and it is not anybody's wish."""
    await session.execute(
        "UPDATE call_recording SET state = 'failed', ended_at = $2 WHERE id = $1",
        recording.id,
        now(),
    )


async def delete(session: Session, *, recording: Recording, by: UUID | None) -> None:
    """The sound is gone for good, with what was drawn from it; that there was one stays known.

    The bytes go right after the commit, by a job, so that no crash can leave them behind.
    """
    await session.execute(
        "UPDATE call_recording SET state = 'deleted', blob_id = NULL, waveform = '',"
        " ended_at = coalesce(ended_at, $2), delete_after = NULL, deleted_at = $2, deleted_by = $3"
        " WHERE id = $1",
        recording.id,
        now(),
        by,
    )
    if recording.blob_id is not None:
        await enqueue(session, DROP_JOB, {"blob_id": recording.blob_id}, priority=1)


async def of_call(session: ReadSession, *, call_id: UUID) -> Sequence[Recording]:
    rows = await session.fetch(
        f"SELECT {_COLUMNS} FROM call_recording WHERE call_id = $1 ORDER BY started_at, id",
        call_id,
    )
    return [_recording(row) for row in rows]


async def due(session: ReadSession, *, today: date, limit: int) -> Sequence[Recording]:
    """Recordings whose last day was before `today`."""
    rows = await session.fetch(
        f"SELECT {_COLUMNS} FROM call_recording WHERE state = 'kept' AND delete_after < $1"
        " ORDER BY delete_after, id LIMIT $2",
        today,
        limit,
    )
    return [_recording(row) for row in rows]


async def unfinished(session: ReadSession, *, ended_before: datetime) -> Sequence[Recording]:
    """Recordings of calls that ended before then, and that nobody has closed."""
    rows = await session.fetch(
        "SELECT r.id, r.call_id, r.kind, r.state, r.blob_id, r.duration_ms, r.started_at"
        " FROM call_recording r JOIN call c ON c.id = r.call_id"
        " WHERE r.state = 'running' AND c.ended_at < $1 ORDER BY r.started_at, r.id LIMIT 500",
        ended_before,
    )
    return [_recording(row) for row in rows]
