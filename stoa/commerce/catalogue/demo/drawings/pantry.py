"""Bottles, jars and tins from the pantry."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    BRASS,
    DARK_LEAF,
    INK,
    KRAFT,
    LEAF,
    PAPER,
    WOOD,
    darker,
    lighter,
    mixed,
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

OLIVES = {"kalamata": "#5C4357", "green": "#98A052", "mixed": "#7B7A4E"}


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


def _oil_bottle(pen: Pen, x: float, y: float) -> None:
    glass = "#4C5B34"
    with pen.moved(x, y):
        pen.shadow(18, 0, 210, 28)
        body = lathe(
            "M 0,-1010 H 54 V -800 C 58,-720 176,-690 180,-580 V -30 Q 180,0 150,0 H 0", axis=0
        )
        pen.body(body, glass, shine=0.3)
        pen.body(lathe("M 0,-1060 H 50 V -960 H 0", axis=0), INK, shine=0.14)
        pen.body(lathe("M 0,-960 H 62 V -930 H 0", axis=0), BRASS, shine=0.3)
        _label(pen, 0, -500, 300, 360, "#74824A")
        pen.fill(box(70, -500, 150, -140, 8), "#2A1D14", 0.07)


def _oil_tin(pen: Pen, x: float, y: float) -> None:
    green = "#5F7047"
    with pen.moved(x, y):
        pen.shadow(20, 0, 260, 30)
        pen.fill(box(-30, -800, 60, -730, 10), BRASS)
        pen.line(path("M -150,-740 C -150,-830 -60,-830 -60,-740"), 16, darker(green, 0.2))
        pen.fill(box(-230, -740, 230, 0, 18), green)
        pen.fill(box(110, -740, 230, 0, 18), darker(green, 0.16))
        pen.fill(ellipse(-20, -390, 160, 220), PAPER)
        _twig(pen, -110, -330, -38, green, size=0.82)
        pen.fill(ellipse(-20, -430, 26, 34), "#5C4357")
        pen.fill(ellipse(50, -340, 26, 34), "#5C4357")
        for edge in (-716, -34):
            pen.fill(box(-230, edge, 230, edge + 12), BRASS)


def olive_oil(pen: Pen, _: Look) -> None:
    """A bottle and a tin of olive oil."""
    _oil_tin(pen, 960, 1260)
    _oil_bottle(pen, 600, 1310)


def olive_oil_bread(pen: Pen, _: Look) -> None:
    """The bottle with a dish of oil and bread."""
    _oil_bottle(pen, 480, 1250)
    lay(pen, ellipse(1010, 1270, 330, 110), PAPER, lift=18)
    pen.fill(ellipse(1010, 1264, 270, 80), darker(PAPER, 0.12))
    pen.fill(ellipse(1010, 1270, 240, 64), "#C9B23E")
    pen.fill(ellipse(980, 1262, 150, 34), "#DACA6A")
    for x, y, turn in ((1140, 1120, -24), (1290, 1180, 10)):
        slice_shape = turned(
            path(
                "M -150,90 Q -190,-40 -110,-110 Q 0,-170 110,-110 Q 190,-40 150,90 Q 0,130 -150,90 Z"
            ),
            turn,
            at=(x, y),
        )
        lay(pen, slice_shape, "#B4763D", lift=14)
        pen.fill(
            turned(
                path(
                    "M -124,70 Q -156,-34 -92,-90 Q 0,-138 92,-90 Q 156,-34 124,70 Q 0,100 -124,70 Z"
                ),
                turn,
                at=(x, y),
            ),
            "#F0DDB8",
        )
        for px, py in ((-60, -30), (30, -60), (60, 20), (-20, 36)):
            pen.fill(turned(ellipse(px, py, 15, 10), turn, at=(x, y)), "#DDBF8C")
    _twig(pen, 700, 1400, -12, LEAF, size=1.3, pairs=5)


def vinegar(pen: Pen, _: Look) -> None:
    """A square bottle of dark vinegar."""
    glass = "#3B2A28"
    pen.shadow(820, 1300, 280, 34)
    body = lathe("M 0,360 H 60 V 560 C 64,640 240,650 244,740 V 1270 Q 244,1300 214,1300 H 0")
    pen.body(body, glass, shine=0.26)
    pen.fill(box(730, 240, 870, 380, 22), "#B98552")
    pen.fill(box(820, 240, 870, 380, 22), darker("#B98552", 0.16))
    pen.fill(box(728, 376, 872, 420, 8), "#8E2F3C")
    _label(pen, 800, 830, 380, 360, "#8E2F3C")
    pen.fill(box(892, 830, 990, 1190, 8), "#2A1D14", 0.08)


def _jar(
    pen: Pen, content: str, lid: str, *, axis: float = 800, y: float = 1290, scale: float = 1
) -> None:
    with pen.moved(axis, y, scale=scale):
        pen.shadow(20, 0, 320, 36)
        glass = mixed("#DDE8E6", pen.ground, 0.3)
        body = lathe("M 0,-760 H 226 Q 300,-740 300,-640 V -50 Q 300,0 250,0 H 0", axis=0)
        pen.fill(body.outline, glass)
        inner = lathe("M 0,-680 H 240 Q 276,-660 276,-620 V -50 Q 276,-24 240,-24 H 0", axis=0)
        pen.fill(inner.outline, content)
        pen.gloss(inner, shade=0.12, shine=0)
        pen.fill(body.band(-0.88, -0.78), "#FFFFFF", 0.55)
        pen.body(lathe("M 0,-880 H 240 Q 252,-880 252,-868 V -760 H 0", axis=0), lid, shine=0.3)
        pen.fill(box(-252, -790, 252, -776), darker(lid, 0.2))


def olives(pen: Pen, look: Look) -> None:
    """A jar of olives."""
    colour = OLIVES.get(look.kind, OLIVES["kalamata"])
    _jar(pen, "#D3CE96", "#74824A")
    inside = box(524, 610, 1076, 1266, 34)
    with pen.within(inside):
        for row in range(9):
            for column in range(8):
                x, y = 540 + column * 82 + (41 if row % 2 else 0), 660 + row * 76
                shade = colour
                if look.kind == "mixed":
                    shade = OLIVES["kalamata"] if (row * 3 + column) % 5 < 2 else OLIVES["green"]
                pen.fill(
                    turned(ellipse(0, 0, 46, 36), (row * 50 + column * 37) % 180, at=(x, y)),
                    darker(shade, 0.05 * ((row + column) % 3)),
                )
                pen.fill(ellipse(x - 14, y - 13, 9, 6), lighter(shade, 0.5))
        pen.fill(box(905, 600, 1080, 1270), "#2A1D14", 0.14)
    _label(pen, 770, 850, 330, 300, "#74824A")


def honey(pen: Pen, _: Look) -> None:
    """A jar of thyme honey with a cloth cap."""
    _jar(pen, "#D08A24", BRASS)
    pen.fill(
        path(
            "M 520,430 Q 800,390 1080,430 L 1120,560 Q 1080,590 1040,560 Q 1000,596 950,564 Q 900,598 850,566 Q 800,600 750,566 Q 700,598 650,564 Q 600,596 560,560 Q 520,590 480,560 Z"
        ),
        PAPER,
    )
    pen.fill(
        path("M 950,412 Q 1030,420 1080,430 L 1120,560 Q 1080,590 1040,560 Q 1000,596 960,570 Z"),
        "#2A1D14",
        0.09,
    )
    pen.line(path("M 548,500 Q 800,536 1052,500"), 12, KRAFT)
    _label(pen, 780, 800, 360, 320, "#B9741C")
    for at in range(3):
        _twig(pen, 1130 + at * 40, 1330, -70 + at * 20, DARK_LEAF, size=0.8, pairs=3)
        pen.fill(circle(1200 + at * 66, 1100 + at * 50, 18), "#A79BBC")


def honey_dipper(pen: Pen, look: Look) -> None:
    """Honey running from a dipper into yoghurt."""
    lay(pen, circle(720, 900, 480), "#2B6383", lift=34)
    pen.fill(circle(720, 900, 460), lighter("#2B6383", 0.18))
    pen.fill(circle(728, 912, 390), "#FBF8F1")
    pen.fill(
        path(
            "M 500,820 C 600,720 800,760 860,860 C 920,980 780,1060 660,1020 C 560,980 600,880 700,900 C 760,920 740,960 700,950"
        ),
        "#D9972C",
    )
    for x, y, a in ((560, 1060, 20), (840, 1040, -30), (600, 760, 80), (900, 780, 10)):
        pen.fill(turned(ellipse(0, 0, 54, 32), a, at=(x, y)), "#B98552")
        pen.fill(turned(ellipse(-6, -5, 40, 20), a, at=(x, y)), "#CFA06C")
    with pen.around(1000, 620, turn=42):
        lay(pen, box(980, 120, 1016, 560, 18), WOOD)
        for at in range(6):
            lay(
                pen,
                box(
                    1000 - 74 + abs(2.5 - at) * 14,
                    540 + at * 42,
                    998 + 74 - abs(2.5 - at) * 14,
                    572 + at * 42,
                    16,
                ),
                "#B9741C" if at > 1 else WOOD,
                lift=8,
            )
    del look


def fig_jam(pen: Pen, _: Look) -> None:
    """A jar of fig jam and a halved fig."""
    _jar(pen, "#6B2F44", "#7A4658", axis=700)
    _label(pen, 680, 800, 360, 320, "#7A4658")
    for x, y, cut in ((1130, 1290, False), (1300, 1360, True)):
        pen.shadow(x + 8, y, 140, 20)
        fig = path(
            f"M {x},{y - 290} C {x + 20},{y - 220} {x + 140},{y - 180} {x + 130},{y - 80} C {x + 120},{y - 10} {x + 60},{y} {x},{y} C {x - 60},{y} {x - 120},{y - 10} {x - 130},{y - 80} C {x - 140},{y - 180} {x - 20},{y - 220} {x},{y - 290} Z"
        )
        pen.fill(fig, "#5B3A55")
        if cut:
            with pen.around(x, y - 90, scale=0.84):
                pen.fill(fig, "#E8D7B4")
            with pen.around(x, y - 80, scale=0.64):
                pen.fill(fig, "#B4465A")
            for at in range(26):
                px, py = x - 62 + (at * 47) % 124, y - 132 + (at * at * 13) % 100
                pen.fill(circle(px, py, 6), "#E9C387")
        else:
            for offset in (-70, -24, 24, 70):
                pen.line(
                    path(
                        f"M {x + offset * 0.2},{y - 240} Q {x + offset * 1.2},{y - 140} {x + offset * 0.8},{y - 20}"
                    ),
                    6,
                    "#7D5A76",
                )


def biscuit_tin(pen: Pen, _: Look) -> None:
    """A round tin with almond biscuits on top and beside."""
    pen.shadow(810, 1290, 430, 40)
    body = lathe("M 0,760 H 400 V 1240 Q 400,1290 350,1290 H 0")
    pen.body(body, "#2B6383", shine=0.24)
    for edge in (880, 1200):
        pen.fill(body.ring(edge, 12, 60), BRASS)
    with pen.within(body.ring(892, 308, 60)):
        for at in range(-6, 7):
            x, y = 800 + at * 92, 1080 + 56 * (1 - (at / 5) ** 2)
            for turn in range(0, 360, 90):
                pen.fill(leaf(x, y, 60, 28, turn + 45), "#E9D9B4")
            pen.fill(circle(x, y, 12), "#D3A144")
    pen.gloss(lathe("M 0,892 H 400 V 1200 H 0"), shade=0.1, shine=0)
    pen.fill(ellipse(800, 760, 402, 96), "#7FA3B4")
    pen.fill(ellipse(800, 764, 374, 80), darker("#2B6383", 0.3))
    for x, y in ((600, 740), (760, 700), (930, 710), (1030, 750), (690, 780), (860, 780)):
        pen.fill(ellipse(x + 6, y + 10, 108, 56), darker("#D9A965", 0.22))
        pen.fill(ellipse(x, y, 108, 56), "#D9A965")
        pen.fill(ellipse(x - 6, y - 8, 88, 38), "#E7C48C")
        pen.fill(leaf(x - 36, y - 8, 74, 30, 0), "#A9703C")


DRAWINGS: dict[str, Draw] = {
    "olive_oil": olive_oil,
    "olive_oil_bread": olive_oil_bread,
    "vinegar": vinegar,
    "olives": olives,
    "honey": honey,
    "honey_dipper": honey_dipper,
    "fig_jam": fig_jam,
    "biscuit_tin": biscuit_tin,
}
FLAT = {"honey_dipper"}
