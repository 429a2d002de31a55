"""Books and a map."""

from __future__ import annotations

from stoa.commerce.catalogue.demo.drawings.colours import (
    DARK_LEAF,
    LEAF,
    PAPER,
    darker,
    lighter,
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


def _book(pen: Pen, cover: str) -> Shape:
    pen.soft(box(410, 300, 1240, 1360, 10), 0.28)
    pen.fill(box(400, 268, 1220, 1344, 10), "#EFE6D3")
    for y in (1322, 1332):
        pen.line([(410, y), (1210, y)], 3, darker("#EFE6D3", 0.2))
    front = box(388, 250, 1206, 1316, 12)
    pen.fill(front, cover)
    return front


def _title(pen: Pen, y: float, colour: str, widths: tuple[int, ...]) -> None:
    for at, width in enumerate(widths):
        pen.fill(
            box(
                810 - width / 2,
                y + at * 62,
                810 + width / 2,
                y + at * 62 + (34 if at == 0 else 18),
                6,
            ),
            colour,
        )


def cookbook(pen: Pen, _: Look) -> None:
    """A cookbook: a laid table above the sea on its cover."""
    front = _book(pen, "#F3EBDB")
    with pen.within(front):
        pen.fill(circle(1010, 720, 110), "#E2A63E")
        pen.fill(box(388, 760, 1206, 1000), "#2B6383")
        pen.fill(box(388, 1000, 1206, 1320), "#B8593A")
        for x, y in ((540, 1110), (810, 1170), (1070, 1110)):
            pen.fill(ellipse(x, y, 120, 60), PAPER)
            pen.fill(ellipse(x, y - 4, 84, 38), "#E4DAC6")
        pen.fill(leaf(500, 1108, 80, 30, -20), DARK_LEAF)
        pen.fill(ellipse(1070, 1100, 50, 20), "#E4BE48")
        pen.fill(
            turned(
                path("M -60,0 Q 0,-44 60,0 Q 0,44 -60,0 Z M 50,0 L 92,-30 L 92,30 Z"),
                0,
                at=(800, 1164),
            ),
            "#82ADAB",
        )
        for x, y in ((470, 850), (640, 900), (880, 860)):
            pen.line([(x, y), (x + 90, y)], 9, "#82ADAB")
        pen.fill(box(388, 250, 440, 1316), "#2A1D14", 0.1)
    _title(pen, 390, "#1C1B19", (480, 340, 200))


def cookbook_open(pen: Pen, _: Look) -> None:
    """The cookbook open at a recipe."""
    lay(pen, box(130, 380, 1470, 1250, 16), "#F3EBDB", lift=32)
    pen.fill(path("M 160,400 Q 500,350 800,410 V 1230 Q 500,1176 160,1216 Z"), "#82ADAB")
    pen.fill(path("M 1440,400 Q 1100,350 800,410 V 1230 Q 1100,1176 1440,1216 Z"), PAPER)
    pen.fill(circle(480, 800, 250), "#F3EBDB")
    pen.fill(circle(486, 808, 190), "#E4DAC6")
    fish = path(
        "M 330,800 C 380,720 520,710 590,780 L 650,740 V 860 L 590,820 C 520,890 380,880 330,800 Z"
    )
    pen.fill(fish, "#2B6383")
    pen.fill(circle(370, 790, 12), PAPER)
    pen.fill(ellipse(520, 900, 54, 34), "#E4BE48")
    pen.fill(leaf(430, 900, 100, 36, 20), LEAF)
    pen.fill(path("M 740,400 L 800,410 V 1230 L 740,1216 Z"), "#2A1D14", 0.1)
    pen.fill(box(890, 480, 1240, 520, 6), "#B4532A")
    for row in range(5):
        pen.fill(circle(904, 606 + row * 52, 8), "#B4532A")
        pen.line(
            [(936, 606 + row * 52), (1130 + (row * 67) % 130, 604 + row * 52)],
            8,
            darker(PAPER, 0.35),
        )
    for row in range(6):
        pen.line(
            [(896, 900 + row * 46), (1330 - (row * 83) % 160, 896 + row * 46)],
            7,
            darker(PAPER, 0.3),
        )


def garden_book(pen: Pen, _: Look) -> None:
    """A garden book with cypresses and an agave."""
    front = _book(pen, "#DCC9A3")
    with pen.within(front):
        pen.fill(path("M 388,1060 Q 700,960 1206,1040 V 1320 H 388 Z"), "#B98552")
        for x, height in ((560, 420), (700, 320), (1060, 380)):
            pen.fill(
                path(
                    f"M {x - 52},1050 C {x - 62},{1050 - height * 0.6} {x - 20},{1050 - height} {x},{1050 - height - 50} C {x + 20},{1050 - height} {x + 62},{1050 - height * 0.6} {x + 52},1050 Z"
                ),
                DARK_LEAF,
            )
        for at in range(11):
            pen.fill(
                leaf(830, 1240, 250, 66, -172 + at * 16.4), LEAF if at % 2 else lighter(LEAF, 0.2)
            )
        pen.fill(box(388, 250, 440, 1316), "#2A1D14", 0.1)
    _title(pen, 370, "#3B4A30", (520, 320))


def picture_book(pen: Pen, _: Look) -> None:
    """A children's book: a ginger cat on a white wall."""
    front = _book(pen, "#82ADAB")
    with pen.within(front):
        pen.fill(box(388, 1010, 1206, 1320), PAPER)
        pen.fill(box(388, 1010, 1206, 1036), "#2B6383")
        for x, y, w in ((470, 700, 110), (1000, 620, 130), (930, 800, 100)):
            pen.line([(x, y), (x + w, y)], 11, PAPER)
        pen.line(path("M 960,1000 C 1120,980 1120,1180 1010,1190"), 46, "#D98B4A")
        pen.fill(
            path("M 640,1012 C 630,800 720,700 810,700 C 930,700 1000,840 980,1012 Z"), "#D98B4A"
        )
        pen.fill(circle(770, 660, 130), "#D98B4A")
        for side in (-1, 1):
            pen.fill(
                [(770 + side * 122, 640), (770 + side * 112, 480), (770 + side * 20, 560)],
                "#D98B4A",
            )
            pen.fill(
                [(770 + side * 102, 610), (770 + side * 98, 520), (770 + side * 44, 566)], "#EDB98A"
            )
            pen.fill(ellipse(770 + side * 48, 650, 17, 22), "#2B2723")
            for dy in (-8, 12):
                pen.line(
                    [(770 + side * 60, 706 + dy * 0.4), (770 + side * 160, 700 + dy * 1.6)],
                    5,
                    PAPER,
                )
        pen.fill([(752, 694), (788, 694), (770, 714)], "#7A4658")
        for dx in (-60, 0, 60):
            pen.line([(810 + dx, 760), (810 + dx * 0.8, 830)], 15, "#B4652F")
        for x in (720, 850):
            pen.fill(ellipse(x, 1006, 54, 26), "#EDB98A")
        pen.fill(box(388, 250, 440, 1316), "#2A1D14", 0.1)
    _title(pen, 340, PAPER, (440, 260))


def walks_map(pen: Pen, _: Look) -> None:
    """A folded walking map of an island."""
    sheet = [
        (230, 420),
        (620, 340),
        (980, 430),
        (1370, 350),
        (1370, 1200),
        (980, 1280),
        (620, 1190),
        (230, 1270),
    ]
    lay(pen, sheet, "#BFD8DC", lift=36)
    with pen.within(sheet):
        island = path(
            "M 420,900 C 380,760 500,640 640,660 C 740,560 900,540 980,640 C 1120,600 1230,720 1180,860 C 1160,980 1040,1000 960,980 C 880,1080 700,1100 620,1030 C 520,1050 440,1000 420,900 Z"
        )
        pen.fill(island, "#E9DDBB")
        for scale, colour in ((0.7, "#D5D3A0"), (0.42, "#BBC187"), (0.2, "#9AA86C")):
            with pen.around(780, 820, scale=scale):
                pen.fill(island, colour)
        dots = path("M 500,920 C 620,760 760,1000 880,820 C 960,720 1060,760 1110,820")
        for x, y in dots[::3]:
            pen.fill(circle(x, y, 12), "#B4532A")
        for x, y in ((500, 920), (1110, 820)):
            pen.fill(circle(x, y, 28), "#B4532A")
            pen.fill(circle(x, y, 12), PAPER)
        for x, y in ((330, 560), (1180, 1100), (1220, 520), (360, 1130), (560, 480)):
            pen.line(ellipse(x, y, 36, 20, 200, 340), 8, "#EAF3F3")
            pen.line(ellipse(x + 64, y, 36, 20, 200, 340), 8, "#EAF3F3")
        pen.fill([(620, 340), (980, 430), (980, 1280), (620, 1190)], "#2A1D14", 0.06)
        pen.fill([(1370, 350), (980, 430), (980, 1280), (1370, 1200)], "#FFFBF2", 0.12)
    with pen.moved(1220, 620):
        pen.line(circle(0, 0, 74), 7, "#2B6383")
        for turn in (0, 90, 180, 270):
            pen.fill(
                turned([(0, -14), (92, 0), (0, 14)], turn - 90),
                "#B4532A" if turn == 0 else "#2B6383",
            )


DRAWINGS: dict[str, Draw] = {
    "cookbook": cookbook,
    "cookbook_open": cookbook_open,
    "garden_book": garden_book,
    "picture_book": picture_book,
    "walks_map": walks_map,
}
FLAT = {"cookbook", "cookbook_open", "garden_book", "picture_book", "walks_map"}
