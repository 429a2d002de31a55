"""What the centre has accepted of our messages, so that trying again sends only the rest.

SMPP has no key that would make a second submit_sm harmless. A line in a file per accepted part
outlives the process (not the machine: it is not synced, the pace would not allow it).
"""

import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final
from uuid import UUID

import orjson

_HOUR: Final = 3_600
_KEPT_HOURS: Final = 3  # longer than a claim on a delivery lasts


class SentLog:
    """Used by one line at a time; `folder` is the line's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: dict[int, dict[UUID, dict[int, str]]] = {}
        self._references: dict[UUID, int] = {}
        self._next_reference = random.randrange(256)  # noqa: S311 - a counter's beginning
        self._file: IO[bytes] | None = None
        self._hour = 0

    def open(self) -> None:
        """What was accepted in the last hours is known."""
        self._folder.mkdir(parents=True, exist_ok=True)
        this = int(time.time()) // _HOUR
        for path in sorted(self._folder.glob("*.log")):
            if not path.stem.isdecimal() or int(path.stem) <= this - _KEPT_HOURS:
                path.unlink()
                continue
            for line in path.read_bytes().splitlines():
                self._read_line(int(path.stem), line)

    def _read_line(self, hour: int, line: bytes) -> None:
        try:
            outgoing_id, reference, number, name = orjson.loads(line)
        except ValueError:
            return  # the process died while writing it, before anybody heard of it
        known = UUID(outgoing_id)
        self._references[known] = reference
        self._parts.setdefault(hour, {}).setdefault(known, {})[number] = name

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def accepted(self, outgoing_id: UUID) -> Mapping[int, str]:
        """The names of its parts that were accepted, by their number from 1."""
        found: dict[int, str] = {}
        for of_hour in self._parts.values():
            found.update(of_hour.get(outgoing_id, {}))
        return found

    def reference(self, outgoing_id: UUID) -> int:
        """What joins the parts of this message: another one for each of 256 in a row."""
        if outgoing_id in self._references:
            return self._references[outgoing_id]
        self._next_reference = (self._next_reference + 1) % 256
        return self._next_reference

    def record(self, outgoing_id: UUID, *, reference: int, number: int, name: str) -> None:
        """The centre has accepted part `number` under `name`."""
        self._turn()
        assert self._file is not None
        self._file.write(orjson.dumps([str(outgoing_id), reference, number, name]) + b"\n")
        self._references[outgoing_id] = reference
        self._parts.setdefault(self._hour, {}).setdefault(outgoing_id, {})[number] = name

    def _turn(self) -> None:
        """A file for every hour; the oldest is forgotten."""
        hour = int(time.time()) // _HOUR
        if hour == self._hour and self._file is not None:
            return
        self.close()
        self._hour = hour
        self._file = (self._folder / f"{hour}.log").open("ab", buffering=0)
        for old in [known for known in self._parts if known <= hour - _KEPT_HOURS]:
            for outgoing_id in self._parts.pop(old):
                self._references.pop(outgoing_id, None)
            (self._folder / f"{old}.log").unlink(missing_ok=True)
