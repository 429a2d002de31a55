"""Herbs, pasta, salt and tea."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    KRAFT,
    PAPER,
    WOOD,
    darker,
    lighter,
)
from stoa.commerce.catalogue.demo.drawings.look import Draw, Look, lay
from stoa.commerce.catalogue.demo.drawings.pen import Pen
from stoa.commerce.catalogue.demo.drawings.shapes import (
    box,
    circle,
    ellipse,
    lathe,
    leaf,
    path,
    turned,
)


def _twig(
    pen: Pen, x: float, y: float, turn: float, colour: str, *, size: float = 1, pairs: int = 4
) -> None:
    with pen.moved(x, y, turn, size):
        pen.line([(0, 0), (pairs * 56 + 30, 0)], 8, colour)
        for at in range(pairs):
            pen.fill(leaf(20 + at * 56, 0, 92, 28, -42), colour)
            pen.fill(leaf(40 + at * 56, 0, 92, 28, 42), colour)


def _label(pen: Pen, x: float, y: float, width: float, height: float, accent: str) -> None:
    pen.fill(box(x - width / 2, y, x + width / 2, y + height, 8), PAPER)
    pen.fill(box(x - width / 2, y, x + width / 2, y + height * 0.12, 8), accent)
    _twig(pen, x - width * 0.3, y + height * 0.44, 0, accent, size=width * 0.6 / 254)
    for at, share in enumerate((0.5, 0.34)):
        half = width * share / 2
        pen.line(
            [
                (x - half, y + height * (0.7 + at * 0.13)),
                (x + half, y + height * (0.7 + at * 0.13)),
            ],
            height * 0.028,
            darker(PAPER, 0.5),
        )


def oregano(pen: Pen, _: Look) -> None:
    """A dried bunch of oregano, tied with string."""
    for at in range(15):
        angle = -128 + at * 5.4
        length = 620 + (at * 83) % 170
        tip = turned([(length, 0)], angle, at=(800, 960))[0]
        base = turned([(430, 0)], 90 + (angle + 90) * 0.5, at=(800, 960))[0]
        pen.line([base, (800 + (at - 7) * 6, 960), tip], 8, "#8A7A4E")
        for step in range(3, 9):
            share = step / 8
            x, y = 800 + (tip[0] - 800) * share, 960 + (tip[1] - 960) * share
            for side in (-50, 50):
                pen.fill(
                    leaf(x, y, 72, 34, angle + side), "#8C9468" if (step + at) % 2 else "#737F52"
                )
        for dx, dy in ((0, 0), (-20, 22), (20, 20), (0, 40), (-14, -20), (14, -18)):
            pen.fill(circle(tip[0] + dx, tip[1] + dy, 17), "#B7AE7E" if dx else "#A39B66")
    pen.fill(box(724, 920, 876, 1010, 26), KRAFT)
    for y in (940, 962, 984):
        pen.line([(728, y), (872, y + 4)], 5, darker(KRAFT, 0.25))
    lay(pen, turned(box(-70, -110, 70, 110, 10), 14, at=(1010, 1130)), PAPER, lift=16)
    pen.line(path("M 860,980 Q 950,980 985,1044"), 6, darker(KRAFT, 0.2))
    _twig(pen, 970, 1150, -30, "#737F52", size=0.42, pairs=4)


def pasta(pen: Pen, look: Look) -> None:
    """A paper bag of pasta with a window, and some beside it."""
    wheat = "#E3BC68"
    pen.shadow(760, 1290, 360, 38)
    pen.fill(
        path("M 430,420 H 1050 L 1070,1270 Q 1070,1290 1050,1290 H 430 Q 410,1290 410,1270 Z"),
        KRAFT,
    )
    pen.fill(
        path("M 900,420 H 1050 L 1070,1270 Q 1070,1290 1050,1290 H 920 Z"), darker(KRAFT, 0.12)
    )
    pen.fill(box(424, 330, 1056, 450, 10), darker(KRAFT, 0.1))
    pen.fill(box(424, 396, 1056, 410), darker(KRAFT, 0.26))
    _label(pen, 730, 500, 420, 260, "#B4532A")
    window = ellipse(730, 1010, 220, 200)
    pen.fill(window, "#F3E4BE")
    with pen.within(window):
        for at in range(60):
            x, y, turn = 520 + (at * 173) % 440, 830 + (at * 97) % 380, (at * 61) % 180
            _pasta_piece(pen, x, y, turn, look.kind, darker(wheat, 0.08 * (at % 3)))
    for at, (x, y) in enumerate(
        ((1170, 1310), (1260, 1270), (1240, 1350), (1350, 1320), (1130, 1370), (1400, 1280))
    ):
        pen.soft(ellipse(x, y + 14, 46, 14), 0.2)
        _pasta_piece(pen, x, y, at * 57, look.kind, wheat)


def _pasta_piece(pen: Pen, x: float, y: float, turn: float, kind: str, colour: str) -> None:
    with pen.moved(x, y, turn):
        if kind == "linguine":
            pen.line([(-130, 0), (130, 8)], 10, colour)
            pen.line([(-120, 18), (140, 12)], 8, lighter(colour, 0.3))
        elif kind == "orzo":
            for dx, dy, spin in ((0, 0, 0), (34, 20, 50), (-30, 24, 120), (10, -28, 80)):
                pen.fill(
                    turned(ellipse(0, 0, 27, 11), spin, at=(dx, dy)),
                    colour if dx else lighter(colour, 0.25),
                )
        else:
            pen.fill(box(-62, -30, 62, 30, 10), colour)
            for dy in (-16, 0, 16):
                pen.line([(-52, dy), (50, dy)], 5, darker(colour, 0.16))
            pen.fill(ellipse(60, 0, 13, 30), darker(colour, 0.4))


def sea_salt(pen: Pen, _: Look) -> None:
    """A cardboard tube of sea salt, and a heap of flakes."""
    pen.shadow(720, 1290, 290, 36)
    body = lathe("M 0,480 H 256 V 1260 Q 256,1290 226,1290 H 0", axis=690)
    pen.body(body, PAPER, shade=0.12, shine=0)
    with pen.within(body.outline):
        pen.fill(box(420, 860, 960, 1300), "#82ADAB")
        for row in range(4):
            y = 880 + row * 100
            points = [
                (
                    420 + step * 20,
                    y + (22 if (step // 3) % 2 else -22) * (1 - abs(step % 3 - 1) * 0.5),
                )
                for step in range(28)
            ]
            pen.line(points, 15, PAPER)
        pen.gloss(body, shade=0.12, shine=0)
    pen.fill(circle(660, 690, 92), "#B4532A")
    pen.body(lathe("M 0,400 H 262 V 500 H 0", axis=690), "#2B6383", shine=0.2)
    pen.fill(ellipse(690, 400, 262, 56), lighter("#2B6383", 0.2))
    pen.soft(path("M 1000,1330 Q 1210,1140 1440,1330 Z"), 0.16)
    pen.fill(
        path(
            "M 1000,1326 C 1080,1280 1140,1180 1220,1180 C 1300,1180 1370,1290 1440,1326 Q 1220,1350 1000,1326 Z"
        ),
        "#FFFFFF",
    )
    pen.fill(path("M 1220,1180 C 1300,1180 1370,1290 1440,1326 Q 1340,1340 1240,1340 Z"), "#E4E4E0")
    for x, y, turn in (
        (1010, 1360, 10),
        (1480, 1350, 50),
        (1090, 1390, 30),
        (1380, 1390, 70),
        (1190, 1280, 20),
        (1260, 1250, 60),
    ):
        pen.fill(turned(box(-15, -15, 15, 15, 3), turn, at=(x, y)), "#F7F7F4")


def mountain_tea(pen: Pen, _: Look) -> None:
    """A bag of mountain tea and a glass of it."""
    pen.shadow(640, 1290, 300, 36)
    pen.fill(
        path("M 380,520 H 880 L 900,1270 Q 900,1290 880,1290 H 380 Q 360,1290 360,1270 Z"),
        "#C9CFA9",
    )
    pen.fill(
        path("M 770,520 H 880 L 900,1270 Q 900,1290 880,1290 H 780 Z"), darker("#C9CFA9", 0.13)
    )
    pen.fill(path("M 380,520 L 430,400 H 830 L 880,520 Z"), darker("#C9CFA9", 0.1))
    pen.fill(box(560, 380, 700, 430, 12), WOOD)
    pen.fill(ellipse(620, 880, 190, 240), PAPER)
    for dx in (-70, 0, 70):
        stem = path(f"M 620,1060 Q {620 + dx * 0.4},900 {620 + dx},730")
        pen.line(stem, 7, "#737F52")
        for at in range(5, len(stem), 4):
            x, y = stem[at]
            pen.fill(leaf(x, y, 46, 20, -20), "#8C9468")
            pen.fill(leaf(x, y, 46, 20, -160), "#8C9468")
        pen.fill(circle(620 + dx, 722, 22), "#D3B14A")
    pen.shadow(1150, 1320, 190, 26)
    pen.line(path("M 1280,1020 C 1410,1010 1410,1220 1270,1210"), 24, "#DDE8E6")
    glass = lathe("M 0,940 H 172 L 150,1300 Q 148,1320 124,1320 H 0", axis=1140)
    pen.fill(glass.outline, "#DDE8E6")
    pen.body(
        lathe("M 0,1010 H 154 L 138,1290 Q 136,1304 116,1304 H 0", axis=1140), "#D6A544", shine=0
    )
    pen.fill(ellipse(1140, 1010, 154, 26), "#E6C274")
    pen.fill(glass.band(-0.86, -0.76), "#FFFFFF", 0.6)
    pen.line(ellipse(1140, 940, 170, 28), 7, "#EFF5F3")
    for x in (1090, 1180):
        pen.line(
            path(f"M {x},880 C {x - 50},820 {x + 50},770 {x},700"),
            11,
            lighter(pen.ground, 0.7),
            tip=3,
        )


DRAWINGS: dict[str, Draw] = {
    "oregano": oregano,
    "pasta": pasta,
    "sea_salt": sea_salt,
    "mountain_tea": mountain_tea,
}
FLAT = {"oregano"}
