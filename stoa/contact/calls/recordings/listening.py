"""Who may listen, who did, and the audit that says so."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from stoa.contact.calls.recordings.rules import begins_listening
from stoa.contact.calls.recordings.schemas import ListeningView, RecordingAudit
from stoa.contact.calls.recordings.storing import Kind
from stoa.people.identity.models import Role, Staff
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import Forbidden, NotFound

HEARD = "recording.heard"
DOWNLOADED = "recording.downloaded"
DELETED = "recording.deleted"
EXPIRED = "recording.expired"  # its time was up
WITHDRAWN = "recording.withdrawn"  # deleted because the customer took consent back
Act = Literal["heard", "downloaded"]


@dataclass(frozen=True, slots=True)
class KeptSound:
    """Bytes of a recording that is there."""

    recording_id: UUID
    call_id: UUID
    kind: Kind
    key: str
    media_type: str
    file_name: str
    duration: timedelta


def subject_of(recording_id: UUID) -> str:
    return f"recording:{recording_id}"


async def find_sound(session: ReadSession, *, recording_id: UUID) -> KeptSound:
    """Raises:
    NotFound: no such recording, or its sound is not there (yet, or any more).
    """
    row = await session.fetch_one(
        "SELECT r.id, r.call_id, r.kind, r.duration_ms, r.started_at, b.key, r.media_type"
        " FROM call_recording r JOIN blob b ON b.id = r.blob_id"
        " WHERE r.id = $1 AND r.state = 'kept'",
        recording_id,
    )
    if row is None:
        raise NotFound()
    return KeptSound(
        recording_id=row["id"],
        call_id=row["call_id"],
        kind=row["kind"],
        key=row["key"],
        media_type=row["media_type"],
        file_name=f"{row['kind']}-{row['started_at']:%Y-%m-%d-%H%M}-{str(row['id'])[-4:]}.ogg",
        duration=timedelta(milliseconds=row["duration_ms"]),
    )


async def require_listener(session: ReadSession, *, sound: KeptSound, staff: Staff) -> None:
    """A message is everybody's work. What was said in a call is for those who spoke in it, and for
    supervisors.

    Raises:
        Forbidden: neither.
    """
    if sound.kind == "voicemail" or staff.role.includes(Role.SUPERVISOR):
        return
    has_spoken = await session.fetch_value(
        "SELECT EXISTS (SELECT FROM call_leg WHERE call_id = $1 AND staff_id = $2)",
        sound.call_id,
        staff.id,
    )
    if not has_spoken:
        raise Forbidden()


async def note_listening(
    session: Session, *, sound: KeptSound, staff_id: UUID, act: Act, first_byte: int
) -> None:
    """The audit knows of this listening; a player that jumps within one adds nothing."""
    subject, at = subject_of(sound.recording_id), now()
    if act == "downloaded":
        await record_audit(session, staff_id=staff_id, action=DOWNLOADED, subject=subject)
        return
    last_at = await session.fetch_value(
        "SELECT max(created_at) FROM audit_entry"
        " WHERE subject = $1 AND action = $2 AND staff_id = $3",
        subject,
        HEARD,
        staff_id,
    )
    if begins_listening(first_byte=first_byte, last_at=last_at, at=at, length=sound.duration):
        await record_audit(session, staff_id=staff_id, action=HEARD, subject=subject)


async def audit_of(session: ReadSession, *, recording_id: UUID) -> RecordingAudit:
    """Everything that was done with a recording, the newest first; also of one that is gone."""
    rows = await session.fetch(
        "SELECT a.id, a.action, a.staff_id, s.name, a.created_at FROM audit_entry a"
        " LEFT JOIN staff s ON s.id = a.staff_id WHERE a.subject = $1"
        " ORDER BY a.created_at DESC, a.id DESC LIMIT 500",
        subject_of(recording_id),
    )
    return RecordingAudit(
        entries=[
            ListeningView(
                id=row["id"],
                act=row["action"].removeprefix("recording."),
                staff_id=row["staff_id"],
                name=row["name"],
                at=row["created_at"],
            )
            for row in rows
        ]
    )


async def find_own_voicemail(
    session: ReadSession,
    *,
    recording_id: UUID,
    visitor_id: UUID | None,
    conversation_id: UUID | None,
) -> KeptSound:
    """The message that this visitor, or whoever shows the conversation's key, left.

    Raises:
        NotFound: no such message, or somebody else's; nobody learns which.
    """
    sound = await find_sound(session, recording_id=recording_id)
    is_theirs = await session.fetch_value(
        "SELECT EXISTS (SELECT FROM call WHERE id = $1"
        " AND (visitor_id = $2 OR conversation_id = $3))",
        sound.call_id,
        visitor_id,
        conversation_id,
    )
    if sound.kind != "voicemail" or not is_theirs:
        raise NotFound()
    return sound
