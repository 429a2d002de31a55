"""Lamps, candles and lanterns."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    BRASS,
    INK,
    PAPER,
    darker,
    lighter,
    mixed,
)
from stoa.commerce.catalogue.demo.drawings.look import Draw, Look
from stoa.commerce.catalogue.demo.drawings.pen import Pen
from stoa.commerce.catalogue.demo.drawings.shapes import (
    box,
    circle,
    ellipse,
    lathe,
    leaf,
    path,
)

SCENTS = {"fig": "#7A4658", "thyme": "#74824A", "sea_salt": "#82ADAB"}


def _glow(pen: Pen, x: float, y: float, radius: float) -> None:
    pen.soft(circle(x, y, radius * 0.7), 0.5, blur=radius / 18, colour="#FBE3A6")


def _table_lamp(pen: Pen, tint: str) -> None:
    pen.shadow(800, 1300, 250, 32)
    pen.body(lathe("M 0,640 H 26 V 760 H 0"), BRASS, shine=0.2)
    base = lathe("M 0,740 H 50 C 60,800 220,860 226,1010 C 230,1160 150,1220 140,1300 H 0")
    pen.body(base, tint)
    for y in (960, 990, 1020):
        pen.fill(base.ring(y, 8, 40), darker(tint, 0.2), 0.7)
    shade = lathe("M 0,290 H 220 L 350,680 H 0")
    pen.body(shade, "#F2E6CC", shade=0.1, shine=0)
    for at in range(-9, 10):
        pen.line([(800 + at * 23, 292), (800 + at * 37, 678)], 4, darker("#F2E6CC", 0.09))
    pen.fill(box(574, 280, 1026, 300, 8), darker("#F2E6CC", 0.18))
    pen.fill(box(444, 668, 1156, 690, 8), darker("#F2E6CC", 0.18))


def table_lamp(pen: Pen, look: Look) -> None:
    """A ceramic lamp with a linen shade."""
    _table_lamp(pen, look.tint)


def table_lamp_lit(pen: Pen, look: Look) -> None:
    """The lamp switched on, beside books."""
    pen.fill(box(0, 0, 1600, 1150), "#3E4A57")
    pen.fill(box(0, 1150, 1600, 1600), "#6B5240")
    _glow(pen, 700, 520, 560)
    with pen.moved(-100):
        _table_lamp(pen, look.tint)
        pen.fill(lathe("M 0,300 H 222 L 346,668 H 0").outline, "#FFE9AE", 0.75)
    for y, x0, colour in (
        (1250, 1010, "#B4532A"),
        (1194, 1040, "#F3EBDB"),
        (1138, 1020, "#1F5673"),
    ):
        pen.fill(box(x0, y, x0 + 380, y + 52, 6), colour)
        pen.fill(box(x0 + 26, y + 8, x0 + 388, y + 44, 4), "#F1E7D2")
        pen.fill(box(x0, y, x0 + 340, y + 10, 4), colour)
        pen.fill(box(x0, y + 42, x0 + 384, y + 52, 4), colour)


def pendant_lamp(pen: Pen, look: Look) -> None:
    """An enamelled pendant over nothing but air."""
    tint = look.tint
    pen.fill(box(793, 0, 807, 420), INK)
    pen.body(lathe("M 0,400 H 46 L 60,520 H 0"), BRASS, shine=0.3)
    pen.fill(ellipse(800, 1016, 470, 70), "#FBE9BE")
    pen.fill(circle(800, 1010, 84), "#FFF6DC")
    shade = lathe("M 0,510 H 76 C 120,690 380,760 480,1010 C 300,1050 160,1060 0,1060")
    pen.body(lathe("M 0,510 H 76 C 120,690 380,760 480,1010 Q 240,976 0,970"), tint)
    pen.fill(path("M 320,1010 Q 800,930 1280,1010 Q 800,960 320,1010 Z"), darker(tint, 0.2))
    del shade


def candles(pen: Pen, _: Look) -> None:
    """Dipped beeswax candles of different height."""
    wax = "#E0B04E"
    for x, top, low, radius in (
        (480, 620, 1240, 74),
        (700, 420, 1290, 80),
        (930, 740, 1260, 74),
        (1140, 540, 1300, 78),
    ):
        pen.shadow(x + 14, low, radius + 60, 20)
        body = lathe(
            f"M 0,{top} Q {radius * 0.5},{top - 6} {radius},{top + 26} V {low} Q {radius - 6},{low + 14} 0,{low + 16}",
            axis=x,
        )
        pen.body(body, wax)
        pen.line(
            path(f"M {x},{top} C {x - 4},{top - 30} {x + 8},{top - 50} {x + 4},{top - 66}"), 9, INK
        )
        flame = path(
            f"M {x + 4},{top - 190} C {x + 56},{top - 110} {x + 44},{top - 50} {x + 4},{top - 46} C {x - 36},{top - 50} {x - 44},{top - 110} {x + 4},{top - 190} Z"
        )
        _glow(pen, x + 4, top - 110, 120)
        pen.fill(flame, "#F2B544")
        pen.fill(
            path(
                f"M {x + 4},{top - 130} C {x + 28},{top - 90} {x + 24},{top - 60} {x + 4},{top - 56} C {x - 16},{top - 60} {x - 20},{top - 90} {x + 4},{top - 130} Z"
            ),
            "#FFF3CF",
        )


def scented_candle(pen: Pen, look: Look) -> None:
    """A candle in a stoneware cup with a label."""
    tint = SCENTS.get(look.kind, look.tint)
    pen.shadow(820, 1280, 340, 36)
    body = lathe("M 0,700 H 306 L 296,1200 Q 290,1278 220,1282 H 0")
    pen.body(body, tint)
    pen.fill(ellipse(800, 700, 308, 74), lighter(tint, 0.24))
    pen.fill(ellipse(800, 704, 282, 60), "#F2E4C2")
    pen.line([(800, 704), (804, 640)], 10, INK)
    _glow(pen, 804, 560, 200)
    pen.fill(path("M 804,430 C 876,540 862,640 804,646 C 746,640 732,540 804,430 Z"), "#F2B544")
    pen.fill(path("M 804,520 C 840,580 832,630 804,634 C 776,630 768,580 804,520 Z"), "#FFF3CF")
    label = box(610, 870, 930, 1110, 12)
    pen.fill(label, PAPER)
    for at in range(5):
        pen.fill(leaf(700 + at * 24, 990 - at * 10, 66, 22, -80 if at % 2 else 20), tint)
    pen.line([(690, 1062), (850, 1062)], 8, darker(PAPER, 0.4))


def _lantern(pen: Pen, tint: str, *, lit: bool) -> None:
    pen.shadow(810, 1300, 320, 36)
    pen.line(ellipse(800, 360, 110, 130, 180, 360), 20, darker(tint, 0.2))
    pen.fill(path("M 800,300 L 1080,560 H 520 Z"), tint)
    pen.fill(path("M 800,300 L 1080,560 H 860 Z"), darker(tint, 0.2))
    pen.fill(box(500, 550, 1100, 604, 10), darker(tint, 0.12))
    glass = "#FBE3A6" if lit else mixed("#CFE0E0", pen.ground, 0.3)
    pen.fill(box(540, 604, 1060, 1220), glass)
    candle = lathe("M 0,960 H 92 V 1220 H 0")
    pen.body(candle, "#F5EAD2", shade=0.1)
    pen.line([(800, 962), (802, 916)], 9, INK)
    if lit:
        _glow(pen, 802, 850, 230)
        pen.fill(path("M 802,740 C 862,840 850,916 802,922 C 754,916 742,840 802,740 Z"), "#F2A93A")
        pen.fill(path("M 802,820 C 832,870 826,910 802,914 C 778,910 772,870 802,820 Z"), "#FFF3CF")
    pen.fill(path("M 580,604 H 690 L 580,900 Z"), "#FFFFFF", 0.35)
    for x in (540, 783, 1036):
        pen.fill(
            box(x, 600, x + (34 if x != 783 else 20), 1224),
            darker(tint, 0.06) if x < 1000 else darker(tint, 0.24),
            0.35 if x == 783 else 1,
        )
    pen.fill(box(500, 1214, 1100, 1300, 14), tint)
    pen.fill(box(880, 1214, 1100, 1300, 14), darker(tint, 0.2))


def lantern(pen: Pen, look: Look) -> None:
    """A metal lantern with a candle."""
    _lantern(pen, look.tint, lit=False)


def lantern_lit(pen: Pen, look: Look) -> None:
    """The lantern lit at night, by the sea."""
    pen.fill(box(0, 0, 1600, 1600), "#33465A")
    pen.fill(circle(1240, 330, 90), "#F3E6C4")
    pen.fill(box(0, 820, 1600, 1150), "#28394B")
    for x, y, w in (
        (1180, 870, 120),
        (1230, 920, 90),
        (1190, 980, 130),
        (300, 900, 100),
        (140, 1010, 120),
    ):
        pen.line([(x, y), (x + w, y)], 9, "#5D7488")
    pen.fill(box(0, 1130, 1600, 1600), "#7B6B58")
    _glow(pen, 800, 900, 620)
    _lantern(pen, look.tint, lit=True)


DRAWINGS: dict[str, Draw] = {
    "table_lamp": table_lamp,
    "table_lamp_lit": table_lamp_lit,
    "pendant_lamp": pendant_lamp,
    "candles": candles,
    "scented_candle": scented_candle,
    "lantern": lantern,
    "lantern_lit": lantern_lit,
}
FLAT = {"pendant_lamp"}
