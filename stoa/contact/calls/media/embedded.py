"""The embedded engine: calls in processes of their own on this machine, out of aiortc's parts."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import structlog

from stoa.contact.calls.media.engine import (
    CallFailed,
    Gains,
    LegStats,
    MediaError,
    MediaEvent,
    MediaListener,
    RecordingEnded,
    RtpAddress,
    Side,
    Sound,
)
from stoa.contact.calls.media.ogg import duration_ms
from stoa.contact.calls.media.pool import Start, WorkerProcess

log = structlog.get_logger()


@dataclass(slots=True)
class _Call:
    worker: WorkerProcess
    recordings: dict[UUID, Path] = field(default_factory=dict)


class EmbeddedEngine:
    """A `MediaEngine`. Each call lives in one media process, the one with the fewest calls.

    Processes start one by one as calls come, with one always ready for the next call, and a new
    one takes the place of one that died.
    """

    def __init__(
        self, start: Start, *, most_workers: int, addresses: Callable[[], list[str]]
    ) -> None:
        """Prepares an engine without processes; `addresses` are this machine's at the moment."""
        self._start_told = start
        self._addresses = addresses
        self._most = most_workers
        self._workers: list[WorkerProcess] = []
        self._starting: asyncio.Task[WorkerProcess] | None = None
        self._listeners: list[MediaListener] = []
        self._calls: dict[UUID, _Call] = {}
        self._is_stopped = False

    @property
    def workers(self) -> Sequence[WorkerProcess]:
        """The processes that run now."""
        return tuple(self._workers)

    def carrier_of(self, call_id: UUID) -> WorkerProcess:
        """The process that carries this call, which must be there."""
        return self._calls[call_id].worker

    async def prepare(self) -> None:
        """A process is ready for the next call.

        Raises:
            MediaError: none would start.
        """
        if not self._workers:
            await self._started()

    async def stop(self) -> None:
        """All calls are over and every process is gone."""
        self._is_stopped = True
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        await asyncio.gather(*(worker.stop() for worker in self._workers))
        self._workers.clear()
        self._calls.clear()

    async def measure(self) -> None:
        """The figures of every process are where `/metrics` finds them."""
        for worker in self.workers:
            await worker.measure()

    # ---- MediaEngine ----

    def listen(self, listener: MediaListener) -> None:
        self._listeners.append(listener)

    async def create_call(self, call_id: UUID) -> None:
        if call_id in self._calls:
            return
        worker = await self._least_loaded()
        if call_id in self._calls:  # asked twice at once
            return
        self._calls[call_id] = _Call(worker)
        worker.calls += 1
        self._keep_one_spare()
        try:
            # A laptop may have another network by now.
            await worker.listen_on(self._addresses())
            await worker.ask("create_call", call_id=call_id)
        except MediaError:
            self._forget(call_id)
            raise

    async def add_browser_leg(self, call_id: UUID, leg_id: UUID, *, offer: str, side: Side) -> str:
        answer = await self._ask(call_id, "add_browser_leg", leg_id=leg_id, offer=offer, side=side)
        return str(answer)

    async def add_rtp_leg(
        self, call_id: UUID, leg_id: UUID, *, remote: RtpAddress, payload: Literal[0, 8], side: Side
    ) -> RtpAddress:
        host, port = await self._ask(
            call_id,
            "add_rtp_leg",
            leg_id=leg_id,
            host=remote.host,
            port=remote.port,
            payload=payload,
            side=side,
        )
        return RtpAddress(host, port)

    async def remove_leg(self, call_id: UUID, leg_id: UUID) -> None:
        if call_id in self._calls:
            await self._ask(call_id, "remove_leg", leg_id=leg_id)

    async def set_gains(self, call_id: UUID, gains: Gains) -> None:
        flat = [[speaker, hearer, gain] for (speaker, hearer), gain in gains.items()]
        await self._ask(call_id, "set_gains", gains=flat)

    async def play(
        self,
        call_id: UUID,
        leg_id: UUID,
        *,
        playback_id: UUID,
        sounds: Sequence[Sound],
        is_looping: bool = False,
    ) -> None:
        await self._ask(
            call_id,
            "play",
            leg_id=leg_id,
            playback_id=playback_id,
            paths=[str(sound.path) for sound in sounds],
            is_looping=is_looping,
        )

    async def stop_playing(self, call_id: UUID, leg_id: UUID) -> None:
        if call_id in self._calls:
            await self._ask(call_id, "stop_playing", leg_id=leg_id)

    async def send_digit(self, call_id: UUID, leg_id: UUID, digit: str) -> None:
        await self._ask(call_id, "send_digit", leg_id=leg_id, digit=digit)

    async def start_recording(
        self, call_id: UUID, *, recording_id: UUID, path: Path, channels: Literal[1, 2]
    ) -> None:
        await self._ask(
            call_id,
            "start_recording",
            recording_id=recording_id,
            path=str(path),
            channels=channels,
        )
        if call_id in self._calls:
            self._calls[call_id].recordings[recording_id] = path

    async def stop_recording(self, call_id: UUID, recording_id: UUID) -> None:
        if call_id in self._calls:
            await self._ask(call_id, "stop_recording", recording_id=recording_id)

    async def stats(self, call_id: UUID) -> Sequence[LegStats]:
        if call_id not in self._calls:
            return []
        found = await self._ask(call_id, "stats")
        return [LegStats(**{**it, "leg_id": UUID(it["leg_id"])}) for it in found]

    async def end_call(self, call_id: UUID) -> None:
        if call_id in self._calls:
            try:
                await self._ask(call_id, "end_call")
            finally:
                self._forget(call_id)

    # ---- within ----

    async def _ask(self, call_id: UUID, do: str, **given: Any) -> Any:
        call = self._calls.get(call_id)
        if call is None:
            raise MediaError("There is no such call.")
        return await call.worker.ask(do, call_id=call_id, **given)

    def _forget(self, call_id: UUID) -> None:
        call = self._calls.pop(call_id, None)
        if call is not None:
            call.worker.calls -= 1

    async def _least_loaded(self) -> WorkerProcess:
        if not self._workers:
            return await self._started()
        return min(self._workers, key=lambda worker: worker.calls)

    def _keep_one_spare(self) -> None:
        """Starts another process when every one has a call, for the next call not to wait."""
        is_full = all(worker.calls for worker in self._workers)
        if is_full and len(self._workers) < self._most and not self._is_stopped:
            self._begin_start()

    async def _started(self) -> WorkerProcess:
        """The process that is starting, when it is ready; several callers wait for the same one."""
        return await asyncio.shield(self._begin_start())

    def _begin_start(self) -> "asyncio.Task[WorkerProcess]":
        if self._starting is None:
            self._starting = asyncio.get_running_loop().create_task(self._start_worker())
            self._starting.add_done_callback(self._start_ended)
        return self._starting

    async def _start_worker(self) -> WorkerProcess:
        worker = WorkerProcess(self._hear, lambda: self._lose(worker))
        await worker.start(replace(self._start_told, addresses=self._addresses()))
        self._workers.append(worker)
        return worker

    def _start_ended(self, task: "asyncio.Task[WorkerProcess]") -> None:
        self._starting = None
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("media.worker_did_not_start", reason=str(error))

    def _hear(self, event: MediaEvent) -> None:
        if isinstance(event, RecordingEnded) and event.call_id in self._calls:
            self._calls[event.call_id].recordings.pop(event.recording_id, None)
        self._tell(event)

    def _tell(self, event: MediaEvent) -> None:
        for listener in self._listeners:
            listener(event)

    def _lose(self, worker: WorkerProcess) -> None:
        """A process is gone: its calls have failed, what they recorded ends where it was saved."""
        if worker in self._workers:
            self._workers.remove(worker)
        lost = [call_id for call_id, call in self._calls.items() if call.worker is worker]
        for call_id in lost:
            call = self._calls.pop(call_id)
            for recording_id, path in call.recordings.items():
                self._tell(_cut_off(call_id, recording_id, path))
            self._tell(CallFailed(call_id))
        if not self._is_stopped and not self._workers:
            self._begin_start()


def _cut_off(call_id: UUID, recording_id: UUID, path: Path) -> RecordingEnded:
    try:
        lasted = duration_ms(path)
    except (OSError, ValueError):
        lasted = 0
    return RecordingEnded(
        call_id=call_id,
        recording_id=recording_id,
        path=path,
        duration_ms=lasted,
        waveform=b"",
        is_complete=False,
    )
