"""Soap, towels and sponges."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    BRASS,
    DARK_LEAF,
    LEAF,
    PAPER,
    darker,
    lighter,
    trim_of,
)
from stoa.commerce.catalogue.demo.drawings.look import Draw, Look, lay
from stoa.commerce.catalogue.demo.drawings.pen import Pen
from stoa.commerce.catalogue.demo.drawings.shapes import (
    Shape,
    box,
    circle,
    ellipse,
    leaf,
    path,
    turned,
)

SOAPS = {"olive": "#A3A768", "laurel": "#6E8A5E", "lavender": "#A79BBC", "sea_salt": "#B9CFD2"}


def _bar(pen: Pen, x: float, y: float, colour: str, turn: float) -> None:
    with pen.moved(x, y, turn=turn):
        bar = box(-290, -180, 290, 180, 58)
        lay(pen, bar, darker(colour, 0.12), lift=30)
        pen.fill(box(-290, -186, 290, 160, 58), colour)
        stamp = box(-220, -126, 220, 100, 30)
        pen.line([*stamp, stamp[0]], 7, darker(colour, 0.2))
        pen.line([(-110, -12), (110, -12)], 8, darker(colour, 0.24))
        for at in range(5):
            pen.fill(leaf(-90 + at * 44, -12, 70, 28, -50), darker(colour, 0.24))
            pen.fill(leaf(-90 + at * 44, -12, 70, 28, 50), darker(colour, 0.24))


def soap(pen: Pen, look: Look) -> None:
    """Two bars of soap with a twig."""
    colour = SOAPS.get(look.kind, SOAPS["olive"])
    _bar(pen, 700, 620, darker(colour, 0.07), -14)
    _bar(pen, 860, 960, colour, 6)
    pen.line(path("M 1080,420 C 1180,560 1230,640 1250,800"), 10, DARK_LEAF)
    for at in range(6):
        x, y = 1096 + at * 27, 446 + at * 58
        pen.fill(leaf(x, y, 130, 40, -20 if at % 2 else 140), LEAF if at % 2 else DARK_LEAF)


def soap_detail(pen: Pen, look: Look) -> None:
    """One bar in a dish with foam."""
    colour = SOAPS.get(look.kind, SOAPS["olive"])
    lay(pen, ellipse(800, 860, 560, 400), "#E4DFD5", lift=36)
    pen.fill(ellipse(800, 850, 510, 352), "#F5F1E8")
    pen.fill(ellipse(808, 862, 440, 290), "#DCD6C9")
    _bar(pen, 800, 830, colour, -12)
    for x, y, r in (
        (1060, 700, 66),
        (1120, 770, 44),
        (1010, 650, 38),
        (540, 980, 58),
        (600, 1040, 40),
        (490, 930, 32),
        (1090, 640, 26),
    ):
        pen.fill(circle(x, y, r), "#FFFFFF", 0.85)
        pen.fill(circle(x - r * 0.3, y - r * 0.3, r * 0.25), "#CFE0E6")


def _waffle(
    pen: Pen, shape: Shape, colour: str, left: int, top: int, right: int, low: int, step: int = 40
) -> None:
    with pen.within(shape):
        for x in range(left, right, step):
            pen.fill(box(x, top, x + 7, low), darker(colour, 0.12))
        for y in range(top, low, step):
            pen.fill(box(left, y, right, y + 7), darker(colour, 0.12))


def towels(pen: Pen, look: Look) -> None:
    """A stack of folded waffle towels."""
    pen.shadow(810, 1290, 470, 40)
    for at, (x0, x1, share) in enumerate(((340, 1260, 0.14), (370, 1240, 0.0), (356, 1226, 0.42))):
        y1 = 1290 - at * 206
        colour = darker(look.tint, share) if at == 0 else lighter(look.tint, share)
        slab = box(x0, y1 - 200, x1, y1, 74)
        pen.fill(slab, colour)
        _waffle(pen, slab, colour, x0, y1 - 200, x1, y1)
        with pen.within(slab):
            pen.fill(box(x1 - 260, y1 - 220, x1, y1), "#2A1D14", 0.08)
            pen.fill(box(x0, y1 - 106, x1, y1 - 94), darker(colour, 0.26))
    sprig = path("M 560,660 C 760,620 920,640 1060,660")
    pen.line(sprig, 9, DARK_LEAF)
    for at in range(8):
        pen.fill(leaf(600 + at * 56, 652 - abs(4 - at) * -3, 96, 26, -30 if at % 2 else 28), LEAF)


def towel_hanging(pen: Pen, look: Look) -> None:
    """One towel over a rail."""
    pen.line([(300, 360), (1300, 360)], 36, BRASS)
    for x in (300, 1300):
        pen.fill(circle(x, 360, 46), darker(BRASS, 0.15))
        pen.fill(circle(x - 8, 352, 20), lighter(BRASS, 0.3))
    back = box(520, 340, 1120, 940, 20)
    pen.soft([(x + 40, y + 40) for x, y in back], 0.2)
    pen.fill(back, darker(look.tint, 0.2))
    cloth = path("M 480,366 Q 484,336 520,336 H 1080 Q 1116,336 1120,366 L 1130,1240 H 470 Z")
    pen.fill(cloth, look.tint)
    _waffle(pen, cloth, look.tint, 460, 330, 1140, 1240)
    with pen.within(cloth):
        pen.fill(box(460, 1120, 1140, 1250), look.tint)
        pen.fill(box(460, 1130, 1140, 1144), trim_of(look.tint))
        pen.fill(path("M 960,330 L 1000,1250 H 1140 V 330 Z"), "#2A1D14", 0.09)


def bath_mat(pen: Pen, look: Look) -> None:
    """A bath mat with a woven border."""
    mat = box(250, 430, 1350, 1170, 26)
    lay(pen, mat, look.tint, lift=30)
    trim = trim_of(look.tint)
    for y in (470, 1110):
        pen.fill(box(250, y, 1350, y + 20), trim, 0.85)
    with pen.within(mat):
        for row in range(9):
            for column in range(19):
                x, y = 300 + column * 56, 560 + row * 60
                pen.fill(
                    turned(box(-19, -19, 19, 19, 4), 45, at=(x, y)),
                    lighter(look.tint, 0.2) if (row + column) % 2 else darker(look.tint, 0.12),
                )
    for at in range(38):
        pen.line([(252, 444 + at * 19), (210, 448 + at * 19)], 7, lighter(look.tint, 0.3))
        pen.line([(1348, 444 + at * 19), (1390, 448 + at * 19)], 7, lighter(look.tint, 0.3))


def sponge(pen: Pen, _: Look) -> None:
    """A natural sponge."""
    pen.shadow(820, 1270, 420, 40)
    colour = "#DDB46C"
    shape = path(
        "M 400,1130 C 340,1000 400,900 440,860 C 430,730 560,640 660,650 C 730,560 900,560 960,640 C 1090,640 1190,740 1170,860 "
        "C 1250,930 1260,1070 1200,1140 C 1180,1250 1050,1290 960,1270 C 860,1300 740,1300 660,1272 C 540,1290 420,1240 400,1130 Z"
    )
    pen.fill(shape, colour)
    with pen.within(shape):
        pen.fill(path("M 1010,560 C 1060,800 1050,1100 940,1320 H 1300 V 560 Z"), "#2A1D14", 0.12)
        for at in range(64):
            x, y = 360 + (at * 197) % 880, 600 + (at * 331) % 680
            radius = 12 + (at * 7) % 30
            pen.fill(ellipse(x, y, radius, radius * 0.8), darker(colour, 0.22))
            pen.fill(ellipse(x + 3, y + 4, radius * 0.7, radius * 0.5), darker(colour, 0.4))


def hammam_towel(pen: Pen, look: Look) -> None:
    """A rolled and an open hammam towel with fringes."""
    tint = look.tint
    for x in range(470, 1140, 26):
        pen.line([(x, 1180), (x + (x % 5) - 2, 1290)], 9, darker(PAPER, 0.08))
    cloth = path("M 456,300 H 1144 V 1190 H 456 Z")
    lay(pen, cloth, "#F7F1E4", lift=30)
    with pen.within(cloth):
        for y, height in ((360, 26), (404, 110), (532, 26), (940, 26), (984, 110), (1112, 26)):
            pen.fill(box(440, y, 1160, y + height), tint)
        for y in range(580, 930, 44):
            pen.fill(box(440, y, 1160, y + 9), tint, 0.65)
    roll = box(340, 150, 1260, 330, 90)
    lay(pen, roll, "#F7F1E4", lift=20)
    with pen.within(roll):
        for x in range(380, 1240, 120):
            pen.fill(path(f"M {x},140 L {x + 50},140 L {x + 90},340 L {x + 40},340 Z"), tint)
        pen.fill(box(330, 270, 1270, 340), "#2A1D14", 0.1)


DRAWINGS: dict[str, Draw] = {
    "soap": soap,
    "soap_detail": soap_detail,
    "towels": towels,
    "towel_hanging": towel_hanging,
    "bath_mat": bath_mat,
    "sponge": sponge,
    "hammam_towel": hammam_towel,
}
FLAT = {"soap", "soap_detail", "towel_hanging", "bath_mat", "hammam_towel"}
