"""The shop's own pictures: the still life on its home page, its emblem and its wordmark."""

from __future__ import annotations

from PIL import Image

from stoa.commerce.catalogue.demo.drawings import garden, kitchen, pantry, table
from stoa.commerce.catalogue.demo.drawings.colours import PAPER, TINTS, darker, lighter
from stoa.commerce.catalogue.demo.drawings.look import Draw, Look
from stoa.commerce.catalogue.demo.drawings.pen import Pen
from stoa.commerce.catalogue.demo.drawings.shapes import Shape, box, circle, ellipse, leaf, path

_WALL = "#EFE3CF"
_SEA = "#2B6383"


def hero() -> Image.Image:
    """A table under the arches of a stoa, the sea behind it; 2400 x 1200."""
    pen = Pen(_WALL, height=800, pixels=2400, oversample=2, floor=False)
    for middle in (300, 800, 1300):
        _arch(pen, middle)
    for axis in (50, 550, 1050, 1550):
        _column(pen, axis)
    pen.fill(box(0, 0, 1600, 40), darker(_WALL, 0.05))
    pen.fill(box(0, 40, 1600, 50), darker(_WALL, 0.14))
    _table(pen)
    for draw, tint, x, y, scale in _STILL_LIFE:
        _place(pen, draw, tint, x, y, scale)
    for x, y in ((604, 736), (652, 752), (980, 748)):
        _lemon(pen, x, y)
    return pen.finished()


_STILL_LIFE: tuple[tuple[Draw, str, float, float, float], ...] = (
    (table.jug_flowers, "ivory", 470, 690, 0.38),
    (pantry.olive_oil, "ivory", 1290, 700, 0.33),
    (garden.terracotta_pot_herbs, "ivory", 180, 700, 0.29),
    (kitchen.casserole, "terracotta", 800, 712, 0.33),
    (kitchen.espresso_pot_cup, "steel", 1090, 722, 0.25),
)


def _arch(pen: Pen, x: float) -> None:
    opening: Shape = [
        (x - 190, 640),
        (x - 190, 300),
        *ellipse(x, 300, 190, 190, 180, 360),
        (x + 190, 640),
    ]
    pen.fill(
        [(px + (6 if px > x else -6), py - 6 if py < 600 else py) for px, py in opening],
        darker(_WALL, 0.12),
    )
    pen.fill(opening, "#D5E5E8")
    with pen.within(opening):
        pen.fill(circle(890, 262, 56), "#F2C777")
        pen.fill(path("M 0,470 Q 120,400 260,440 Q 360,410 470,470 Z"), "#A9BFC4")
        pen.fill(path("M 1100,470 Q 1250,380 1400,430 Q 1500,440 1600,470 Z"), "#9DB6BD")
        pen.fill(box(0, 468, 1600, 660), _SEA)
        pen.fill(box(0, 468, 1600, 474), lighter(_SEA, 0.3))
        for at in range(34):
            px, py = (at * 197) % 1580, 492 + (at * 53) % 130
            pen.line([(px, py), (px + 34 + (at * 13) % 40, py)], 4, lighter(_SEA, 0.34))
        pen.fill(path("M 700,452 L 764,452 L 752,470 H 712 Z"), PAPER)
        pen.fill(path("M 730,380 L 730,446 L 690,446 Z"), PAPER)
        pen.fill(path("M 736,392 L 736,446 L 768,446 Z"), lighter("#B4532A", 0.1))


def _column(pen: Pen, x: float) -> None:
    shaft = path(f"M {x - 38},300 L {x + 38},300 L {x + 44},660 L {x - 44},660 Z")
    pen.fill(shaft, lighter(_WALL, 0.5))
    with pen.within(shaft):
        for offset in (-26, -9, 9, 26):
            pen.fill(box(x + offset - 3, 300, x + offset + 3, 660), darker(_WALL, 0.06))
        pen.fill(box(x + 12, 300, x + 50, 660), "#2A1D14", 0.08)
    pen.fill(box(x - 62, 262, x + 62, 282, 3), lighter(_WALL, 0.5))
    pen.fill(
        path(
            f"M {x - 56},282 H {x + 56} Q {x + 50},302 {x + 38},304 H {x - 38} Q {x - 50},302 {x - 56},282 Z"
        ),
        darker(_WALL, 0.03),
    )


