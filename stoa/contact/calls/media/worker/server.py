"""The worker's side of the line to its parent: each request does one thing, events go back."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import structlog
from aiortc.rtcdtlstransport import RTCCertificate

from stoa.contact.calls.media.engine import MediaError, MediaEvent, RtpAddress
from stoa.contact.calls.media.messages import pack, unpack, write_event
from stoa.contact.calls.media.ogg import OggError, packets_of
from stoa.contact.calls.media.worker.browser import BrowserLine
from stoa.contact.calls.media.worker.clock import Clock
from stoa.contact.calls.media.worker.leg import Playback
from stoa.contact.calls.media.worker.network import Network, Where
from stoa.contact.calls.media.worker.opus import Decoder, Encoder
from stoa.contact.calls.media.worker.phone import PhoneLine
from stoa.contact.calls.media.worker.room import Room
from stoa.contact.calls.media.worker.sdp import UnreadableOffer, read_offer
from stoa.contact.calls.media.worker.tones import key_tones

log = structlog.get_logger()

_SOUNDS_KEPT = 64
_COLLECT_EACH = 50


class Worker:
    """All calls of this process."""

    def __init__(self, where: Where, send: Callable[[bytes], None]) -> None:
        """Listens for browsers.

        Raises:
            OSError: no port is free.
        """
        self._send = send
        self._rooms: dict[UUID, Room] = {}
        self._turns: dict[str | None, asyncio.Lock] = {}
        self._ended = 0
        self._network = Network(where)
        self._certificate = RTCCertificate.generateCertificate()
        self._clock = Clock(self._tick)
        self._sounds: dict[Path, tuple[int, list[bytes]]] = {}
        self._loop = asyncio.get_running_loop()
        self._seconds = self._loop.call_later(1.0, self._second)
        self._does: dict[str, Callable[[dict[str, Any]], Awaitable[Any]]] = {
            "create_call": self._create_call,
            "add_browser_leg": self._add_browser_leg,
            "add_rtp_leg": self._add_rtp_leg,
            "remove_leg": self._remove_leg,
            "set_gains": self._set_gains,
            "play": self._play,
            "stop_playing": self._stop_playing,
            "send_digit": self._send_digit,
            "start_recording": self._start_recording,
            "stop_recording": self._stop_recording,
            "stats": self._stats,
            "end_call": self._end_call,
            "listen_on": self._listen_on,
            "load": self._load,
            "check": self._check,
        }

    @property
    def ports(self) -> list[tuple[str, int]]:
        return [(port.address, port.number) for port in self._network.ports]

    async def answer(self, line: bytes) -> None:
        """Does what the request asks, and says what came of it."""
        request = unpack(line)
        answer: dict[str, Any] = {"id": request["id"]}
        try:
            async with self._turns.setdefault(request["with"].get("call_id"), asyncio.Lock()):
                answer["value"] = await self._does[request["do"]](request["with"])
        except (MediaError, UnreadableOffer, OggError, OSError) as error:
            answer["error"] = str(error) or type(error).__name__
        except Exception:
            log.exception("media.request_failed", do=request["do"])
            answer["error"] = "The media process could not do this."
        self._send(pack(answer))

    async def close(self) -> None:
        """Recordings are whole, browsers are told, sockets are closed."""
        for room in list(self._rooms.values()):
            await room.close()
        self._clock.stop()
        self._seconds.cancel()
        await asyncio.sleep(0)  # the goodbyes are sent by tasks of their own
        self._network.close()

    # ---- requests ----

    async def _create_call(self, given: dict[str, Any]) -> None:
        call_id = UUID(given["call_id"])
        if call_id not in self._rooms:
            self._rooms[call_id] = Room(call_id, self._tell)
            self._clock.start()

    async def _add_browser_leg(self, given: dict[str, Any]) -> str:
        room = self._room(given)
        offer = read_offer(given["offer"])
        line = room.take_line(
            UUID(given["leg_id"]),
            side=given["side"],
            make=lambda leg: BrowserLine(self._network, self._certificate, offer, leg),
        )
        return line.answer()

    async def _add_rtp_leg(self, given: dict[str, Any]) -> list[Any]:
        room = self._room(given)
        remote = RtpAddress(given["host"], given["port"])
        where, law = self._network.where, given["payload"]
        line = room.take_line(
            UUID(given["leg_id"]),
            side=given["side"],
            make=lambda leg: PhoneLine(where, remote=remote, law=law, speaker=leg),
        )
        address = line.address()
        return [address.host, address.port]

    async def _remove_leg(self, given: dict[str, Any]) -> None:
        if (room := self._rooms.get(UUID(given["call_id"]))) is not None:
            room.remove(UUID(given["leg_id"]))

    async def _set_gains(self, given: dict[str, Any]) -> None:
        gains = {(UUID(one), UUID(other)): float(gain) for one, other, gain in given["gains"]}
        self._room(given).set_gains(gains)

    async def _play(self, given: dict[str, Any]) -> None:
        room, leg_id = self._room_with_leg(given)
        packets = [packet for path in given["paths"] for packet in await self._sound(Path(path))]
        if leg_id not in room.legs:
            return  # it went while the files were read
        playback = Playback(UUID(given["playback_id"]), packets, given["is_looping"])
        room.play(leg_id, playback if packets else None)

    async def _stop_playing(self, given: dict[str, Any]) -> None:
        room = self._rooms.get(UUID(given["call_id"]))
        if room is not None and UUID(given["leg_id"]) in room.legs:
            room.play(UUID(given["leg_id"]), None)

    async def _send_digit(self, given: dict[str, Any]) -> None:
        room, leg_id = self._room_with_leg(given)
        room.press(leg_id, given["digit"])

    async def _start_recording(self, given: dict[str, Any]) -> None:
        self._room(given).start_recording(
            UUID(given["recording_id"]), path=Path(given["path"]), channels=given["channels"]
        )

    async def _stop_recording(self, given: dict[str, Any]) -> None:
        if (room := self._rooms.get(UUID(given["call_id"]))) is not None:
            await room.stop_recording(UUID(given["recording_id"]))

    async def _stats(self, given: dict[str, Any]) -> list[Any]:
        room = self._rooms.get(UUID(given["call_id"]))
        return [] if room is None else [leg.stats() for leg in room.legs.values()]

    async def _end_call(self, given: dict[str, Any]) -> None:
        if (room := self._rooms.pop(UUID(given["call_id"]), None)) is not None:
            await room.close()
        self._turns.pop(given["call_id"], None)
        if not self._rooms:
            self._clock.stop()
        self._ended += 1
        if not self._rooms or self._ended % _COLLECT_EACH == 0:
            gc.collect()  # a few milliseconds; by itself it would not come for hours

    async def _listen_on(self, given: dict[str, Any]) -> None:
        self._network.listen_on(given["addresses"])

    async def _load(self, _given: dict[str, Any]) -> dict[str, float]:
        return {
            "calls": len(self._rooms),
            "legs": sum(len(room.legs) for room in self._rooms.values()),
            "lines": self._network.lines,
            "ticks": self._clock.ticks,
            "late_ticks": self._clock.late,
            "cpu_seconds": time.process_time(),
        }

    async def _check(self, _given: dict[str, Any]) -> None:
        """The codec gives back what it was given."""
        encoder, decoder = Encoder(bits_per_second=48_000), Decoder()
        heard = [decoder.decode(encoder.encode(block) or b"") for block in key_tones("5")]
        if not any(block is not None and np.abs(block).max() > 1_000 for block in heard):
            raise MediaError("The codec does not work.")

    # ---- within ----

    def _room(self, given: dict[str, Any]) -> Room:
        room = self._rooms.get(UUID(given["call_id"]))
        if room is None:
            raise MediaError("There is no such call.")
        return room

    def _room_with_leg(self, given: dict[str, Any]) -> tuple[Room, UUID]:
        room, leg_id = self._room(given), UUID(given["leg_id"])
        if leg_id not in room.legs:
            raise MediaError("There is no such leg.")
        return room, leg_id

    async def _sound(self, path: Path) -> list[bytes]:
        """The file's packets; read again when it was replaced."""

        def read() -> tuple[int, list[bytes]]:
            changed = path.stat().st_mtime_ns
            known = self._sounds.get(path)
            if known is not None and known[0] == changed:
                return known
            return changed, packets_of(path.read_bytes())

        found = await asyncio.to_thread(read)
        self._sounds.pop(path, None)
        self._sounds[path] = found
        while len(self._sounds) > _SOUNDS_KEPT:
            del self._sounds[next(iter(self._sounds))]
        return found[1]

    def _tell(self, event: MediaEvent) -> None:
        self._send(write_event(event))

    def _tick(self, timestamp: int, now: float) -> None:
        for room in self._rooms.values():
            try:
                room.tick(timestamp, now)
            except Exception:  # one call's trouble is not every call's
                log.exception("media.tick_failed", call_id=str(room.id))

    def _second(self) -> None:
        self._seconds = self._loop.call_later(1.0, self._second)
        for room in self._rooms.values():
            room.look_at_lines()
