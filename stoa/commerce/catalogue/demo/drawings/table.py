"""Plates, jugs and glasses."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    LEAF,
    PAPER,
    STEEL,
    WOOD,
    darker,
    lighter,
    mixed,
    trim_of,
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


def _plate(pen: Pen, x: float, y: float, radius: float, tint: str) -> None:
    lay(pen, circle(x, y, radius), tint, lift=radius * 0.07)
    pen.fill(circle(x, y, radius * 0.965), lighter(tint, 0.2))
    pen.fill(circle(x + radius * 0.012, y + radius * 0.016, radius * 0.7), darker(tint, 0.13))
    pen.fill(circle(x + radius * 0.02, y + radius * 0.03, radius * 0.68), lighter(tint, 0.1))


def _fork(pen: Pen, x: float) -> None:
    pen.line([(x, 760), (x, 1200)], 22, STEEL, tip=34)
    pen.fill(
        path(f"M {x - 48},440 V 640 Q {x - 40},740 {x},770 Q {x + 40},740 {x + 48},640 V 440 Z"),
        STEEL,
    )
    for slot in (-25, 0, 25):
        pen.fill(box(x + slot - 6, 420, x + slot + 6, 630, 6), pen.ground)


def _knife(pen: Pen, x: float) -> None:
    pen.fill(path(f"M {x - 22},840 V 470 Q {x + 50},520 {x + 34},840 Z"), lighter(STEEL, 0.3))
    pen.line([(x + 2, 830), (x + 2, 1200)], 36, STEEL)


def dinner_plate(pen: Pen, look: Look) -> None:
    """A stoneware plate from above."""
    _plate(pen, 800, 800, 520, look.tint)
    speck = darker(look.tint, 0.3)
    for at in range(34):
        turn, far = at * 137.5, 90 + (at * 53) % 390
        x, y = turned([(far, 0)], turn, at=(800, 800))[0]
        pen.fill(circle(x, y, 4 + at % 3), speck, 0.55)


def dinner_plate_set(pen: Pen, look: Look) -> None:
    """A set place: plate, small plate, napkin, fork and knife."""
    _plate(pen, 800, 800, 430, look.tint)
    _plate(pen, 800, 800, 290, PAPER)
    _fork(pen, 250)
    _knife(pen, 1345)
    cloth = turned(box(-86, -250, 86, 250, 8), 12, at=(800, 800))
    lay(pen, cloth, "#B9785F", lift=12)
    pen.line(path("M 790,560 C 780,700 800,860 806,1030"), 10, LEAF)
    for at in range(7):
        pen.fill(leaf(792 + at * 2, 600 + at * 58, 96, 34, -40 if at % 2 else 220), LEAF)


def pasta_bowl(pen: Pen, look: Look) -> None:
    """A wide bowl with spaghetti."""
    _plate(pen, 800, 800, 500, look.tint)
    pen.fill(circle(812, 818, 320), darker(look.tint, 0.22))
    pen.fill(circle(802, 806, 300), "#E7C277")
    for at in range(46):
        turn, far = at * 47, 40 + (at * 37) % 220
        x, y = turned([(far, 0)], turn, at=(800, 806))[0]
        radius = 60 + (at * 29) % 90
        strand = ellipse(x, y, radius, radius * 0.62, at * 61, at * 61 + 210)
        with pen.within(circle(802, 806, 310)):
            pen.line(strand, 13, darker("#E7C277", 0.16) if at % 3 else lighter("#E7C277", 0.35))
    pen.fill(circle(800, 790, 130), "#B8452B")
    for x, y, r in ((750, 760, 50), (840, 770, 56), (800, 840, 46)):
        pen.fill(circle(x, y, r), "#CE5F40")
    for a in (-30, 90, 210):
        pen.fill(leaf(800, 790, 104, 54, a), LEAF)


def _jug(pen: Pen, tint: str) -> None:
    pen.shadow(800, 1290, 300, 36)
    pen.line(
        path("M 960,560 C 1180,520 1240,760 1150,880 C 1110,940 1060,960 1020,980"),
        50,
        darker(tint, 0.16),
    )
    body = lathe(
        "M 0,470 H 176 C 160,600 160,640 196,720 C 280,850 300,960 290,1060 C 280,1190 240,1290 190,1292 H 0"
    )
    pen.fill(path("M 640,468 L 520,430 C 540,520 590,560 652,620 Z"), lighter(tint, 0.08))
    pen.body(body, tint)
    pen.fill(body.ring(960, 20, 50), trim_of(tint))
    pen.fill(body.ring(1004, 9, 50), trim_of(tint))
    pen.gloss(lathe("M 0,960 H 299 V 1066 H 0"), shade=0.1, shine=0)
    pen.fill(
        path("M 520,430 Q 700,424 800,426 Q 980,430 976,472 Q 960,516 800,516 Q 640,514 600,490 Z"),
        lighter(tint, 0.26),
    )
    pen.fill(
        path("M 556,444 Q 700,438 800,440 Q 956,444 954,472 Q 940,502 800,502 Q 660,500 620,480 Z"),
        darker(tint, 0.34),
    )


def jug(pen: Pen, look: Look) -> None:
    """A glazed water jug."""
    _jug(pen, look.tint)


def jug_flowers(pen: Pen, look: Look) -> None:
    """The jug with a bunch of anemones."""
    stems = ((620, 300), (760, 190), (900, 260), (1040, 330), (700, 370), (860, 400))
    for x, y in stems:
        pen.line([(800, 560), ((x + 800) / 2, (y + 520) / 2 - 10), (x, y)], 13, "#5D7148")
        pen.fill(leaf((x + 800) / 2, (y + 520) / 2, 130, 46, -60 if x > 800 else -130), LEAF)
    with pen.around(800, 1290, scale=0.94):
        _jug(pen, look.tint)
    for at, (x, y) in enumerate(stems):
        colour = ("#C96A55", "#F4E9D8", "#B7506A")[at % 3]
        for turn in range(0, 360, 60):
            pen.fill(
                turned(ellipse(52, 0, 56, 40), turn + at * 17, at=(x, y)),
                darker(colour, 0.06 * (turn % 120 == 0)),
            )
        pen.fill(circle(x, y, 32), "#3B3340")
        pen.fill(circle(x - 4, y - 4, 12), "#7B6D80")


def fish_platter(pen: Pen, look: Look) -> None:
    """An oval platter with a painted fish."""
    lay(pen, ellipse(800, 800, 640, 400), PAPER, lift=36)
    pen.fill(ellipse(800, 800, 622, 384), "#2B6383")
    pen.fill(ellipse(800, 800, 606, 370), lighter(PAPER, 0.2))
    pen.fill(ellipse(806, 808, 496, 280), darker(PAPER, 0.06))
    pen.fill(ellipse(808, 812, 488, 272), PAPER)
    for at in range(44):
        x, y = (
            800 + 552 * turned([(1, 0)], at * 360 / 44)[0][0],
            800 + 325 * turned([(1, 0)], at * 360 / 44)[0][1],
        )
        pen.fill(circle(x, y, 14), "#2B6383" if at % 2 else "#B4532A")
    fish = path(
        "M 390,800 C 500,630 800,590 1010,760 L 1180,660 Q 1130,800 1180,940 L 1010,840 C 800,1010 500,970 390,800 Z"
    )
    pen.fill(fish, "#2B6383")
    with pen.within(fish):
        for row in range(9):
            for column in range(7):
                x, y = 610 + row * 56, 610 + column * 64 + (32 if row % 2 else 0)
                pen.line(ellipse(x, y, 34, 36, 80, 280), 7, "#9CC0CC")
        pen.fill(path("M 370,600 H 560 Q 610,800 560,1000 H 370 Z"), "#3F7C9B")
        pen.line(path("M 560,640 Q 610,800 560,960"), 9, PAPER)
    pen.fill(circle(470, 770, 26), PAPER)
    pen.fill(circle(468, 770, 12), "#1F3E52")
    pen.fill(path("M 700,655 Q 800,560 900,690 Z"), "#B4532A")
    pen.fill(path("M 740,945 Q 800,1020 880,920 Z"), "#B4532A")
    del look


def salt_cellar(pen: Pen, look: Look) -> None:
    """A small lidded pot with a spoon of salt."""
    tint = look.tint
    pen.shadow(820, 1280, 380, 40)
    body = lathe("M 0,860 H 340 C 370,1000 360,1160 300,1276 H 0")
    pen.body(body, tint)
    with pen.around(800, 860, turn=0):
        pen.fill(ellipse(800, 860, 342, 92), lighter(tint, 0.24))
        pen.fill(ellipse(800, 866, 312, 76), darker(tint, 0.34))
        heap = path(
            "M 520,880 C 600,780 760,740 860,770 C 980,800 1060,850 1080,880 Q 800,980 520,880 Z"
        )
        pen.fill(heap, "#F7F4EE")
        pen.fill(path("M 800,760 C 960,780 1060,850 1080,880 Q 950,930 820,936 Z"), "#DCD7CD")
    pen.line(path("M 900,800 C 1010,690 1100,600 1210,480"), 38, WOOD, tip=50)
    pen.fill(turned(ellipse(0, 0, 96, 54), -42, at=(880, 820)), WOOD)
    pen.fill(turned(ellipse(0, -4, 78, 38), -42, at=(880, 820)), "#F7F4EE")
    for x, y in ((360, 1300), (410, 1326), (1210, 1310), (470, 1310), (1260, 1290)):
        pen.fill(turned(box(-13, -13, 13, 13, 3), x, at=(x, y)), "#F7F4EE")
    pen.fill(body.ring(1060, 14, 56), trim_of(tint), 0.8)


def _tumbler(pen: Pen, x: float, y: float, tint: str, *, scale: float = 1) -> None:
    with pen.moved(x, y, scale=scale):
        pen.shadow(14, 2, 170, 22, 0.18)
        body = lathe("M 0,-400 H 170 L 146,-20 Q 142,0 118,0 H 0", axis=0)
        pen.fill(body.outline, mixed(tint, pen.ground, 0.25), 0.72)
        water = lathe("M 0,-250 H 160 L 142,-34 Q 140,-26 118,-24 H 0", axis=0)
        pen.fill(water.outline, darker(tint, 0.1), 0.5)
        pen.fill(ellipse(0, -250, 160, 28), lighter(tint, 0.3), 0.75)
        for at in (-0.62, -0.25, 0.15, 0.55):
            pen.fill(body.band(at, at + 0.06), darker(tint, 0.2), 0.28)
        pen.fill(body.band(-0.88, -0.76), "#FFFFFF", 0.6)
        pen.fill(body.band(0.6, 1), darker(tint, 0.4), 0.16)
        pen.line(ellipse(0, -400, 168, 34), 7, lighter(tint, 0.5))


def tumblers(pen: Pen, look: Look) -> None:
    """Three ribbed tumblers."""
    _tumbler(pen, 800, 1120, look.tint, scale=1.1)
    _tumbler(pen, 530, 1290, look.tint, scale=1.3)
    _tumbler(pen, 1080, 1290, look.tint, scale=1.3)


def _carafe(pen: Pen, x: float, tint: str) -> None:
    with pen.moved(x, 1290):
        pen.shadow(20, 0, 290, 34, 0.2)
        body = lathe(
            "M 0,-960 H 130 C 100,-860 88,-760 100,-660 C 130,-520 270,-440 270,-240 C 270,-60 220,0 170,0 H 0",
            axis=0,
        )
        pen.fill(body.outline, mixed(tint, pen.ground, 0.3), 0.75)
        water = lathe(
            "M 0,-400 H 232 C 262,-340 258,-280 254,-240 C 252,-80 210,-26 160,-24 H 0", axis=0
        )
        pen.fill(water.outline, darker(tint, 0.1), 0.55)
        pen.fill(ellipse(0, -400, 232, 44), lighter(tint, 0.35), 0.8)
        lemon = turned(ellipse(0, 0, 84, 66), -20, at=(40, -250))
        pen.fill(lemon, "#E8C64F")
        pen.fill(turned(ellipse(0, 0, 68, 52), -20, at=(40, -250)), "#F6E7A0")
        for turn in range(0, 180, 45):
            pen.line(turned([(-60, 0), (60, 0)], turn, at=(40, -250)), 6, "#E8C64F")
        pen.fill(leaf(-60, -190, 130, 56, -50), LEAF)
        pen.fill(body.band(-0.84, -0.7), "#FFFFFF", 0.55)
        pen.fill(body.band(0.5, 1), darker(tint, 0.4), 0.13)
        pen.line(ellipse(0, -960, 128, 26), 8, lighter(tint, 0.5))


def carafe(pen: Pen, look: Look) -> None:
    """A water carafe with a slice of lemon."""
    _carafe(pen, 800, look.tint)


def carafe_table(pen: Pen, look: Look) -> None:
    """The carafe with two full tumblers."""
    _carafe(pen, 560, look.tint)
    _tumbler(pen, 1040, 1230, look.tint, scale=0.96)
    _tumbler(pen, 1270, 1340, look.tint)


def wine_glasses(pen: Pen, look: Look) -> None:
    """Two stemmed glasses, one with white wine and one with red."""
    for x, y, wine in ((570, 1240, "#8E2F3C"), (1020, 1300, "#E3C46A")):
        with pen.moved(x, y):
            pen.shadow(12, 0, 200, 24, 0.18)
            glass = mixed(look.tint, "#FFFFFF", 0.3)
            pen.fill(ellipse(0, -8, 176, 30), glass, 0.85)
            pen.fill(
                lathe("M 0,-460 H 26 C 14,-300 14,-100 60,-14 H 0", axis=0).outline, glass, 0.9
            )
            bowl = lathe(
                "M 0,-960 H 190 C 240,-780 250,-640 170,-530 C 110,-466 60,-454 0,-446", axis=0
            )
            pen.fill(bowl.outline, glass, 0.6)
            fill = lathe(
                "M 0,-700 H 222 C 222,-620 200,-570 156,-530 C 100,-484 60,-470 0,-462", axis=0
            )
            pen.fill(fill.outline, wine)
            pen.fill(fill.band(0.4, 1), "#2A1D14", 0.12)
            pen.fill(ellipse(0, -700, 222, 42), lighter(wine, 0.2))
            pen.fill(bowl.band(-0.84, -0.72), "#FFFFFF", 0.5)
            pen.line(ellipse(0, -960, 188, 32), 7, lighter(glass, 0.6))


DRAWINGS: dict[str, Draw] = {
    "dinner_plate": dinner_plate,
    "dinner_plate_set": dinner_plate_set,
    "pasta_bowl": pasta_bowl,
    "jug": jug,
    "jug_flowers": jug_flowers,
    "fish_platter": fish_platter,
    "salt_cellar": salt_cellar,
    "tumblers": tumblers,
    "carafe": carafe,
    "carafe_table": carafe_table,
    "wine_glasses": wine_glasses,
}
FLAT = {"dinner_plate", "dinner_plate_set", "pasta_bowl", "fish_platter"}
