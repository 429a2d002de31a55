"""Outlines as lists of points: curves, rounded boxes, turned bodies. Nothing here draws."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Shape: TypeAlias = Sequence[Point]

_STEPS = 26
_TOKEN = re.compile(r"[MLHVCQZ]|-?\d+(?:\.\d+)?")
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4}


def path(outline: str) -> list[Point]:
    """The points of an SVG path in absolute commands M L H V C Q Z (one subpath)."""
    tokens = _TOKEN.findall(outline)
    points: list[Point] = []
    command, at = "", 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
            if command == "Z":
                break
        numbers = [float(token) for token in tokens[at : at + _ARGUMENTS[command]]]
        at += _ARGUMENTS[command]
        points.extend(_segment(command, numbers, points[-1] if points else (0.0, 0.0)))
        if command == "M":
            command = "L"
    return points


def _segment(command: str, numbers: list[float], start: Point) -> list[Point]:
    if command in "ML":
        return [(numbers[0], numbers[1])]
    if command == "H":
        return [(numbers[0], start[1])]
    if command == "V":
        return [(start[0], numbers[0])]
    if command == "Q":
        (x0, y0), (qx, qy, x, y) = start, numbers
        first = (x0 + (qx - x0) * 2 / 3, y0 + (qy - y0) * 2 / 3)
        second = (x + (qx - x) * 2 / 3, y + (qy - y) * 2 / 3)
        return _cubic(start, first, second, (x, y))
    first, second, end = (
        (numbers[0], numbers[1]),
        (numbers[2], numbers[3]),
        (numbers[4], numbers[5]),
    )
    return _cubic(start, first, second, end)


def _cubic(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    points: list[Point] = []
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        u = 1 - t
        wa, wb, wc, wd = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        points.append(
            (
                wa * a[0] + wb * b[0] + wc * c[0] + wd * d[0],
                wa * a[1] + wb * b[1] + wc * c[1] + wd * d[1],
            )
        )
    return points


def ellipse(
    x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360
) -> list[Point]:
    """An ellipse around (x, y), or the part of it between two angles in degrees, clockwise from the right."""
    steps = max(12, int(abs(end - start) / 4))
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def circle(x: float, y: float, radius: float) -> list[Point]:
    """A circle around (x, y)."""
    return ellipse(x, y, radius, radius)


def box(x0: float, y0: float, x1: float, y1: float, radius: float = 0) -> list[Point]:
    """A rectangle with rounded corners."""
    r = min(radius, abs(x1 - x0) / 2, abs(y1 - y0) / 2)
    if r <= 0:
        return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return (
        ellipse(x1 - r, y0 + r, r, r, -90, 0)
        + ellipse(x1 - r, y1 - r, r, r, 0, 90)
        + ellipse(x0 + r, y1 - r, r, r, 90, 180)
        + ellipse(x0 + r, y0 + r, r, r, 180, 270)
    )


def leaf(x: float, y: float, length: float, width: float, angle: float) -> list[Point]:
    """A leaf growing from (x, y) towards `angle` (degrees, clockwise from the right)."""
    half = width / 2
    flat = path(
        f"M 0,0 C {length * 0.25},{-half * 1.3} {length * 0.7},{-half * 1.1} {length},0 "
        f"C {length * 0.7},{half * 1.1} {length * 0.25},{half * 1.3} 0,0 Z"
    )
    return turned(flat, angle, at=(x, y))


def turned(shape: Shape, angle: float, at: Point = (0, 0)) -> list[Point]:
    """`shape` rotated around the origin by degrees, then moved to `at`."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return [(at[0] + x * cos - y * sin, at[1] + x * sin + y * cos) for x, y in shape]


@dataclass(frozen=True, slots=True)
class Lathe:
    """A body turned around a vertical axis, given by its right-hand profile of (radius, y)."""

    axis: float
    profile: tuple[Point, ...]

    @property
    def outline(self) -> list[Point]:
        """The whole silhouette."""
        return self.band(-1, 1)

    def band(self, left: float, right: float) -> list[Point]:
        """The part between two shares of the radius (-1 is the left edge, 1 the right)."""
        one = [(self.axis + radius * right, y) for radius, y in self.profile]
        other = [(self.axis + radius * left, y) for radius, y in reversed(self.profile)]
        return one + other

    def radius_at(self, y: float) -> float:
        """The widest radius of the profile where it crosses height `y`."""
        found = [
            r0 + (r1 - r0) * (y - y0) / (y1 - y0)
            for (r0, y0), (r1, y1) in zip(self.profile, self.profile[1:], strict=False)
            if y0 != y1 and min(y0, y1) <= y <= max(y0, y1)
        ]
        if not found:
            raise ValueError(f"the profile does not reach {y}")
        return max(found)

    def ring(self, y: float, height: float, bend: float) -> list[Point]:
        """A painted band around the body, bending down in the middle by `bend`."""
        top, low = self.radius_at(y), self.radius_at(y + height)
        upper = ellipse(self.axis, y, top, bend, 180, 0)
        lower = ellipse(self.axis, y + height, low, bend, 0, 180)
        return upper + lower


def lathe(profile: str, axis: float = 800) -> Lathe:
    """A body from an SVG path whose x is the radius: `M 0,300 H 120 V 900 H 0` is a cylinder."""
    return Lathe(axis, tuple(path(profile)))
