"""Napkins, cloths, aprons and gloves."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    BRASS,
    LEAF,
    PAPER,
    WOOD,
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
    lathe,
    leaf,
    path,
)


def _plate(pen: Pen, x: float, y: float, radius: float, tint: str) -> None:
    lay(pen, circle(x, y, radius), tint, lift=radius * 0.07)
    pen.fill(circle(x, y, radius * 0.965), lighter(tint, 0.2))
    pen.fill(circle(x + radius * 0.012, y + radius * 0.016, radius * 0.7), darker(tint, 0.13))
    pen.fill(circle(x + radius * 0.02, y + radius * 0.03, radius * 0.68), lighter(tint, 0.1))


def _stripes(pen: Pen, shape: Shape, colour: str, ys: tuple[tuple[float, float], ...]) -> None:
    with pen.within(shape):
        for y, height in ys:
            pen.fill(box(0, y, 1600, y + height), colour)


def napkins(pen: Pen, look: Look) -> None:
    """Folded linen napkins, fanned."""
    tint = look.tint
    for turn, colour in ((-16, darker(tint, 0.14)), (-3, darker(tint, 0.06)), (10, tint)):
        with pen.around(800, 820, turn=turn):
            cloth = box(440, 440, 1160, 1200, 16)
            lay(pen, cloth, colour, lift=20)
            for inset in (34,):
                pen.line(
                    [
                        (440 + inset, 440 + inset),
                        (1160 - inset, 440 + inset),
                        (1160 - inset, 1200 - inset),
                        (440 + inset, 1200 - inset),
                        (440 + inset, 440 + inset),
                    ],
                    7,
                    trim_of(colour),
                )
    with pen.around(800, 820, turn=10):
        pen.fill(path("M 440,1200 V 820 H 1160 V 1184 Q 1160,1200 1144,1200 Z"), "#2A1D14", 0.07)
        pen.line([(446, 820), (1154, 820)], 6, darker(tint, 0.2))


def napkin_set(pen: Pen, look: Look) -> None:
    """A napkin on a plate, held by a ring with an olive twig."""
    _plate(pen, 800, 800, 500, "#F3EBDB")
    with pen.around(800, 800, turn=-24):
        lay(
            pen,
            path("M 680,330 L 920,330 L 850,800 L 960,1280 H 640 L 750,800 Z"),
            look.tint,
            lift=18,
        )
        for x0, x1, x2 in ((740, 784, 730), (800, 802, 800), (864, 818, 880)):
            pen.line([(x0, 330), (x1, 800), (x2, 1280)], 7, darker(look.tint, 0.2))
        pen.fill(box(730, 760, 870, 850, 30), BRASS)
        pen.fill(box(740, 772, 860, 790, 8), lighter(BRASS, 0.5))
        pen.line(path("M 800,780 C 830,640 870,540 930,450"), 10, "#5D7148")
        for at in range(5):
            pen.fill(leaf(815 + at * 24, 690 - at * 56, 116, 32, -10 if at % 2 else -130), LEAF)


def tablecloth(pen: Pen, look: Look) -> None:
    """A table laid with a long cloth."""
    tint = look.tint
    pen.shadow(800, 1400, 640, 40)
    for x in (330, 1230):
        pen.fill(box(x, 900, x + 40, 1400, 6), WOOD)
    drape = path(
        "M 250,560 H 1350 L 1440,1180 Q 1390,1210 1340,1176 Q 1280,1150 1220,1184 Q 1140,1216 1060,1180 Q 980,1150 900,1184 "
        "Q 800,1216 700,1182 Q 620,1152 540,1184 Q 460,1214 380,1180 Q 320,1150 260,1178 Q 210,1206 160,1180 Z"
    )
    pen.fill(drape, tint)
    with pen.within(drape):
        pen.fill(path("M 0,1090 H 1600 V 1112 H 0 Z"), trim_of(tint), 0.9)
        pen.fill(path("M 0,1128 H 1600 V 1138 H 0 Z"), trim_of(tint), 0.9)
        for x in (330, 500, 700, 900, 1100, 1260):
            lean = (x - 800) * 0.14
            pen.fill(path(f"M {x},680 L {x + lean + 50},1230 H {x + lean - 30} Z"), "#2A1D14", 0.08)
    pen.fill(path("M 250,560 H 1350 L 1372,700 H 228 Z"), lighter(tint, 0.16))
    bowl = lathe("M 0,470 H 170 Q 160,600 70,612 H 0", axis=640)
    pen.shadow(650, 614, 130, 16)
    for x, y in ((570, 440), (650, 420), (720, 446)):
        pen.fill(circle(x, y, 62), "#E2A63E")
        pen.fill(circle(x - 16, y - 18, 14), "#F2CE86")
    pen.body(bowl, PAPER, shade=0.1, shine=0)
    pen.shadow(980, 614, 70, 12)
    pen.line(path("M 970,470 C 965,380 1000,330 990,250"), 9, LEAF)
    for at in range(4):
        pen.fill(leaf(974 + at * 6, 430 - at * 48, 92, 30, -30 if at % 2 else -150), LEAF)
    pen.body(lathe("M 0,440 H 32 V 500 Q 76,540 66,612 H 0", axis=970), "#82ADAB", shine=0)


def tea_towel(pen: Pen, look: Look) -> None:
    """A striped tea towel hanging from a hook."""
    tint = look.tint
    base = "#F7F1E4"
    pen.fill(box(470, 250, 1130, 286, 18), darker(WOOD, 0.1))
    cloth = path("M 530,270 H 1070 L 1092,1330 Q 800,1352 508,1330 Z")
    pen.soft([(x + 26, y + 24) for x, y in cloth], 0.2)
    pen.fill(cloth, base)
    _stripes(
        pen, cloth, tint, ((330, 16), (364, 16), (1010, 60), (1090, 22), (1130, 22), (1172, 60))
    )
    with pen.within(cloth):
        for x in (560, 1010):
            pen.fill(box(x, 200, x + 30, 1400), tint, 0.5)
        pen.fill(path("M 900,270 L 940,1340 H 1100 V 270 Z"), "#2A1D14", 0.08)
        pen.fill(path("M 640,270 L 600,1340 H 650 Z"), "#2A1D14", 0.06)
        pen.fill(box(500, 262, 1100, 300), "#2A1D14", 0.1)


def apron(pen: Pen, look: Look) -> None:
    """A linen apron with a pocket."""
    tint = look.tint
    strap = darker(tint, 0.22)
    pen.line(path("M 660,420 C 640,210 960,210 940,420"), 24, strap)
    pen.line(path("M 470,760 C 380,800 350,900 380,1010"), 20, strap)
    pen.line(path("M 1130,760 C 1220,800 1250,900 1220,1010"), 20, strap)
    cloth = path(
        "M 640,410 H 960 C 964,580 1010,690 1130,740 L 1160,1340 Q 800,1380 440,1340 L 470,740 C 590,690 636,580 640,410 Z"
    )
    lay(pen, cloth, tint, lift=28)
    with pen.within(cloth):
        pen.fill(path("M 980,400 L 1010,1380 H 1200 V 400 Z"), "#2A1D14", 0.1)
        pen.fill(path("M 560,760 L 520,1380 H 560 L 590,760 Z"), "#2A1D14", 0.07)
        pen.fill(box(620, 400, 980, 444), darker(tint, 0.14))
    pocket = path("M 610,900 H 990 V 1120 Q 990,1160 950,1160 H 650 Q 610,1160 610,1120 Z")
    pen.fill(pocket, darker(tint, 0.07))
    pen.line([*pocket, pocket[0]], 6, trim_of(tint))
    pen.line([(800, 904), (800, 1156)], 6, trim_of(tint))
    with pen.around(700, 900, turn=8):
        pen.line([(700, 760), (700, 896)], 20, WOOD)
        pen.fill(ellipse(700, 730, 38, 66), WOOD)


def oven_gloves(pen: Pen, look: Look) -> None:
    """A pair of quilted oven gloves."""
    for x, turn, colour in ((560, -8, darker(look.tint, 0.12)), (1010, 8, look.tint)):
        with pen.moved(x, 800, turn=turn):
            mitt = path(
                "M -180,480 V 20 C -190,-380 -120,-470 20,-470 C 160,-470 200,-340 200,-180 V -60 C 230,-150 330,-190 360,-110 C 380,-30 250,60 200,180 V 480 Z"
            )
            if x < 800:
                mitt = [(-px, py) for px, py in mitt]
            lay(pen, mitt, colour, lift=26)
            with pen.within(mitt):
                for at in range(-880, 900, 110):
                    pen.line([(at - 500, -500), (at + 500, 500)], 6, darker(colour, 0.16))
                    pen.line([(at + 500, -500), (at - 500, 500)], 6, darker(colour, 0.16))
            side = -1 if x < 800 else 1
            pen.fill([(side * px, py) for px, py in box(-196, 400, 216, 500, 18)], "#F3EBDB")
            pen.line(path("M -190,450 C -300,440 -300,560 -196,500"), 16, "#F3EBDB")


DRAWINGS: dict[str, Draw] = {
    "napkins": napkins,
    "napkin_set": napkin_set,
    "tablecloth": tablecloth,
    "tea_towel": tea_towel,
    "apron": apron,
    "oven_gloves": oven_gloves,
}
FLAT = {"napkins", "napkin_set", "tea_towel", "apron", "oven_gloves"}
