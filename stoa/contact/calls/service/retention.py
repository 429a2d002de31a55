"""Sound goes when its time is up, and its bytes with it."""

from datetime import timedelta
from uuid import UUID

import structlog

from stoa.contact.calls.recordings import storing
from stoa.contact.calls.recordings.listening import EXPIRED, subject_of
from stoa.contact.calls.service.board import Desk, open_board
from stoa.contact.calls.service.settling import settle
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.jobs.queue import Payload
from stoa.platform.node import Node
from stoa.platform.storage.blobs import drop_blob

AT_ONCE = 100
# No file that might yet be found is waited for longer than this.
LOST_AFTER = timedelta(days=2)

log = structlog.get_logger()


async def expire_recordings(node: Node) -> None:
    """Every recording whose last day was yesterday is gone; what was agreed to stays in the
    ledger, and who listened in the audit.
    """
    total = 0
    while gone := await _expire_some(node):
        total += gone
    lost = await _give_up(node)
    log.info("recordings.expired", count=total, lost=lost)


async def _expire_some(node: Node) -> int:
    async with node.database.begin() as session:
        due = await storing.due(session, today=now().date(), limit=AT_ONCE)
        if not due:
            return 0
        board = await open_board(
            session, ids={recording.call_id for recording in due}, is_whole=False
        )
        for recording in due:
            current = await storing.get_recording(session, recording_id=recording.id)
            if current.state != "kept":
                continue  # somebody deleted it while this waited for the lock
            await storing.delete(session, recording=current, by=None)
            await record_audit(
                session, staff_id=None, action=EXPIRED, subject=subject_of(recording.id)
            )
            board.touch(recording.call_id)
        await settle(board, Desk())
    return len(due)


async def _give_up(node: Node) -> int:
    """Recordings whose file was never found have failed."""
    async with node.database.begin() as session:
        found = await storing.unfinished(session, ended_before=now() - LOST_AFTER)
        ids = {recording.call_id for recording in found}
        board = await open_board(session, ids=ids, is_whole=False)
        for recording in found:
            await storing.fail(session, recording=recording)
            board.touch(recording.call_id)
        await settle(board, Desk())
    return len(found)


async def drop_recorded_blob(node: Node, payload: Payload) -> None:
    """The bytes are off the disk. No two recordings are alike, so nobody else needs them."""
    await drop_blob(node.database, node.blobs, blob_id=UUID(payload["blob_id"]), fresh_seconds=0)
