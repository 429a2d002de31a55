"""Notebooks, pencils, cards and wrapping paper."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    BRASS,
    DARK_LEAF,
    KRAFT,
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


def _linen(pen: Pen, shape: Shape, colour: str, left: int, top: int, right: int, low: int) -> None:
    with pen.within(shape):
        for y in range(top, low, 16):
            pen.fill(box(left, y, right, y + 4), darker(colour, 0.09), 0.7)


def notebook(pen: Pen, look: Look) -> None:
    """A linen-bound notebook with an elastic band."""
    tint = look.tint
    with pen.around(800, 800, turn=-6):
        lay(pen, box(420, 300, 1190, 1316, 16), "#EFE6D3", lift=34)
        cover = box(410, 286, 1176, 1300, 26)
        pen.fill(cover, tint)
        _linen(pen, cover, tint, 410, 286, 1180, 1304)
        pen.fill(box(410, 286, 500, 1300, 26), "#2A1D14", 0.12)
        pen.fill(box(1060, 286, 1092, 1300), trim_of(tint))
        pen.fill(box(620, 520, 920, 690, 6), PAPER)
        for at, width in enumerate((200, 130)):
            pen.line(
                [(770 - width / 2, 586 + at * 46), (770 + width / 2, 586 + at * 46)],
                8,
                darker(PAPER, 0.45),
            )
        pen.fill(path("M 700,1300 H 736 V 1410 L 718,1386 L 700,1410 Z"), "#B4532A")


def notebook_open(pen: Pen, look: Look) -> None:
    """The notebook open, with a sketch and a pencil."""
    lay(pen, box(150, 380, 1450, 1240, 20), look.tint, lift=30)
    pen.fill(path("M 180,400 Q 500,360 800,410 V 1226 Q 500,1180 180,1216 Z"), PAPER)
    pen.fill(
        path("M 1420,400 Q 1100,360 800,410 V 1226 Q 1100,1180 1420,1216 Z"), darker(PAPER, 0.04)
    )
    pen.fill(path("M 740,400 L 800,410 V 1226 L 740,1214 Z"), "#2A1D14", 0.08)
    if look.kind != "plain":
        for row in range(13):
            y = 480 + row * 54
            if look.kind == "dotted":
                for column in range(10):
                    pen.fill(circle(890 + column * 52, y, 4), darker(PAPER, 0.3))
            else:
                pen.line([(880, y), (1360, y - 6)], 4, darker(PAPER, 0.18))
    pen.line(path("M 490,1060 C 480,900 500,760 490,560"), 9, DARK_LEAF)
    for at in range(7):
        pen.fill(
            leaf(488, 980 - at * 62, 170, 50, -24 if at % 2 else -156),
            LEAF if at % 2 else DARK_LEAF,
        )
    for row, width in enumerate((380, 420, 300, 400, 240)):
        y = 530 + row * 54
        points = [
            (890 + step * 14, y - 12 + (8 if step % 3 == 1 else -6 if step % 3 == 2 else 0))
            for step in range(width // 14)
        ]
        pen.line(points, 6, "#2B6383")
    with pen.around(1180, 1010, turn=-28):
        _pencil(pen, 1010, "#D3A144")


def _pencil(pen: Pen, y: float, colour: str, *, x0: float = 900, x1: float = 1440) -> None:
    lay(pen, [(x0 + 70, y - 24), (x1, y - 24), (x1, y + 24), (x0 + 70, y + 24)], colour, lift=16)
    pen.fill([(x0 + 70, y - 8), (x1, y - 8), (x1, y + 8), (x0 + 70, y + 8)], lighter(colour, 0.25))
    pen.fill([(x0 + 70, y + 8), (x1, y + 8), (x1, y + 24), (x0 + 70, y + 24)], darker(colour, 0.16))
    pen.fill([(x0, y), (x0 + 72, y - 24), (x0 + 72, y + 24)], "#E6CBA0")
    pen.fill([(x0, y), (x0 + 24, y - 8), (x0 + 24, y + 8)], darker(colour, 0.4))
    pen.fill(box(x1 - 30, y - 25, x1 + 6, y + 25, 6), BRASS)


def pocket_notebooks(pen: Pen, _: Look) -> None:
    """Three thin stitched notebooks with printed covers."""
    for at, (x, turn, colour) in enumerate(
        ((480, -12, "#E4C27A"), (800, 2, "#82ADAB"), (1110, 13, "#D49A8C"))
    ):
        with pen.around(x, 800, turn=turn):
            cover = box(x - 270, 400, x + 270, 1200, 14)
            lay(pen, cover, colour, lift=24)
            ink = darker(colour, 0.42)
            with pen.within(cover):
                if at == 0:
                    for row in range(15):
                        points = [
                            (x - 280 + step * 20, 430 + row * 56 + (14 if (step // 2) % 2 else -14))
                            for step in range(30)
                        ]
                        pen.line(points, 9, ink)
                elif at == 1:
                    for row in range(8):
                        for column in range(6):
                            px, py = x - 235 + column * 94 + (47 if row % 2 else 0), 450 + row * 104
                            pen.line(ellipse(px, py, 46, 46, 180, 360), 9, ink)
                            pen.line(ellipse(px, py, 24, 24, 180, 360), 9, ink)
                else:
                    for row in range(7):
                        for column in range(5):
                            pen.fill(
                                leaf(
                                    x - 220 + column * 110,
                                    500 + row * 110,
                                    96,
                                    36,
                                    -45 if (row + column) % 2 else -135,
                                ),
                                ink,
                            )
            pen.fill(box(x - 270, 400, x - 232, 1200, 14), "#2A1D14", 0.12)
            pen.fill(box(x - 130, 700, x + 130, 860, 6), PAPER)
            pen.line([(x - 80, 764), (x + 80, 764)], 8, ink)
            pen.line([(x - 50, 806), (x + 50, 806)], 8, ink)


def pencils(pen: Pen, _: Look) -> None:
    """Six cedar pencils and a paper band."""
    colours = ("#2B6383", "#B8593A", "#74824A", "#D3A144", "#82ADAB", "#45423E")
    with pen.around(800, 800, turn=-32):
        for at, colour in enumerate(colours):
            _pencil(pen, 610 + at * 76, colour, x0=270 + (at * 53) % 90, x1=1310)
        lay(pen, box(760, 560, 1010, 1042, 8), KRAFT, lift=16)
        pen.fill(box(790, 620, 980, 980, 6), PAPER)
        for at in range(5):
            pen.fill(
                leaf(870 + (10 if at % 2 else -10), 900 - at * 50, 74, 30, -30 if at % 2 else -150),
                DARK_LEAF,
            )


def greeting_cards(pen: Pen, _: Look) -> None:
    """Three printed cards and their envelopes."""
    lay(pen, turned(box(-380, -270, 380, 270, 10), -14, at=(700, 1010)), KRAFT, lift=26)
    with pen.moved(700, 1010, turn=-14):
        pen.line([(-376, -262), (0, 40), (376, -262)], 9, darker(KRAFT, 0.22))
    for x, y, turn, kind in ((480, 560, -9, 0), (830, 620, 3, 1), (1150, 700, 12, 2)):
        with pen.moved(x, y, turn=turn):
            lay(pen, box(-200, -280, 200, 280, 10), PAPER, lift=22)
            if kind == 0:
                pen.fill(box(-160, 60, 160, 240), "#82ADAB")
                pen.fill(circle(0, 0, 92), "#D98B4A")
                pen.fill(box(-160, 60, 160, 120), "#82ADAB")
                for row in range(3):
                    pen.line(
                        [(-110 + row * 30, 120 + row * 44), (60 + row * 30, 120 + row * 44)],
                        10,
                        PAPER,
                    )
            elif kind == 1:
                for dx in (-70, 0, 70):
                    pen.line([(0, 230), (dx, -90)], 9, DARK_LEAF)
                    for petal in range(0, 360, 60):
                        pen.fill(
                            turned(
                                ellipse(40, 0, 40, 24), petal, at=(dx, -110 - (30 if not dx else 0))
                            ),
                            "#B8593A" if dx else "#D3A144",
                        )
                    pen.fill(circle(dx, -110 - (30 if not dx else 0), 22), "#45423E")
                    pen.fill(leaf(dx * 0.5, 80, 100, 36, -30 if dx > 0 else -150), LEAF)
            else:
                lemon = turned(ellipse(0, 0, 130, 96), -30)
                pen.fill(lemon, "#E4BE48")
                pen.fill(turned(ellipse(-30, -30, 46, 20), -30), "#F1DB8D")
                pen.fill(leaf(60, -90, 170, 80, -50), DARK_LEAF)
                pen.fill(leaf(50, -90, 150, 70, -120), LEAF)


def wrapping_paper(pen: Pen, look: Look) -> None:
    """Rolls of printed wrapping paper and a parcel."""
    kinds = {"waves": "#82ADAB", "olives": "#C9CFA9", "terrazzo": "#F3E4D3"}
    kind = look.kind if look.kind in kinds else "waves"
    ground = kinds[kind]
    for y, turn in ((420, -10), (640, -4)):
        with pen.around(800, y, turn=turn):
            roll = box(190, y - 86, 1410, y + 86, 20)
            lay(pen, roll, ground, lift=30)
            with pen.within(roll):
                _print(pen, kind, 190, y - 90, 1410, y + 90)
                pen.fill(box(190, y + 30, 1410, y + 90), "#2A1D14", 0.12)
            pen.fill(ellipse(1404, y, 30, 86), lighter(ground, 0.4))
            pen.fill(ellipse(1408, y, 14, 44), darker(KRAFT, 0.3))
    parcel = box(440, 830, 1160, 1370, 12)
    lay(pen, parcel, ground, lift=34)
    with pen.within(parcel):
        _print(pen, kind, 430, 820, 1170, 1380)
    pen.fill(box(770, 830, 830, 1370), "#B4532A")
    pen.fill(box(440, 1070, 1160, 1126), "#B4532A")
    for side in (-1, 1):
        bow = [
            (800 + side * x, y)
            for x, y in path("M 0,1096 C 40,960 220,930 230,1030 C 236,1110 90,1130 0,1096 Z")
        ]
        pen.fill(bow, darker("#B4532A", 0.1))
    pen.fill(circle(800, 1098, 40), "#B4532A")


def _print(pen: Pen, kind: str, left: float, top: float, right: float, low: float) -> None:
    columns, rows = int((right - left) // 80) + 2, int((low - top) // 60) + 2
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * 80 + (40 if row % 2 else 0), top + row * 60
            at = row * 7 + column * 3
            if kind == "waves":
                pen.line(ellipse(x, y, 34, 30, 190, 350), 9, PAPER)
            elif kind == "olives":
                pen.fill(leaf(x, y, 62, 22, (at * 40) % 360), DARK_LEAF)
                if at % 3 == 0:
                    pen.fill(ellipse(x + 10, y + 20, 14, 18), "#5C4357")
            else:
                colour = ("#B8593A", "#2B6383", "#D3A144", "#82ADAB")[at % 4]
                pen.fill(
                    turned([(-20, -12), (10, -20), (24, 6), (-4, 18)], (at * 47) % 360, at=(x, y)),
                    colour,
                )


def letter_set(pen: Pen, look: Look) -> None:
    """Writing paper, envelopes and a wax seal."""
    tint = look.tint
    for turn, shade in ((8, 0.05), (3, 0.0)):
        with pen.around(720, 760, turn=turn):
            lay(pen, box(380, 260, 1060, 1220, 6), darker(PAPER, shade), lift=22)
    with pen.around(720, 760, turn=3):
        pen.line([(430, 300), (1010, 300)], 9, tint)
        for row in range(11):
            width = (480, 520, 440, 500, 300)[row % 5]
            points = [
                (
                    450 + step * 14,
                    400 + row * 58 + (7 if step % 3 == 1 else -5 if step % 3 == 2 else 0),
                )
                for step in range(width // 14)
            ]
            pen.line(points, 5, darker(tint, 0.2))
    with pen.moved(940, 1110, turn=-9):
        lay(pen, box(-400, -230, 400, 260, 10), tint, lift=28)
        pen.fill(
            path(
                "M -400,-226 L 0,70 L 400,-226 Q 396,-230 390,-230 H -390 Q -396,-230 -400,-226 Z"
            ),
            lighter(tint, 0.14),
        )
        pen.line([(-396, -226), (0, 70), (396, -226)], 8, darker(tint, 0.2))
        pen.fill(circle(4, 62, 72), "#8E3230")
        pen.fill(circle(0, 56, 62), "#A93F36")
        for at in range(4):
            pen.fill(leaf(-34 + at * 18, 78 - at * 15, 44, 16, -80 if at % 2 else 10), "#7E2A2A")


DRAWINGS: dict[str, Draw] = {
    "notebook": notebook,
    "notebook_open": notebook_open,
    "pocket_notebooks": pocket_notebooks,
    "pencils": pencils,
    "greeting_cards": greeting_cards,
    "wrapping_paper": wrapping_paper,
    "letter_set": letter_set,
}
FLAT = {
    "notebook",
    "notebook_open",
    "pocket_notebooks",
    "pencils",
    "greeting_cards",
    "wrapping_paper",
    "letter_set",
}
