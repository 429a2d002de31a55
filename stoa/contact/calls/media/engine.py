"""What a media engine does for a call. Call control knows nothing else of sound.

Ids are call control's own. Every method is idempotent where it can be: what is there already, or
gone already, is no error. Gains are linear (0 silence, 1 as it came); the pair is (who speaks, who
hears). A pair that is not named has gain 1 between two legs of one call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol
from uuid import UUID

Gains = Mapping[tuple[UUID, UUID], float]


@dataclass(frozen=True, slots=True)
class Sound:
    """A file of Ogg Opus, 48 kHz mono in 20 ms packets, so that it can be sent as it is."""

    path: Path


@dataclass(frozen=True, slots=True)
class RtpAddress:
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class LegStats:
    """As the engine's own side measured it since the leg joined."""

    leg_id: UUID
    packets_received: int
    packets_sent: int
    packets_lost: int
    jitter_ms: float
    late_frames: int


@dataclass(frozen=True, slots=True)
class LegConnected:
    """Sound flows in both directions."""

    call_id: UUID
    leg_id: UUID


@dataclass(frozen=True, slots=True)
class LegLost:
    """Nothing was heard of the browser for some seconds; it may come back with a fresh offer."""

    call_id: UUID
    leg_id: UUID


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """A digit that came in the sound's own stream (RFC 4733)."""

    call_id: UUID
    leg_id: UUID
    digit: str


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """All sounds of a `play` were heard to the end (not after `stop_playing`, nor when looping)."""

    call_id: UUID
    leg_id: UUID
    playback_id: UUID


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The file is whole and closed. `waveform`: peaks 0..255, one per channel in turn."""

    call_id: UUID
    recording_id: UUID
    path: Path
    duration_ms: int
    waveform: bytes
    is_complete: bool


@dataclass(frozen=True, slots=True)
class CallFailed:
    """The process that carried the call is gone, and its sound with it."""

    call_id: UUID


MediaEvent = LegConnected | LegLost | DigitPressed | PlaybackEnded | RecordingEnded | CallFailed
MediaListener = Callable[[MediaEvent], None]

Side = Literal["customer", "shop"]


class MediaError(Exception):
    """The engine cannot do what was asked: no such call or leg, or an offer it cannot read."""


class MediaEngine(Protocol):
    """Calls and their legs. Listeners are called on the loop, neither wait nor raise."""

    def listen(self, listener: MediaListener) -> None: ...

    async def create_call(self, call_id: UUID) -> None:
        """The call has a place where its sound is carried; all its legs come there."""
        ...

    async def add_browser_leg(self, call_id: UUID, leg_id: UUID, *, offer: str, side: Side) -> str:
        """Returns the SDP answer. A leg that is there is replaced: its old line is silent, what is
        played to it, its gains and its side of a recording go on.

        Raises:
            MediaError: no such call, or the offer cannot be answered.
        """
        ...

    async def add_rtp_leg(
        self, call_id: UUID, leg_id: UUID, *, remote: RtpAddress, payload: Literal[0, 8], side: Side
    ) -> RtpAddress:
        """A phone's leg as plain RTP: PCMU (0) or PCMA (8), digits by RFC 4733. Returns where the
        engine listens.
        """
        ...

    async def remove_leg(self, call_id: UUID, leg_id: UUID) -> None: ...

    async def set_gains(self, call_id: UUID, gains: Gains) -> None:
        """Who hears whom, whole each time. Hold, mute, whisper and listening are gains."""
        ...

    async def play(
        self,
        call_id: UUID,
        leg_id: UUID,
        *,
        playback_id: UUID,
        sounds: Sequence[Sound],
        is_looping: bool = False,
    ) -> None:
        """The leg hears these one after the other instead of the others, who still hear it as the
        gains say. A new `play` takes the place of the old.
        """
        ...

    async def stop_playing(self, call_id: UUID, leg_id: UUID) -> None: ...

    async def send_digit(self, call_id: UUID, leg_id: UUID, digit: str) -> None:
        """The leg hears the key's two tones (ITU-T Q.23), a phone's leg gets RFC 4733."""
        ...

    async def start_recording(
        self, call_id: UUID, *, recording_id: UUID, path: Path, channels: Literal[1, 2]
    ) -> None:
        """Ogg Opus at `path`: with two channels the customer's side left, the shop's right, each
        as it spoke; with one the customer's side alone. Supervisors who only listen or whisper are
        in neither (`side` counts only for legs that the customer may hear).
        """
        ...

    async def stop_recording(self, call_id: UUID, recording_id: UUID) -> None:
        """`RecordingEnded` follows."""
        ...

    async def stats(self, call_id: UUID) -> Sequence[LegStats]: ...

    async def end_call(self, call_id: UUID) -> None:
        """All legs are gone, recordings are closed."""
        ...
