"""What goes to the transcoder and what comes back, as lines of JSON."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel

Kind = Literal["voice", "music"]
Problem = Literal["sound_unreadable", "sound_too_long", "sound_silent"]


class Job(BaseModel):
    """`source`: wav, mp3, ogg, flac or m4a, told by its content."""

    source: Path
    target: Path
    kind: Kind
    max_seconds: float


class Outcome(BaseModel):
    """`problem` is the code of an error when nothing was written."""

    duration_ms: int = 0
    problem: Problem | None = None
