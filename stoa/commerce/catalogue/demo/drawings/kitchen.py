"""Pots, pans and coffee."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    BRASS,
    DARK_WOOD,
    INK,
    LEAF,
    STEEL,
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

IRON = "#3B3A39"
COPPER = "#C27A4E"


def _pot(pen: Pen, tint: str) -> None:
    pen.shadow(830, 1272, 470, 40)
    for side in (-1, 1):
        with pen.moved(800):
            ear = [
                (side * x, y)
                for x, y in path("M 380,830 C 480,800 520,830 512,880 C 506,925 450,930 385,915")
            ]
            pen.line(ear, 46, darker(tint, 0.1 if side < 0 else 0.24))
    pen.body(lathe("M 0,740 H 412 L 404,1120 Q 396,1270 262,1275 H 0"), tint)


def casserole(pen: Pen, look: Look) -> None:
    """A round enamelled casserole with its lid on."""
    _pot(pen, look.tint)
    pen.body(lathe("M 0,742 H 412 V 772 H 0"), darker(look.tint, 0.12), shine=0)
    lid = lathe("M 0,560 C 230,566 372,620 424,706 Q 436,738 420,744 H 0")
    pen.body(lid, lighter(look.tint, 0.06), shine=0.2)
    pen.body(lathe("M 0,462 H 58 Q 84,466 76,496 Q 64,518 40,522 L 44,566 H 0"), BRASS)


def casserole_open(pen: Pen, look: Look) -> None:
    """The casserole open, a tomato stew inside, the lid leaning beside it."""
    lid = turned(ellipse(0, 0, 180, 300), 24, at=(1180, 930))
    pen.soft([(x + 30, y + 26) for x, y in lid], 0.2)
    pen.fill(lid, darker(look.tint, 0.1))
    pen.fill(turned(ellipse(0, 0, 142, 256), 24, at=(1170, 926)), lighter(look.tint, 0.14))
    with pen.moved(-150, 40):
        _pot(pen, look.tint)
        pen.fill(ellipse(800, 742, 414, 118), lighter(look.tint, 0.2))
        pen.fill(ellipse(800, 746, 386, 100), "#F3EADB")
        pen.fill(ellipse(800, 764, 360, 80), "#A93F26")
        for x, y, r in (
            (640, 760, 58),
            (770, 800, 50),
            (880, 742, 62),
            (1010, 780, 54),
            (720, 724, 44),
        ):
            pen.fill(ellipse(x, y, r, r * 0.48), "#C9583A")
            pen.fill(ellipse(x - 10, y - 6, r * 0.5, r * 0.2), "#DC7A58")
        for x, y, a in ((810, 760, -30), (930, 800, 200), (690, 790, 20)):
            pen.fill(leaf(x, y, 78, 34, a), LEAF)


def skillet(pen: Pen, _: Look) -> None:
    """A cast-iron pan from above."""
    handle = turned(
        path(
            "M 300,-52 C 470,-30 560,-44 690,-50 Q 752,-48 752,0 Q 752,48 690,50 C 560,44 470,30 300,52 Z"
        ),
        40,
        at=(690, 690),
    )
    lay(pen, handle, IRON, lift=30)
    lay(pen, circle(690, 690, 412), IRON, lift=34)
    pen.fill(circle(690, 690, 384), lighter(IRON, 0.16))
    pen.fill(circle(696, 698, 356), "#302F2E")
    with pen.within(circle(696, 698, 356)):
        pen.fill(circle(720, 728, 352), lighter("#302F2E", 0.06))
    pen.fill(circle(1214, 1130, 26), pen.ground)
    pen.line(
        turned(path("M 430,-8 C 520,-4 560,-8 640,-10"), 40, at=(690, 690)), 12, lighter(IRON, 0.16)
    )


def saucepan(pen: Pen, _: Look) -> None:
    """A copper saucepan with a long brass handle."""
    pen.shadow(770, 1262, 420, 38)
    pen.line(path("M 1010,900 C 1150,880 1260,830 1440,770"), 54, BRASS, tip=40)
    pen.line(path("M 1030,888 C 1150,868 1260,818 1430,762"), 10, lighter(BRASS, 0.4))
    pen.fill(circle(1432, 773, 14), darker(BRASS, 0.45))
    body = lathe("M 0,800 H 342 L 336,1180 Q 332,1262 262,1264 H 0", axis=690)
    pen.body(body, COPPER, shine=0.42)
    pen.fill(ellipse(690, 800, 348, 84), lighter(COPPER, 0.3))
    pen.fill(ellipse(690, 803, 326, 70), "#D9D5CF")
    with pen.within(ellipse(690, 803, 326, 70)):
        pen.fill(ellipse(690, 840, 326, 76), darker("#D9D5CF", 0.26))
    for y in (902, 948):
        pen.fill(circle(1006, y - 30, 13), lighter(BRASS, 0.3))


def baking_dish(pen: Pen, look: Look) -> None:
    """A rectangular stoneware dish with baked vegetables in it."""
    tint = look.tint
    rim = box(330, 430, 1270, 1130, 110)
    for x in (232, 1214):
        lay(pen, box(x, 660, x + 154, 900, 60), darker(tint, 0.06))
        pen.fill(box(x + 36, 704, x + 118, 856, 40), pen.ground)
    lay(pen, rim, tint, lift=34)
    pen.fill(box(372, 472, 1228, 1088, 84), darker(tint, 0.2))
    pen.fill(box(394, 500, 1228, 1088, 76), darker(mixed(tint, "#FFFFFF", 0.5), 0.08))
    slices = ("#B9442C", "#7F8D4E", "#E2B65A", "#6B4055")
    with pen.within(box(394, 500, 1228, 1088, 76)):
        for row in range(3):
            for at in range(13):
                colour = slices[(at + row) % 4]
                x, y = 446 + at * 62, 604 + row * 190
                pen.fill(ellipse(x + 6, y + 6, 54, 92), darker(colour, 0.3), 0.5)
                pen.fill(ellipse(x, y, 54, 92), darker(colour, 0.16))
                pen.fill(ellipse(x - 5, y, 44, 80), lighter(colour, 0.14))
        for x, y, a in (
            (520, 700, 30),
            (760, 640, -40),
            (980, 830, 160),
            (640, 960, 70),
            (1090, 600, 10),
        ):
            pen.fill(leaf(x, y, 64, 24, a), LEAF)


def espresso_pot(pen: Pen, look: Look) -> None:
    """An eight-sided stove-top pot."""
    tint = look.tint
    grip = INK if look.kind != "charcoal" else DARK_WOOD
    pen.shadow(800, 1290, 300, 34)
    pen.line(path("M 990,610 H 1120 Q 1172,616 1160,680 L 1120,900"), 56, grip)
    lower = lathe("M 0,900 H 176 L 258,1270 Q 258,1288 236,1290 H 0", axis=770)
    upper = lathe("M 0,560 H 250 L 176,852 H 0", axis=770)
    pen.fill(path("M 560,560 L 446,528 L 500,640 L 600,720 Z"), darker(tint, 0.05))
    for body in (lower, upper):
        pen.fill(body.outline, tint)
        pen.fill(body.band(-1, -0.52), lighter(tint, 0.16))
        pen.fill(body.band(0.05, 0.58), darker(tint, 0.12))
        pen.fill(body.band(0.58, 1), darker(tint, 0.26))
    pen.body(lathe("M 0,846 H 186 V 906 H 0", axis=770), darker(tint, 0.2), shine=0.2)
    lid = lathe("M 0,470 Q 60,474 252,552 V 566 H 0", axis=770)
    pen.fill(lid.outline, lighter(tint, 0.1))
    pen.fill(lid.band(0.05, 1), darker(tint, 0.1))
    pen.body(lathe("M 0,396 H 34 Q 48,430 28,474 H 0", axis=770), grip, shine=0.15)
    pen.fill(circle(772, 1010, 22), BRASS)


def espresso_pot_cup(pen: Pen, look: Look) -> None:
    """The pot from farther away with two small cups of coffee."""
    with pen.around(800, 1290, scale=0.86), pen.moved(-230):
        espresso_pot(pen, look)
    for x, y in ((1090, 1300), (1330, 1225)):
        pen.shadow(x + 8, y, 150, 20)
        pen.fill(ellipse(x, y - 6, 158, 26), "#FAF5EA")
        pen.line(
            path(
                f"M {x + 84},{y - 130} C {x + 160},{y - 150} {x + 150},{y - 40} {x + 70},{y - 50}"
            ),
            20,
            "#E9E0CF",
        )
        cup = lathe(f"M 0,{y - 160} H 98 Q 100,{y - 20} 46,{y - 12} H 0", axis=x)
        pen.body(cup, "#FAF5EA", shade=0.1, shine=0)
        pen.fill(ellipse(x, y - 160, 98, 26), "#FFFDF8")
        pen.fill(ellipse(x, y - 156, 84, 20), "#4A2C1C")
        pen.fill(ellipse(x - 6, y - 154, 66, 13), "#7A4E30")


def briki(pen: Pen, _: Look) -> None:
    """A small brass pot for Greek coffee, with foam."""
    pen.shadow(720, 1270, 300, 34)
    pen.line(path("M 850,800 C 1000,760 1130,640 1330,520"), 40, DARK_WOOD, tip=52)
    pen.line(path("M 850,806 L 990,752"), 46, darker(BRASS, 0.12))
    body = lathe(
        "M 0,790 H 210 Q 176,880 236,980 Q 300,1110 268,1230 Q 262,1272 226,1272 H 0", axis=690
    )
    pen.body(body, BRASS, shine=0.4)
    pen.fill(path("M 520,786 L 428,764 L 520,862 Z"), BRASS)
    pen.fill(ellipse(690, 790, 214, 54), lighter(BRASS, 0.36))
    pen.fill(ellipse(690, 794, 196, 44), "#6B4327")
    pen.fill(ellipse(676, 796, 160, 30), "#A97548")
    for x, y, r in ((620, 796, 12), (700, 806, 16), (742, 788, 10), (660, 784, 9)):
        pen.fill(ellipse(x, y, r, r * 0.5), "#C99A6C")
    pen.fill(body.ring(1000, 16, 34), darker(BRASS, 0.3))
    pen.fill(body.ring(1036, 8, 34), darker(BRASS, 0.3))


def teapot(pen: Pen, look: Look) -> None:
    """A round stoneware teapot with a cane handle."""
    tint = look.tint
    pen.shadow(810, 1272, 360, 38)
    pen.line(path("M 520,830 C 480,380 1120,380 1080,830"), 40, WOOD)
    for at in (0.42, 0.5, 0.58):
        x = 500 + at * 600
        pen.line([(x - 14, 478), (x + 4, 518)], 8, darker(WOOD, 0.3))
    spout = path(
        "M 1080,1080 C 1190,1060 1210,900 1330,820 L 1386,866 C 1300,960 1290,1130 1090,1190 Z"
    )
    pen.fill(spout, darker(tint, 0.16))
    body = lathe("M 0,800 H 170 C 330,820 400,930 390,1060 C 380,1190 300,1270 200,1272 H 0")
    pen.body(body, tint)
    with pen.within(body.outline):
        pen.fill(
            path("M 300,1100 Q 800,1180 1300,1100 L 1300,1400 H 300 Z"),
            mixed(tint, "#D9C2A0", 0.72),
        )
        pen.gloss(lathe("M 0,1100 H 390 C 380,1190 300,1270 200,1272 H 0"), shade=0.12, shine=0)
    pen.body(lathe("M 0,742 Q 150,750 184,806 H 0"), lighter(tint, 0.1), shine=0)
    pen.body(lathe("M 0,676 H 34 Q 56,706 26,748 H 0"), darker(tint, 0.1), shine=0)


def coffee_mill(pen: Pen, _: Look) -> None:
    """A wooden coffee mill with a crank and a drawer."""
    pen.shadow(810, 1292, 340, 36)
    pen.fill(box(500, 830, 1100, 1240, 14), WOOD)
    pen.fill(box(900, 830, 1100, 1240, 14), darker(WOOD, 0.16))
    for y in (880, 936, 1010, 1200):
        pen.line([(520, y), (760, y + 6), (890, y - 4)], 5, darker(WOOD, 0.13))
    pen.fill(box(466, 1230, 1134, 1292, 16), darker(WOOD, 0.2))
    pen.fill(box(480, 800, 1120, 850, 14), darker(WOOD, 0.12))
    pen.fill(box(580, 960, 860, 1190, 10), lighter(WOOD, 0.14))
    pen.fill(circle(720, 1076, 26), BRASS)
    pen.fill(circle(713, 1069, 9), lighter(BRASS, 0.5))
    pen.body(lathe("M 0,640 Q 190,650 214,802 H 0"), BRASS, shine=0.35)
    pen.body(lathe("M 0,520 H 20 V 650 H 0"), darker(STEEL, 0.2), shine=0)
    pen.line(path("M 800,536 C 900,500 1000,500 1120,470"), 30, darker(STEEL, 0.12))
    pen.body(lathe("M 0,330 Q 60,336 52,400 Q 40,440 30,476 H 0", axis=1124), DARK_WOOD, shine=0.15)


def _mug(pen: Pen, x: float, y: float, tint: str) -> None:
    with pen.moved(x, y):
        pen.shadow(30, 4, 230, 30)
        pen.line(path("M 196,-350 C 360,-380 370,-120 170,-110"), 46, darker(tint, 0.16))
        body = lathe("M 0,-420 H 212 L 200,-70 Q 190,0 128,0 H 0", axis=0)
        pen.body(body, tint)
        with pen.within(body.outline):
            pen.fill(box(-240, -70, 240, 20), mixed(tint, "#CDB591", 0.75))
            pen.gloss(lathe("M 0,-70 H 200 Q 190,0 128,0 H 0", axis=0), shine=0)
        pen.fill(ellipse(0, -420, 213, 50), lighter(tint, 0.3))
        pen.fill(ellipse(0, -416, 194, 40), darker(tint, 0.3))


def mug(pen: Pen, look: Look) -> None:
    """A stoneware mug with coffee."""
    with pen.around(800, 1280, scale=1.55):
        _mug(pen, 760, 1280, look.tint)
        pen.fill(ellipse(760, 876, 172, 28), "#5A3823")
        pen.fill(ellipse(748, 879, 140, 19), "#7C5234")


def mug_stack(pen: Pen, look: Look) -> None:
    """Four mugs, two of them stacked."""
    _mug(pen, 530, 1250, lighter(look.tint, 0.32))
    _mug(pen, 1040, 1250, look.tint)
    _mug(pen, 1030, 838, darker(look.tint, 0.12))
    _mug(pen, 700, 1340, "#F3EBDB")


DRAWINGS: dict[str, Draw] = {
    "casserole": casserole,
    "casserole_open": casserole_open,
    "skillet": skillet,
    "saucepan": saucepan,
    "baking_dish": baking_dish,
    "espresso_pot": espresso_pot,
    "espresso_pot_cup": espresso_pot_cup,
    "briki": briki,
    "teapot": teapot,
    "coffee_mill": coffee_mill,
    "mug": mug,
    "mug_stack": mug_stack,
}
FLAT = {"skillet", "baking_dish"}