def _table(pen: Pen) -> None:
    pen.fill(box(0, 630, 1600, 800), "#F7F1E4")
    pen.fill(box(0, 630, 1600, 637), "#FFFDF8")
    for y in (766, 782):
        pen.fill(box(0, y, 1600, y + 6), TINTS["aegean"], 0.75)


def _place(pen: Pen, draw: Draw, tint: str, x: float, y: float, scale: float) -> None:
    with pen.moved(x - 800 * scale, y - 1290 * scale, scale=scale):
        draw(pen, Look(TINTS[tint], tint))


def _lemon(pen: Pen, x: float, y: float) -> None:
    pen.shadow(x + 3, y + 19, 30, 6)
    pen.fill(ellipse(x, y, 31, 23), "#E4BE48")
    pen.fill(ellipse(x + 29, y + 2, 9, 7), "#E4BE48")
    pen.fill(ellipse(x - 9, y - 8, 11, 5), "#F3DF98")
    pen.fill(leaf(x - 26, y - 6, 40, 17, -140), "#6F8350")


def emblem() -> Image.Image:
    """A sail over two waves in a disc, the shop's mark; 512 x 512."""
    pen = Pen(PAPER, pixels=512, oversample=4, floor=False)
    _emblem(pen)
    return pen.finished()


def _emblem(pen: Pen) -> None:
    disc = circle(800, 800, 720)
    pen.fill(disc, "#1F5673")
    with pen.within(disc):
        pen.fill(path("M 770,300 C 700,560 560,800 400,930 H 770 Z"), PAPER)
        pen.fill(path("M 850,430 C 980,600 1060,760 1100,930 H 850 Z"), "#E7A071")
        for y, colour in ((1060, PAPER), (1210, "#82ADAB")):
            points = [(60 + step * 10, y - 42 * _wave(step)) for step in range(150)]
            pen.line(points, 58, colour)


def _wave(step: int) -> float:
    """A smooth swell of period 46 steps, between -1 and 1."""
    phase = (step % 46) / 46
    return 1 - 16 * (phase - 0.25) ** 2 if phase < 0.5 else 16 * (phase - 0.75) ** 2 - 1


def wordmark() -> Image.Image:
    """The emblem and the shop's name in drawn capitals; 1600 x 400."""
    pen = Pen(PAPER, height=400, oversample=3, floor=False)
    with pen.moved(40, 20, scale=0.225):
        _emblem(pen)
    x = 470.0
    for letter in "MELTEMI":
        strokes, width = _LETTERS[letter]
        for stroke in strokes:
            pen.line([(x + px * width, 120 + py * 160) for px, py in stroke], 15, "#1C1B19")
        x += width + (26 if letter == "L" else 62)  # the open corner of an L takes space of its own
    return pen.finished()


# Strokes in a box of 1 x 1, and the width of that box.
_LETTERS: dict[str, tuple[tuple[tuple[tuple[float, float], ...], ...], float]] = {
    "M": ((((0, 1), (0.08, 0), (0.5, 0.72), (0.92, 0), (1, 1)),), 150),
    "E": ((((1, 0), (0, 0), (0, 1), (1, 1)), ((0, 0.49), (0.82, 0.49))), 82),
    "L": ((((0, 0), (0, 1), (1, 1)),), 80),
    "T": ((((0, 0), (1, 0)), ((0.5, 0), (0.5, 1))), 108),
    "I": ((((0, 0), (0, 1)),), 0),
}
