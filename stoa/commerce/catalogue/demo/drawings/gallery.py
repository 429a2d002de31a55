"""All drawings by name, and a picture's bytes from what it is to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from stoa.commerce.catalogue.demo.drawings import (
    bath,
    books,
    cutting,
    garden,
    home,
    kitchen,
    lighting,
    linen,
    pantry,
    paper,
    scenes,
    staples,
    table,
)
from stoa.commerce.catalogue.demo.drawings.colours import GROUNDS, TINTS
from stoa.commerce.catalogue.demo.drawings.look import Draw, Look
from stoa.commerce.catalogue.demo.drawings.pen import SIZE, Pen

_PARTS = (
    kitchen,
    cutting,
    table,
    linen,
    bath,
    home,
    lighting,
    garden,
    pantry,
    staples,
    paper,
    books,
)
DRAWINGS: dict[str, Draw] = {name: draw for part in _PARTS for name, draw in part.DRAWINGS.items()}
FLAT: frozenset[str] = frozenset(name for part in _PARTS for name in part.FLAT)
SCENES = {"hero": scenes.hero, "emblem": scenes.emblem, "wordmark": scenes.wordmark}

_PLAIN = TINTS["ivory"]


class UnknownDrawing(ValueError):
    """Nothing is drawn under this address."""


ADDRESS = "drawing:"  # how the address of a picture begins that is drawn, not fetched


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a picture shows: one thing, or up to three side by side, on one ground.

    `things` are names of drawings with the option value to draw them in ("" where there is none).
    """

    things: tuple[tuple[str, str], ...]
    ground: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.things)

    @property
    def address(self) -> str:
        """What the sketch is found by again: `drawing:sand/jug.ivory+towels`."""
        things = "+".join(f"{name}.{kind}" if kind else name for name, kind in self.things)
        return f"{ADDRESS}{self.ground}/{things}"


def draw(sketch: Sketch, *, pixels: int = SIZE) -> Image.Image:
    """The picture, square. The same sketch always gives the same picture."""
    is_flat = all(name in FLAT for name in sketch.names)
    pen = Pen(GROUNDS[sketch.ground], pixels=pixels, floor=not is_flat)
    if len(sketch.things) == 1:
        _draw_thing(pen, *sketch.things[0])
    else:
        _draw_group(pen, sketch.things, is_flat=is_flat)
    return pen.finished()


def _draw_thing(pen: Pen, name: str, kind: str) -> None:
    DRAWINGS[name](pen, Look(TINTS.get(kind, _PLAIN), kind))


def _draw_group(pen: Pen, things: Sequence[tuple[str, str]], *, is_flat: bool) -> None:
    """Things share the ground: the outer ones behind, the middle one in front."""
    scale = 0.62
    places = (
        ((440, 800), (1180, 760), (800, 900))
        if is_flat
        else ((400, 1220), (1200, 1220), (800, 1350))
    )
    base = 800 if is_flat else 1290
    for (x, y), (name, kind) in zip(places, (things[0], things[-1], *things[1:-1]), strict=False):
        with pen.moved(x - 800 * scale, y - base * scale, scale=scale):
            _draw_thing(pen, name, kind)


def drawn(address: str) -> bytes:
    """The picture of a sketch's address, or of `drawing:hero` and the other scenes, as a PNG file.

    Raises:
        UnknownDrawing: no drawing has this address.
    """
    name = address.removeprefix(ADDRESS)
    if name in SCENES:
        return as_png(SCENES[name]())
    return as_png(draw(_sketch_of(name, address)))


def _sketch_of(name: str, address: str) -> Sketch:
    ground, _, rest = name.partition("/")
    pairs = [thing.partition(".") for thing in rest.split("+")]
    things = tuple((drawing, kind) for drawing, _, kind in pairs)
    if ground not in GROUNDS or not all(drawing in DRAWINGS for drawing, _ in things):
        raise UnknownDrawing(address)
    return Sketch(things, ground)


def as_png(image: Image.Image) -> bytes:
    """Lossless, quickly."""
    file = BytesIO()
    image.save(file, "PNG", compress_level=2)
    return file.getvalue()
