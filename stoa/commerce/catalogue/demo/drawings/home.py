"""Blankets, beds, mats and baskets."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    BRASS,
    DARK_LEAF,
    DARK_WOOD,
    LEAF,
    PAPER,
    STRAW,
    WOOD,
    darker,
    lighter,
    trim_of,
)
from stoa.commerce.catalogue.demo.drawings.look import Draw, Look, lay
from stoa.commerce.catalogue.demo.drawings.pen import Pen
from stoa.commerce.catalogue.demo.drawings.shapes import (
    Lathe,
    box,
    circle,
    ellipse,
    lathe,
    leaf,
    path,
    turned,
)


def blanket(pen: Pen, look: Look) -> None:
    """A folded wool blanket with fringes and checks."""
    tint, trim = look.tint, trim_of(look.tint)
    pen.shadow(810, 1290, 500, 40)
    for x in range(330, 1280, 22):
        pen.line([(x, 1210), (x + (x % 7) - 3, 1310)], 9, lighter(tint, 0.25))
    for y0, y1, share in ((960, 1230, 0.16), (760, 1000, 0.08)):
        pen.fill(box(310, y0, 1290, y1, 70), darker(tint, share))
    top = path(
        "M 380,560 H 1220 Q 1290,560 1290,640 V 1200 Q 1290,1236 1250,1236 H 350 Q 310,1236 310,1200 V 640 Q 310,560 380,560 Z"
    )
    pen.fill(top, tint)
    with pen.within(top):
        for x in range(380, 1300, 230):
            pen.fill(box(x, 540, x + 66, 1250), trim, 0.36)
            pen.fill(box(x + 92, 540, x + 102, 1250), trim, 0.6)
        for y in range(600, 1250, 230):
            pen.fill(box(300, y, 1300, y + 66), trim, 0.36)
            pen.fill(box(300, y + 92, 1300, y + 102), trim, 0.6)
        pen.fill(box(1080, 540, 1300, 1250), "#2A1D14", 0.08)


def cushion(pen: Pen, look: Look) -> None:
    """A square cushion with a stitched olive branch."""
    tint, trim = look.tint, trim_of(look.tint)
    pen.shadow(810, 1296, 430, 40)
    pillow = path(
        "M 380,480 Q 800,530 1220,480 Q 1250,470 1246,510 Q 1190,880 1246,1240 Q 1250,1290 1210,1280 Q 800,1240 390,1280 Q 350,1290 354,1240 Q 410,880 354,510 Q 350,470 380,480 Z"
    )
    pen.fill(pillow, tint)
    with pen.within(pillow):
        pen.fill(path("M 1080,440 C 1020,800 1020,1000 1090,1320 H 1300 V 440 Z"), "#2A1D14", 0.11)
    pen.line([*pillow, pillow[0]], 10, darker(tint, 0.2))
    pen.line(path("M 620,1120 C 720,960 840,820 980,660"), 12, trim)
    for at in range(8):
        x, y = 650 + at * 41, 1076 - at * 51
        pen.fill(leaf(x, y, 150, 46, -10 if at % 2 else -100), trim)
    for x, y in ((760, 1010), (900, 850)):
        pen.fill(circle(x, y, 26), trim)


def bed_linen(pen: Pen, look: Look) -> None:
    """A made bed with two pillows."""
    tint = look.tint
    pen.shadow(800, 1370, 660, 36)
    pen.fill(box(240, 330, 1360, 1000, 60), WOOD)
    pen.fill(box(290, 390, 1310, 900, 30), darker(WOOD, 0.14))
    for x in (250, 1290):
        pen.fill(box(x, 1200, x + 60, 1370, 10), darker(WOOD, 0.2))
    for x in (350, 830):
        pillow = path(
            f"M {x},600 Q {x + 210},560 {x + 420},600 Q {x + 450},730 {x + 420},860 H {x} Q {x - 30},730 {x},600 Z"
        )
        pen.soft([(px + 10, py + 16) for px, py in pillow], 0.2)
        pen.fill(pillow, lighter(tint, 0.5))
        inner = [(x + 40, 640), (x + 380, 640), (x + 388, 820), (x + 32, 820), (x + 40, 640)]
        pen.line(inner, 6, darker(tint, 0.06))
    duvet = path(
        "M 220,850 Q 800,790 1380,850 L 1400,1300 Q 1400,1330 1370,1330 H 230 Q 200,1330 200,1300 Z"
    )
    pen.fill(duvet, tint)
    with pen.within(duvet):
        pen.fill(
            path("M 190,820 Q 800,770 1410,820 L 1410,960 Q 800,910 190,960 Z"), lighter(tint, 0.45)
        )
        pen.fill(
            path("M 190,960 Q 800,910 1410,960 L 1410,976 Q 800,926 190,976 Z"), darker(tint, 0.22)
        )
        for x in (430, 640, 980, 1180):
            pen.fill(
                path(
                    f"M {x},990 Q {x + 40},1160 {x - 20},1340 H {x + 40} Q {x + 80},1160 {x},990 Z"
                ),
                "#2A1D14",
                0.06,
            )


def door_mat(pen: Pen, _: Look) -> None:
    """A coir mat with a meander border."""
    coir = "#B98E56"
    mat = box(220, 450, 1380, 1150, 18)
    lay(pen, mat, coir, lift=28)
    for at in range(420):
        x, y = 232 + (at * 389) % 1136, 462 + (at * 241) % 676
        pen.line(
            [(x, y), (x + 14 - at % 28, y + 12)],
            4,
            darker(coir, 0.14) if at % 2 else lighter(coir, 0.16),
        )
    dark = "#3A342C"
    for edge, flip in ((500, 1), (1100, -1)):
        for at in range(11):
            left = 272 + at * 96
            key = [(0, 54), (0, 0), (72, 0), (72, 40), (32, 40), (32, 22)]
            pen.line([(left + px, edge + flip * (py - 10)) for px, py in key], 13, dark)
            pen.line([(left, edge + flip * 44), (left + 96, edge + flip * 44)], 13, dark)
    pen.line(path("M 520,860 C 680,740 900,740 1080,830"), 14, dark)
    for at in range(8):
        lift = (3.5 - abs(at - 3.5)) * 19
        pen.fill(leaf(560 + at * 66, 832 - lift, 118, 40, -60 if at % 2 else 40), dark)


def _weave(pen: Pen, body: Lathe, top: int, low: int, colour: str) -> None:
    with pen.within(body.outline):
        for row, y in enumerate(range(top, low, 46)):
            for column in range(-14, 15):
                x = body.axis + column * 66 + (33 if row % 2 else 0)
                pen.fill(
                    box(x - 29, y + 4, x + 29, y + 42, 17),
                    darker(colour, 0.13) if (row + column) % 2 else lighter(colour, 0.14),
                )
    pen.gloss(body, shade=0.14, shine=0)


def market_basket(pen: Pen, look: Look) -> None:
    """A woven market basket with leather handles."""
    del look
    pen.shadow(810, 1290, 420, 40)
    for side in (-1, 1):
        handle = [
            (800 + side * (x - 800), y) for x, y in path("M 640,760 C 660,380 760,330 800,330")
        ]
        pen.line(handle, 34, DARK_WOOD)
    body = lathe("M 0,740 H 470 C 440,960 400,1180 330,1290 H 0")
    pen.fill(body.outline, STRAW)
    _weave(pen, body, 744, 1290, STRAW)
    pen.fill(box(318, 716, 1282, 776, 30), darker(STRAW, 0.16))
    for x in (640, 960):
        pen.fill(box(x - 36, 730, x + 36, 860, 12), DARK_WOOD)
        for y in (770, 830):
            pen.fill(circle(x, y, 9), BRASS)


def market_basket_full(pen: Pen, look: Look) -> None:
    """The basket full of vegetables and bread."""
    with pen.moved(0, 0):
        pen.fill(turned(box(-70, -330, 70, 330, 70), 22, at=(1010, 590)), "#C08A4C")
        for y in (-220, -100, 20):
            cut = turned(ellipse(0, 0, 13, 58), 40)
            pen.fill(turned([(x, y + py) for x, py in cut], 22, at=(1010, 590)), "#E6C590")
        for a in (-130, -110, -95, -78, -60, -42):
            pen.fill(leaf(640, 800, 420, 130, a), LEAF if a % 4 else DARK_LEAF)
        for x, y, c in (
            (520, 720, "#C5472D"),
            (820, 690, "#E2A63E"),
            (680, 720, "#7A4658"),
            (930, 730, "#C5472D"),
        ):
            pen.fill(circle(x, y, 92), c)
            pen.fill(circle(x - 28, y - 30, 20), lighter(c, 0.4))
    market_basket(pen, look)


def laundry_basket(pen: Pen, _: Look) -> None:
    """A tall willow basket with a linen lining."""
    willow = "#B98A54"
    pen.shadow(810, 1340, 360, 40)
    body = lathe("M 0,560 H 350 C 400,800 380,1120 310,1340 H 0")
    pen.fill(body.outline, willow)
    _weave(pen, body, 560, 1340, willow)
    lining = path(
        "M 430,500 Q 800,440 1170,500 L 1186,690 Q 1100,720 1040,690 Q 960,730 880,696 Q 800,730 720,696 Q 640,730 560,690 Q 500,720 416,690 Z"
    )
    pen.fill(lining, PAPER)
    pen.fill(
        path("M 960,474 Q 1080,480 1170,500 L 1186,690 Q 1100,720 1040,690 Q 990,712 950,708 Z"),
        "#2A1D14",
        0.08,
    )
    pen.fill(ellipse(800, 500, 372, 52), darker(PAPER, 0.14))
    for x in (410, 1190):
        pen.line(ellipse(x, 820, 30, 70, 0, 360), 24, darker(willow, 0.22))


def broom(pen: Pen, _: Look) -> None:
    """A hand broom of rice straw with red stitching."""
    with pen.around(800, 800, turn=24):
        lay(pen, box(772, 130, 828, 760, 26), WOOD, lift=24)
        pen.fill(circle(800, 176, 12), darker(pen.ground, 0.3))
        head = path(
            "M 730,720 H 870 C 890,900 1010,1040 1090,1330 Q 800,1400 510,1330 C 590,1040 710,900 730,720 Z"
        )
        lay(pen, head, STRAW, lift=30)
        with pen.within(head):
            for at in range(-15, 16):
                pen.line(
                    [(800 + at * 4, 720), (800 + at * 20, 1390)],
                    6,
                    darker(STRAW, 0.16) if at % 2 else lighter(STRAW, 0.24),
                )
        for y, half in ((800, 82), (900, 122), (990, 168)):
            pen.line(path(f"M {800 - half},{y} Q 800,{y + 26} {800 + half},{y}"), 17, "#B4532A")
        pen.fill(box(736, 690, 864, 770, 16), "#B4532A")


DRAWINGS: dict[str, Draw] = {
    "blanket": blanket,
    "cushion": cushion,
    "bed_linen": bed_linen,
    "door_mat": door_mat,
    "market_basket": market_basket,
    "market_basket_full": market_basket_full,
    "laundry_basket": laundry_basket,
    "broom": broom,
}
FLAT = {"door_mat", "broom"}
