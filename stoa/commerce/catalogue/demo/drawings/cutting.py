"""Knives, boards and what stirs and grinds."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    BRASS,
    DARK_WOOD,
    LEAF,
    STEEL,
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

MARBLE = "#E9E5DE"


def _blade(pen: Pen, outline: str, edge: str) -> None:
    lay(pen, path(outline), "#CDD0CF", lift=26)
    pen.fill(path(edge), "#E6E8E6")


def chef_knife(pen: Pen, look: Look) -> None:
    """A chef's knife, diagonal."""
    grip = DARK_WOOD if look.kind == "walnut" else WOOD
    with pen.around(800, 800, turn=-38):
        _blade(
            pen,
            "M 640,700 H 1230 Q 1390,712 1500,812 Q 1360,886 1180,888 H 690 Q 656,888 652,850 Z",
            "M 690,888 H 1180 Q 1360,886 1500,812 Q 1350,852 1160,850 H 680 Z",
        )
        handle = path(
            "M 660,706 C 520,690 400,704 280,700 Q 150,694 140,760 Q 136,826 200,824 C 340,812 480,806 652,806 Z"
        )
        lay(pen, handle, grip, lift=26)
        pen.fill(box(628, 698, 672, 866, 10), darker(STEEL, 0.12))
        for x in (300, 430, 560):
            pen.fill(circle(x, 760, 17), BRASS)
            pen.fill(circle(x - 4, 756, 6), lighter(BRASS, 0.5))
        pen.line(path("M 190,730 C 340,716 460,724 600,722"), 7, lighter(grip, 0.3))


def knife_in_use(pen: Pen, look: Look) -> None:
    """The knife on a board with sliced tomatoes and basil."""
    board = box(180, 330, 1420, 1270, 90)
    lay(pen, board, lighter(WOOD, 0.2), lift=34)
    for y, bend in ((450, 30), (620, -20), (860, 26), (1040, -30), (1170, 16)):
        pen.line(path(f"M 220,{y} C 560,{y + bend} 980,{y - bend} 1380,{y}"), 6, darker(WOOD, 0.02))
    with (
        pen.around(800, 800, turn=10, scale=0.8),
        pen.moved(0, -230),
        pen.around(800, 800, turn=38),
    ):
        chef_knife(pen, look)
    for x, y in ((420, 1010), (580, 1060), (740, 1030)):
        pen.soft(circle(x + 12, y + 16, 96), 0.24)
        pen.fill(circle(x, y, 98), "#C5472D")
        pen.fill(circle(x, y, 82), "#DD6A4A")
        for turn in range(0, 360, 72):
            pen.fill(turned(ellipse(48, 0, 26, 18), turn, at=(x, y)), "#EFA07E")
    pen.soft(circle(1142, 1052, 130), 0.26)
    pen.fill(circle(1130, 1030, 132), "#C5472D")
    pen.fill(ellipse(1090, 980, 34, 24), "#E28063")
    for turn in range(-90, 270, 72):
        pen.fill(leaf(1130, 1030, 74, 26, turn), LEAF)
    for x, y, a in ((900, 1130, 20), (944, 1090, -50), (330, 1170, 200)):
        pen.fill(leaf(x, y, 110, 56, a), LEAF)


def cutting_board(pen: Pen, _: Look) -> None:
    """An olive-wood board with a handle and a lively grain."""
    board = path(
        "M 560,520 C 500,520 430,560 430,660 V 1270 Q 430,1390 560,1390 H 1040 Q 1170,1390 1170,1270 "
        "V 660 C 1170,560 1100,520 1040,520 C 930,516 900,470 896,380 V 260 Q 890,180 800,180 "
        "Q 710,180 704,260 V 380 C 700,470 670,516 560,520 Z"
    )
    lay(pen, board, "#C9985F", lift=36)
    with pen.within(board):
        for x, swing in (
            (470, 60),
            (540, 110),
            (640, 70),
            (720, -60),
            (860, 90),
            (960, -70),
            (1050, 50),
            (1110, 90),
        ):
            pen.line(
                path(f"M {x},160 C {x + swing},560 {x - swing},900 {x + swing * 0.4},1420"),
                15,
                "#A8743F",
                tip=5,
            )
        for radius in (92, 64, 34):
            pen.fill(
                ellipse(880, 960, radius * 0.8, radius * 1.5),
                "#A8743F" if radius != 64 else "#C9985F",
            )
        pen.fill(path("M 1090,520 H 1200 V 1400 H 1060 Z"), "#2A1D14", 0.06)
    pen.fill(circle(800, 272, 36), darker(pen.ground, 0.16))


