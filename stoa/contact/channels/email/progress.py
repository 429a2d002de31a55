"""How far a mailbox has been taken, in a small file."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from stoa.platform.clock import now


class Progress(BaseModel):
    """Every mail up to `last_uid` was taken, except `left`. UIDs count within `uid_validity`
    (RFC 3501 section 2.3.1.1)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    uid_validity: int
    last_uid: int
    left: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressFile:
    path: Path

    def read(self) -> Progress | None:
        """None: this mailbox is new to us, or the file is gone or broken. Then mails are looked at
        again, which is harmless."""
        try:
            return Progress.model_validate_json(self.path.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def age(self) -> timedelta:
        """How long ago it was written."""
        return now() - datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    def write(self, progress: Progress) -> None:
        """It is there as a whole, or the one before it still is."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(f".{os.getpid()}.tmp")
        unfinished.write_text(progress.model_dump_json())
        unfinished.replace(self.path)


Save = Callable[[Progress], None]
