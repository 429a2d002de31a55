"""What travels between the node and its media processes: one JSON object per line.

Requests are `{id, do, with}`, answers `{id, value}` or `{id, error}`, events `{event, with}`.
"""

import base64
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from stoa.contact.calls.media.engine import (
    CallFailed,
    DigitPressed,
    LegConnected,
    LegLost,
    MediaEvent,
    PlaybackEnded,
    RecordingEnded,
)

LONGEST_LINE = 4 * 2**20


def pack(message: dict[str, Any]) -> bytes:
    return orjson.dumps(message, default=_plain, option=orjson.OPT_APPEND_NEWLINE)


def unpack(line: bytes) -> dict[str, Any]:
    message = orjson.loads(line)
    assert isinstance(message, dict), "both ends are ours"
    return message


def write_event(event: MediaEvent) -> bytes:
    return pack({"event": type(event).__name__, "with": event})


def read_event(message: dict[str, Any]) -> MediaEvent:
    """The event of a message that has one."""
    given = message["with"]
    call_id = UUID(given["call_id"])
    match message["event"]:
        case "LegConnected":
            return LegConnected(call_id, UUID(given["leg_id"]))
        case "LegLost":
            return LegLost(call_id, UUID(given["leg_id"]))
        case "DigitPressed":
            return DigitPressed(call_id, UUID(given["leg_id"]), given["digit"])
        case "PlaybackEnded":
            return PlaybackEnded(call_id, UUID(given["leg_id"]), UUID(given["playback_id"]))
        case "RecordingEnded":
            return RecordingEnded(
                call_id=call_id,
                recording_id=UUID(given["recording_id"]),
                path=Path(given["path"]),
                duration_ms=given["duration_ms"],
                waveform=base64.b64decode(given["waveform"]),
                is_complete=given["is_complete"],
            )
        case "CallFailed":
            return CallFailed(call_id)
        case other:
            raise ValueError(f"There is no event {other}.")


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, UUID):  # asyncpg's own subclass
        return str(value)
    raise TypeError
