"""What this node's engine writes, and what becomes of it when it has ended."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

from stoa.contact.calls.media.engine import MediaEngine, RecordingEnded
from stoa.contact.calls.models import Call, CallState
from stoa.contact.calls.recordings.rules import is_recorded
from stoa.contact.calls.recordings.storing import CHANNELS, Recording, running, unfinished
from stoa.contact.calls.service.keeping import keep_recording, spool_path
from stoa.platform.clock import now
from stoa.platform.node import Node
from stoa.platform.storage.blobs import StorageFull

# The engine closes its files within moments of a call's end.
CLOSED_WITHIN = timedelta(seconds=60)
LOOK_EVERY_SECONDS = 60.0

log = structlog.get_logger()


class Recorder:
    """One file at a time for each call. What is to be written is what the rows say."""

    def __init__(self, node: Node, engine: MediaEngine) -> None:
        self._node = node
        self._engine = engine
        self._writing: dict[UUID, UUID] = {}
        self._keeping: set[UUID] = set()

    async def follow(self, call: Call) -> None:
        """The engine writes what is wanted of the call now, and nothing else.

        Raises:
            MediaError: the engine cannot.
        """
        wanted = await self._wanted(call)
        writing = self._writing.get(call.id)
        if writing is not None and (wanted is None or wanted.id != writing):
            del self._writing[call.id]
            await self._engine.stop_recording(call.id, writing)
        if wanted is not None and self._writing.get(call.id) is None:
            await self._begin(call, wanted)

    async def _wanted(self, call: Call) -> Recording | None:
        is_message = call.state is CallState.VOICEMAIL
        if not is_message and not is_recorded(call):
            return None
        async with self._node.database.read() as session:
            return await running(session, call_id=call.id)

    async def _begin(self, call: Call, recording: Recording) -> None:
        path = self._path(recording.id)
        await asyncio.to_thread(path.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
        await self._engine.start_recording(
            call.id, recording_id=recording.id, path=path, channels=CHANNELS[recording.kind]
        )
        self._writing[call.id] = recording.id

    def forget(self, call_id: UUID) -> None:
        """The engine writes nothing of this call any more."""
        self._writing.pop(call_id, None)

    async def ended(self, event: RecordingEnded) -> None:
        """The file becomes a blob, or nothing. Where the disk is full it stays for later."""
        if self._writing.get(event.call_id) == event.recording_id:
            self.forget(event.call_id)
        if event.recording_id in self._keeping:
            return
        self._keeping.add(event.recording_id)
        try:
            await keep_recording(self._node.database, self._node.blobs, ended=event)
        except StorageFull:
            log.error("recording.no_room", recording=str(event.recording_id))
        finally:
            self._keeping.discard(event.recording_id)

    async def run(self) -> None:
        """Files that a crash left behind are kept or dropped, until cancelled."""
        while True:
            try:
                await self.take_up()
            except Exception:
                log.exception("recording.left_behind")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def take_up(self) -> None:
        """Recordings of calls that are over and whose end nobody told are settled, if their files
        are on this node; files that belong to nothing are gone.
        """
        async with self._node.database.read() as session:
            found = await unfinished(session, ended_before=now() - CLOSED_WITHIN)
        for recording in found:
            path = self._path(recording.id)
            if await asyncio.to_thread(path.exists):
                await self.ended(
                    RecordingEnded(
                        call_id=recording.call_id,
                        recording_id=recording.id,
                        path=path,
                        duration_ms=0,
                        waveform=b"",
                        is_complete=False,
                    )
                )
        await self._drop_what_nobody_keeps()

    async def _drop_what_nobody_keeps(self) -> None:
        """A crash between a deletion and the end of the writing leaves a file behind."""
        folder = self._path(UUID(int=0)).parent
        for path in await asyncio.to_thread(lambda: list(folder.glob("*.ogg"))):
            recording_id = UUID(path.stem)
            if recording_id in self._keeping or recording_id in self._writing.values():
                continue
            async with self._node.database.read() as session:
                is_wanted = await session.fetch_value(
                    "SELECT EXISTS (SELECT FROM call_recording"
                    " WHERE id = $1 AND state = 'running')",
                    recording_id,
                )
            if not is_wanted:
                await asyncio.to_thread(path.unlink, missing_ok=True)

    def _path(self, recording_id: UUID) -> Path:
        return spool_path(self._node.settings.data_dir, recording_id=recording_id)
