"""What a drawing is told about the variant it shows, and what every drawing is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from stoa.commerce.catalogue.demo.drawings.pen import Pen
from stoa.commerce.catalogue.demo.drawings.shapes import Shape


@dataclass(frozen=True, slots=True)
class Look:
    """The colour to draw in, and the key of the option value it stands for."""

    tint: str
    kind: str = ""


Draw: TypeAlias = Callable[[Pen, Look], None]


def lay(pen: Pen, shape: Shape, colour: str, *, lift: float = 22) -> None:
    """A flat thing lies on the ground: its soft shadow, then itself."""
    pen.soft([(x + lift * 0.7, y + lift) for x, y in shape], 0.26)
    pen.fill(shape, colour)