def board_in_use(pen: Pen, look: Look) -> None:
    """The board with bread and a bowl of olives."""
    with pen.around(800, 800, turn=72):
        cutting_board(pen, look)
    loaf = ellipse(760, 720, 330, 190)
    pen.soft([(x + 20, y + 30) for x, y in loaf], 0.3)
    pen.fill(loaf, "#B4763D")
    pen.fill(ellipse(745, 700, 296, 152), "#CB9050")
    for x in (560, 690, 820, 950):
        pen.fill(turned(ellipse(0, 0, 26, 118), 24, at=(x, 706)), "#EBCB96")
    for at, x in enumerate((620, 770, 920)):
        cut = turned(ellipse(0, 0, 70, 128), 70 + at * 8, at=(x, 990))
        lay(pen, cut, "#B4763D", lift=14)
        pen.fill(turned(ellipse(0, 0, 54, 110), 70 + at * 8, at=(x, 990)), "#F0DDB8")
    lay(pen, circle(1200, 930, 150), "#F3EBDB", lift=20)
    pen.fill(circle(1200, 930, 122), "#DCCDB2")
    for x, y in (
        (1150, 890),
        (1220, 870),
        (1260, 930),
        (1190, 950),
        (1130, 960),
        (1240, 1000),
        (1175, 1020),
    ):
        pen.fill(circle(x, y, 36), "#5C4357")
        pen.fill(circle(x - 9, y - 10, 9), "#9A8296")


def spoons(pen: Pen, _: Look) -> None:
    """Three wooden utensils side by side."""
    for x, turn, colour in ((520, -7, WOOD), (800, 0, "#C79A64"), (1080, 7, DARK_WOOD)):
        with pen.around(x, 1400, turn=turn):
            handle = path(
                f"M {x - 26},720 L {x - 34},1380 Q {x},1450 {x + 34},1380 L {x + 26},720 Z"
            )
            bowl = ellipse(x, 480, 128, 240)
            if x == 800:
                bowl = path(
                    f"M {x - 120},240 H {x + 120} Q {x + 150},520 {x + 60},700 Q {x},770 {x - 60},700 Q {x - 150},520 {x - 120},240 Z"
                )
            lay(pen, handle, colour)
            lay(pen, bowl, colour)
            pen.fill(path(f"M {x - 24},660 L {x - 30},900 L {x + 30},900 L {x + 24},660 Z"), colour)
            if x == 800:
                for slot in (-56, 0, 56):
                    pen.fill(
                        box(x + slot - 14, 330, x + slot + 14, 600, 14), darker(pen.ground, 0.2)
                    )
            else:
                pen.fill(ellipse(x, 476, 96, 196), darker(colour, 0.16))
                pen.fill(ellipse(x - 12, 466, 78, 172), darker(colour, 0.06))
            pen.fill(circle(x, 1352, 12), darker(pen.ground, 0.3))


def mortar(pen: Pen, _: Look) -> None:
    """A marble mortar with its pestle and basil."""
    pen.shadow(810, 1282, 380, 40)
    with pen.around(900, 820, turn=28):
        pen.body(
            lathe("M 0,330 Q 62,340 58,420 L 42,760 H 0", axis=900),
            darker(MARBLE, 0.05),
            shade=0.14,
        )
    for x, a in ((640, -110), (740, -80), (820, -100), (600, -150), (700, -60)):
        pen.fill(leaf(x, 810, 190, 84, a), LEAF if x % 40 else lighter(LEAF, 0.16))
    body = lathe(
        "M 0,800 H 404 Q 420,860 398,880 C 390,1090 290,1180 240,1190 Q 236,1230 272,1284 H 0"
    )
    pen.body(body, MARBLE, shade=0.13)
    with pen.within(body.outline):
        for vein in (
            "M 380,900 C 520,980 560,1080 700,1180",
            "M 640,880 C 760,960 900,960 1020,1120",
            "M 940,860 C 1000,930 1080,940 1200,990",
        ):
            pen.line(path(vein), 9, "#C9C3BA", tip=3)
    pen.fill(box(390, 796, 1210, 850, 27), darker(MARBLE, 0.05))
    pen.fill(box(960, 796, 1210, 850, 27), "#2A1D14", 0.08)


DRAWINGS: dict[str, Draw] = {
    "chef_knife": chef_knife,
    "knife_in_use": knife_in_use,
    "cutting_board": cutting_board,
    "board_in_use": board_in_use,
    "spoons": spoons,
    "mortar": mortar,
}
FLAT = {"chef_knife", "knife_in_use", "cutting_board", "board_in_use", "spoons"}
