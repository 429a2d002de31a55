"""Pots, cans and tools for the garden."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    BRASS,
    DARK_LEAF,
    DARK_WOOD,
    LEAF,
    STEEL,
    STRAW,
    TINTS,
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
    turned,
)

CLAY = TINTS["terracotta"]


def _clay_pot(pen: Pen, x: float, y: float, size: float, *, colour: str = CLAY) -> None:
    with pen.moved(x, y, scale=size):
        pen.shadow(14, 2, 250, 30)
        pen.body(lathe("M 0,-420 H 262 L 200,-10 Q 198,0 186,0 H 0", axis=0), colour, shine=0.16)
        pen.body(lathe("M 0,-520 H 300 V -400 H 0", axis=0), lighter(colour, 0.06), shine=0.16)
        pen.fill(lathe("M 0,-404 H 272 L 268,-372 H 0", axis=0).outline, "#2A1D14", 0.12)
        pen.fill(ellipse(0, -520, 300, 54), lighter(colour, 0.2))
        pen.fill(ellipse(0, -516, 268, 42), "#4B3728")


def terracotta_pot(pen: Pen, _: Look) -> None:
    """Three clay pots of different size."""
    _clay_pot(pen, 1090, 1180, 1.0)
    _clay_pot(pen, 600, 1290, 1.38)
    _clay_pot(pen, 1180, 1350, 0.66)


def terracotta_pot_herbs(pen: Pen, _: Look) -> None:
    """A clay pot with a full rosemary and sage bush."""
    _clay_pot(pen, 800, 1330, 1.2)
    for at in range(13):
        angle = -158 + at * 11.4
        length = 380 + (at * 71) % 210
        tip = turned([(length, 0)], angle, at=(800, 720))[0]
        pen.line([(800 + (at - 6) * 16, 730), tip], 11, DARK_LEAF)
        for step in range(3, 12):
            share = step / 11
            x, y = (
                800 + (at - 6) * 16 * (1 - share) + (tip[0] - 800) * share,
                720 + (tip[1] - 720) * share,
            )
            for side in (-42, 42):
                pen.fill(
                    leaf(x, y, 84, 25, angle + side),
                    LEAF if (at + step) % 3 else lighter(LEAF, 0.22),
                )


def amphora(pen: Pen, _: Look) -> None:
    """A tall clay oil jar with two handles."""
    pen.shadow(820, 1390, 300, 36)
    for side in (-1, 1):
        ear = [(800 + side * x, y) for x, y in path("M 130,370 C 330,360 330,560 250,640")]
        pen.line(ear, 52, darker(CLAY, 0.08 if side < 0 else 0.22))
    body = lathe(
        "M 0,280 H 190 Q 196,330 150,350 C 130,430 150,500 220,560 C 380,690 400,850 350,1020 C 300,1180 230,1300 216,1390 H 0"
    )
    pen.body(body, CLAY, shine=0.18)
    for y, height in ((640, 14), (680, 60), (760, 14)):
        pen.fill(
            body.ring(y, height, 60), darker(CLAY, 0.24) if height < 20 else darker(CLAY, 0.12)
        )
    pen.opening(800, 284, 192, 40, CLAY, lip=26)


def amphora_garden(pen: Pen, look: Look) -> None:
    """The jar in a garden, a pomegranate branch in it."""
    pen.fill(box(0, 1150, 1600, 1600), "#D9C9A8")
    for x, height in ((120, 560), (300, 700), (1320, 660), (1490, 520)):
        pen.fill(
            path(
                f"M {x - 80},1150 C {x - 90},{1150 - height * 0.6} {x - 30},{1150 - height} {x},{1150 - height - 60} C {x + 30},{1150 - height} {x + 90},{1150 - height * 0.6} {x + 80},1150 Z"
            ),
            "#9AAA7E",
        )
    for x, y in ((560, 200), (700, 130), (900, 160), (1060, 230)):
        pen.line([(800, 440), ((x + 800) / 2, (y + 420) / 2 - 40), (x, y)], 13, DARK_WOOD)
        for at in range(4):
            share = 0.35 + at * 0.17
            pen.fill(
                leaf(
                    800 + (x - 800) * share,
                    420 + (y - 420) * share,
                    110,
                    38,
                    -30 if at % 2 else -140,
                ),
                LEAF,
            )
        pen.fill(circle(x, y, 52), "#A93F36")
        pen.fill(
            path(
                f"M {x - 20},{y - 40} L {x - 26},{y - 80} L {x},{y - 60} L {x + 26},{y - 80} L {x + 20},{y - 40} Z"
            ),
            "#8E3230",
        )
    with pen.around(800, 1390, scale=0.9):
        amphora(pen, look)


def hanging_planter(pen: Pen, look: Look) -> None:
    """A glazed hanging pot with trailing ivy."""
    tint = look.tint
    pen.line([(800, 120), (520, 720)], 13, darker(STRAW, 0.2))
    pen.line([(800, 120), (1080, 720)], 13, darker(STRAW, 0.2))
    pen.line(ellipse(800, 110, 30, 36), 13, darker(STRAW, 0.2))
    for at in range(11):
        pen.fill(
            leaf(800, 740, 250 + (at * 67) % 120, 80, -160 + at * 14), LEAF if at % 2 else DARK_LEAF
        )
    body = lathe("M 0,700 H 310 C 330,900 240,1010 140,1030 H 0")
    pen.body(body, tint)
    pen.fill(body.ring(800, 16, 60), trim_of(tint), 0.8)
    pen.fill(box(480, 690, 1120, 740, 22), lighter(tint, 0.1))
    pen.fill(box(920, 690, 1120, 740, 22), "#2A1D14", 0.08)
    for x, sway, length in ((560, -60, 520), (690, 30, 360), (900, -24, 440), (1040, 70, 600)):
        vine = path(
            f"M {x},700 C {x + sway},{760 + length * 0.2} {x - sway},{760 + length * 0.6} {x + sway},{760 + length}"
        )
        pen.line(vine, 9, DARK_LEAF)
        for at in range(4, len(vine), 4):
            px, py = vine[at]
            pen.fill(
                leaf(px, py, 82, 56, 30 if at % 8 else 150), LEAF if at % 8 else lighter(LEAF, 0.16)
            )


def _can(pen: Pen, tint: str) -> None:
    pen.line(path("M 520,620 C 560,350 960,330 980,620"), 40, darker(tint, 0.2))
    pen.fill(path("M 1000,1120 L 1290,640 L 1350,676 L 1010,1230 Z"), darker(tint, 0.2))
    pen.fill(
        turned(path("M -120,-60 L 120,-60 L 70,60 L -70,60 Z"), 31, at=(1350, 600)),
        darker(tint, 0.1),
    )
    pen.fill(turned(ellipse(0, -60, 120, 28), 31, at=(1350, 600)), lighter(tint, 0.2))
    for at in (-70, -24, 24, 70):
        pen.fill(turned(ellipse(at, -60, 9, 6), 31, at=(1350, 600)), darker(tint, 0.4))
    pen.line(path("M 470,760 C 250,720 240,1080 450,1110"), 40, darker(tint, 0.1))
    body = lathe("M 0,640 H 250 L 316,1260 Q 316,1290 286,1290 H 0", axis=750)
    pen.body(body, tint)
    for y in (760, 1170):
        pen.fill(body.ring(y, 18, 34), darker(tint, 0.2))
    pen.fill(ellipse(750, 640, 252, 56), lighter(tint, 0.22))
    pen.fill(ellipse(750, 646, 226, 44), darker(tint, 0.42))
    pen.fill(path("M 760,596 Q 1000,580 1002,640 Q 1000,690 760,700 Z"), lighter(tint, 0.04))


def watering_can(pen: Pen, look: Look) -> None:
    """A metal watering can."""
    with pen.moved(-60):
        pen.shadow(780, 1290, 380, 38)
        _can(pen, look.tint)


def watering_can_in_use(pen: Pen, look: Look) -> None:
    """The can pouring over seedlings."""
    with pen.around(800, 900, turn=16, scale=0.76), pen.moved(-400, -330):
        _can(pen, look.tint)
    for row in range(4):
        for drop in range(6):
            x, y = 1120 + drop * 44 + row * 18, 590 + row * 150 + (drop * 37) % 70
            pen.fill(
                path(
                    f"M {x},{y - 30} C {x + 20},{y} {x + 14},{y + 22} {x},{y + 22} C {x - 14},{y + 22} {x - 20},{y} {x},{y - 30} Z"
                ),
                "#7FB0C6",
            )
    pen.fill(box(820, 1230, 1540, 1440, 26), "#B98552")
    pen.fill(box(820, 1330, 1540, 1344), darker("#B98552", 0.2))
    pen.fill(ellipse(1180, 1236, 340, 34), "#4B3728")
    for at in range(6):
        x = 920 + at * 104
        pen.line([(x, 1236), (x, 1130)], 12, DARK_LEAF)
        pen.fill(leaf(x, 1150, 96, 46, -150), LEAF)
        pen.fill(leaf(x, 1150, 96, 46, -30), lighter(LEAF, 0.14))


def secateurs(pen: Pen, _: Look) -> None:
    """Garden secateurs, open."""
    with pen.around(800, 800, turn=38):
        for side, colour in ((-1, CLAY), (1, darker(CLAY, 0.14))):
            grip = [
                (800 + side * x, y)
                for x, y in path(
                    "M 10,790 C 60,900 170,980 190,1180 C 196,1300 160,1400 120,1400 C 80,1400 90,1290 70,1180 C 50,1060 -10,960 -40,850 Z"
                )
            ]
            lay(pen, grip, colour, lift=26)
        blade = path("M 760,820 C 690,700 690,480 830,300 C 880,420 900,640 850,820 Z")
        hook = path("M 850,820 C 900,720 960,640 980,500 C 1010,640 980,760 890,860 Z")
        lay(pen, hook, darker(STEEL, 0.2), lift=22)
        lay(pen, blade, lighter(STEEL, 0.2), lift=22)
        pen.fill(
            path("M 760,820 C 690,700 690,480 830,300 C 740,500 740,680 800,820 Z"),
            darker(STEEL, 0.1),
        )
        pen.fill(circle(812, 812, 62), darker(STEEL, 0.28))
        pen.fill(circle(808, 808, 30), BRASS)
        pen.line(path("M 760,960 C 790,930 830,1000 860,960"), 16, darker(STEEL, 0.24))


def secateurs_in_use(pen: Pen, look: Look) -> None:
    """The secateurs beside cut olive twigs."""
    with pen.around(800, 800, scale=0.86), pen.moved(-190, 60):
        secateurs(pen, look)
    for x0, y0, turn in ((1110, 520, 64), (1280, 560, 74)):
        stem = turned([(0, 0), (760, 0)], turn, at=(x0, y0))
        pen.line(stem, 13, DARK_WOOD)
        for at in range(1, 10):
            x, y = x0 + (stem[1][0] - x0) * at / 10, y0 + (stem[1][1] - y0) * at / 10
            pen.fill(
                leaf(x, y, 170, 42, turn + (48 if at % 2 else -48)), LEAF if at % 3 else DARK_LEAF
            )
            if at % 4 == 2:
                pen.fill(ellipse(x + 30, y + 24, 22, 28), "#5C4357")


def hand_tools(pen: Pen, _: Look) -> None:
    """A trowel and a hand fork."""
    for x, turn in ((560, -10), (1040, 10)):
        with pen.around(x, 800, turn=turn):
            lay(
                pen,
                path(
                    f"M {x - 34},980 C {x - 60},1120 {x - 56},1300 {x - 40},1370 Q {x},1410 {x + 40},1370 C {x + 56},1300 {x + 60},1120 {x + 34},980 Z"
                ),
                WOOD,
                lift=24,
            )
            pen.line(
                path(f"M {x - 22},1040 C {x - 34},1160 {x - 32},1260 {x - 26},1330"),
                11,
                lighter(WOOD, 0.3),
            )
            lay(pen, box(x - 20, 690, x + 20, 1000, 12), darker(STEEL, 0.2), lift=20)
            pen.fill(box(x - 38, 950, x + 38, 1010, 12), BRASS)
            if x < 800:
                blade = path(
                    f"M {x - 130},330 C {x - 150},560 {x - 120},700 {x - 30},740 H {x + 30} C {x + 120},700 {x + 150},560 {x + 130},330 Q {x + 60},210 {x},170 Q {x - 60},210 {x - 130},330 Z"
                )
                lay(pen, blade, STEEL, lift=22)
                pen.fill(
                    path(
                        f"M {x + 10},170 Q {x + 60},210 {x + 130},330 C {x + 150},560 {x + 120},700 {x + 30},740 H {x + 10} Z"
                    ),
                    darker(STEEL, 0.14),
                )
            else:
                for offset in (-110, 0, 110):
                    pen.line(
                        path(
                            f"M {x + offset},190 C {x + offset},500 {x + offset * 0.9},640 {x},700"
                        ),
                        34,
                        STEEL,
                    )
                    pen.fill(
                        path(
                            f"M {x + offset - 17},196 L {x + offset},120 L {x + offset + 17},196 Z"
                        ),
                        STEEL,
                    )
            pen.fill(circle(x, 1352, 12), darker(pen.ground, 0.3))


def garden_gloves(pen: Pen, look: Look) -> None:
    """A pair of gardening gloves."""
    fabric = "#EADFC8"
    for x, turn, mirror in ((570, -10, -1), (1030, 10, 1)):
        with pen.moved(x, 820, turn=turn):
            hand = path(
                "M -150,180 C -190,-40 -190,-180 -186,-330 Q -180,-384 -136,-384 Q -96,-384 -92,-330 L -86,-200 L -84,-420 Q -78,-474 -34,-474 "
                "Q 8,-474 12,-420 L 14,-210 L 22,-440 Q 28,-488 70,-488 Q 112,-488 114,-440 L 112,-200 L 124,-380 Q 132,-420 168,-418 Q 206,-414 206,-370 "
                "L 196,-80 C 240,-150 300,-220 344,-190 C 386,-160 330,-60 270,20 C 230,80 200,120 190,180 Z"
            )
            hand = [(mirror * px, py) for px, py in hand]
            lay(pen, hand, fabric, lift=24)
            palm: Shape = [
                (mirror * px, py)
                for px, py in path("M -200,-150 Q 0,-100 210,-150 L 400,-300 L 400,-700 H -240 Z")
            ]
            with pen.within(hand):
                pen.fill(palm, look.tint)
                for px in (-110, 0, 110):
                    pen.line([(mirror * px, -120), (mirror * px, 140)], 5, darker(fabric, 0.12))
            pen.fill(
                box(-176, 170, 206, 330, 26) if mirror > 0 else box(-206, 170, 176, 330, 26),
                look.tint,
            )
            for px in range(-150, 190, 40):
                pen.line([(mirror * px, 190), (mirror * px, 312)], 6, darker(look.tint, 0.16))


def twine(pen: Pen, look: Look) -> None:
    """A spool of garden twine."""
    tint = look.tint
    pen.shadow(800, 1280, 300, 36)
    pen.fill(box(560, 1200, 1040, 1284, 24), WOOD)
    pen.fill(box(900, 1200, 1040, 1284, 24), darker(WOOD, 0.18))
    body = lathe("M 0,700 H 200 Q 280,960 200,1210 H 0")
    pen.fill(body.outline, tint)
    with pen.within(body.outline):
        for at in range(-6, 20):
            y = 640 + at * 36
            pen.line([(520, y + 60), (1080, y - 40)], 7, darker(tint, 0.2))
            pen.line([(520, y + 70), (1080, y - 30)], 6, lighter(tint, 0.3))
    pen.gloss(body, shine=0)
    pen.fill(ellipse(800, 640, 240, 64), darker(WOOD, 0.1))
    pen.fill(box(560, 620, 1040, 704, 24), WOOD)
    pen.fill(box(900, 620, 1040, 704, 24), darker(WOOD, 0.18))
    pen.fill(ellipse(800, 626, 238, 52), lighter(WOOD, 0.16))
    pen.fill(ellipse(800, 626, 60, 14), darker(WOOD, 0.5))
    pen.line(
        path("M 1000,1110 C 1180,1130 1100,1300 1240,1320 C 1340,1330 1320,1240 1420,1280"),
        13,
        tint,
    )


def deck_chair(pen: Pen, look: Look) -> None:
    """A folding chair with a striped canvas."""
    pen.shadow(830, 1350, 540, 36)
    wood = "#C79A64"
    pen.line([(480, 1340), (1130, 760)], 42, darker(wood, 0.18))
    pen.line([(430, 300), (1240, 1340)], 42, darker(wood, 0.18))
    sling = path(
        "M 420,290 C 470,700 640,1010 940,1060 C 1040,1070 1140,1000 1200,880 L 1060,770 C 990,880 900,900 830,860 C 690,780 620,560 620,250 Z"
    )
    stripes = ("#F7F1E4", look.tint)
    pen.fill(sling, stripes[0])
    with pen.within(sling):
        for at in range(5):
            offset = at * 44
            stripe = path(
                f"M {424 + offset},290 C {474 + offset},{700 - at * 16} {640 + at * 42},{1010 - at * 44} {940 - at * 18},{1060 - at * 42} "
                f"C {1040 - at * 22},{1070 - at * 44} {1140 - at * 26},{1000 - at * 36} {1200 - at * 26},{880 - at * 22}"
            )
            pen.line(stripe, 25, stripes[1])
    pen.line([(380, 300), (660, 240)], 40, wood)
    pen.line([(1040, 760), (1230, 900)], 40, wood)
    pen.line([(300, 1340), (1260, 880)], 42, wood)
    pen.line([(600, 270), (1400, 1340)], 42, wood)


DRAWINGS: dict[str, Draw] = {
    "terracotta_pot": terracotta_pot,
    "terracotta_pot_herbs": terracotta_pot_herbs,
    "amphora": amphora,
    "amphora_garden": amphora_garden,
    "hanging_planter": hanging_planter,
    "watering_can": watering_can,
    "watering_can_in_use": watering_can_in_use,
    "secateurs": secateurs,
    "secateurs_in_use": secateurs_in_use,
    "hand_tools": hand_tools,
    "garden_gloves": garden_gloves,
    "twine": twine,
    "deck_chair": deck_chair,
}
FLAT = {"hanging_planter", "secateurs", "secateurs_in_use", "hand_tools", "garden_gloves"}
