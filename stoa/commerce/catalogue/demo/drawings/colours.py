"""The colours of the demo shop's pictures, and arithmetic on them."""

from __future__ import annotations

from typing import TypeAlias

Rgb: TypeAlias = tuple[int, int, int]

# Keys of the option values "colour" that a drawing can take on.
TINTS: dict[str, str] = {
    "terracotta": "#B8593A",
    "aegean": "#2B6383",
    "olive": "#74824A",
    "ivory": "#F3EBDB",
    "white": "#FAF7F0",
    "sand": "#D6BF98",
    "charcoal": "#45423E",
    "sea": "#82ADAB",
    "ochre": "#D3A144",
    "rose": "#D49A8C",
    "clear": "#CFE0E0",
    "amber": "#D9993F",
    "steel": "#C3C5C3",
    "natural": "#D9C7A3",
    "plum": "#7A4658",
}

GROUNDS: dict[str, str] = {
    "sand": "#EFE5D4",
    "cream": "#F6F0E4",
    "sea": "#D9E5E6",
    "olive": "#E2E6D3",
    "clay": "#F1DCCD",
    "stone": "#E6E3DC",
    "ochre": "#F4E3BE",
    "dusk": "#D5DCE4",
}

INK = "#2B2723"
WOOD = "#B98552"
DARK_WOOD = "#7E5536"
LEAF = "#6F8350"
DARK_LEAF = "#4C6140"
PAPER = "#FBF7EE"
BRASS = "#C99C4A"
STEEL = "#C3C5C3"
STRAW = "#D9B57A"
KRAFT = "#C49E6F"


def rgb(colour: str) -> Rgb:
    """The three bytes of `#RRGGBB`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with `share` (0 to 1) of `other`: mixed("#000000", "#FFFFFF", 0.2) is "#333333"."""
    pairs = zip(rgb(colour), rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def darker(colour: str, share: float = 0.14) -> str:
    """`colour` towards a warm black."""
    return mixed(colour, "#2A1D14", share)


def lighter(colour: str, share: float = 0.22) -> str:
    """`colour` towards a warm white."""
    return mixed(colour, "#FFFBF2", share)


def brightness(colour: str) -> float:
    """Perceived brightness from 0 (black) to 1 (white), Rec. 601 weights."""
    red, green, blue = rgb(colour)
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def trim_of(colour: str) -> str:
    """A colour that stays visible as a stripe or stitch on `colour`."""
    return darker(colour, 0.34) if brightness(colour) > 0.62 else lighter(colour, 0.72)
