"""The pen: fills, lines, clips and soft shadows on one square picture, smoothed by oversampling."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from stoa.commerce.catalogue.demo.drawings.colours import darker, lighter, mixed, rgb
from stoa.commerce.catalogue.demo.drawings.shapes import Lathe, Point, Shape, ellipse

SIZE = 1600
_SHADOW_SCALE = 8


class Pen:
    """Draws in units of 1/1600 of the width, whatever the resolution of the finished picture."""

    def __init__(
        self,
        ground: str,
        *,
        height: int = SIZE,
        pixels: int = SIZE,
        oversample: int = 2,
        floor: bool = True,
    ) -> None:
        """A picture `pixels` wide, of `height` units (1600 is square), filled with `ground`."""
        self._unit = pixels * oversample / SIZE
        self._oversample = oversample
        self.ground = ground
        size = (pixels * oversample, round(height * self._unit))
        self._image = Image.new("RGB", size, rgb(ground))
        self._matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        self._clip: Image.Image | None = None
        self._bounds = (0, 0, *size)  # outside of them nothing shows
        if floor:
            self.fill([(0, 1150), (SIZE, 1150), (SIZE, SIZE), (0, SIZE)], darker(ground, 0.07))

    def finished(self) -> Image.Image:
        """The picture at its final resolution."""
        return self._image.reduce(self._oversample)

    @contextmanager
    def moved(
        self, x: float = 0, y: float = 0, turn: float = 0, scale: float = 1
    ) -> Iterator[None]:
        """Draws inside are scaled, turned (degrees) around the origin and then moved."""
        before = self._matrix
        cos, sin = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
        a, b, c, d, e, f = before
        self._matrix = (
            a * cos + c * sin,
            b * cos + d * sin,
            -a * sin + c * cos,
            -b * sin + d * cos,
            a * x + c * y + e,
            b * x + d * y + f,
        )
        try:
            yield
        finally:
            self._matrix = before

    @contextmanager
    def around(self, x: float, y: float, *, turn: float = 0, scale: float = 1) -> Iterator[None]:
        """Draws inside are turned and scaled around (x, y)."""
        with self.moved(x, y, turn, scale), self.moved(-x, -y):
            yield

    @contextmanager
    def within(self, shape: Shape) -> Iterator[None]:
        """Draws inside show only where `shape` is (and inside any outer clip)."""
        before = self._clip, self._bounds
        points = self._pixels(shape)
        mask = Image.new("L", self._image.size, 0)
        ImageDraw.Draw(mask).polygon(points, fill=255)
        area = self._area(points)
        if area is None:
            raise ValueError("the shape to draw within is outside of the picture")
        self._clip = mask if before[0] is None else ImageChops.darker(mask, before[0])
        self._bounds = area
        try:
            yield
        finally:
            self._clip, self._bounds = before

    def fill(self, shape: Shape, colour: str, alpha: float = 1) -> None:
        """Fills a closed outline."""
        points = self._pixels(shape)
        if self._clip is None and alpha >= 1:
            ImageDraw.Draw(self._image).polygon(points, fill=rgb(colour))
            return
        area = self._area(points)
        if area is None:
            return
        mask = Image.new("L", (area[2] - area[0], area[3] - area[1]), 0)
        shifted = [(x - area[0], y - area[1]) for x, y in points]
        ImageDraw.Draw(mask).polygon(shifted, fill=round(255 * alpha))
        if self._clip is not None:
            mask = ImageChops.multiply(mask, self._clip.crop(area))
        self._image.paste(rgb(colour), area, mask)

    def line(
        self, points: Sequence[Point], width: float, colour: str, *, tip: float | None = None
    ) -> None:
        """Strokes through the points with round ends; `tip` lets the width run out to that value."""
        last = max(1, len(points) - 1)
        end = width if tip is None else tip
        widths = [width + (end - width) * at / last for at in range(len(points))]
        for (one, other), (w0, w1) in zip(pairwise(points), pairwise(widths), strict=True):
            length = math.dist(one, other)
            if length == 0:
                continue
            nx, ny = (other[1] - one[1]) / length / 2, (one[0] - other[0]) / length / 2
            self.fill(
                [
                    (one[0] + nx * w0, one[1] + ny * w0),
                    (other[0] + nx * w1, other[1] + ny * w1),
                    (other[0] - nx * w1, other[1] - ny * w1),
                    (one[0] - nx * w0, one[1] - ny * w0),
                ],
                colour,
            )
        for (x, y), w in zip(points, widths, strict=True):
            self._dot(x, y, w / 2, colour)

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: float = 0.24) -> None:
        """Lays a soft contact shadow."""
        self.soft(ellipse(x, y, rx, ry), strength)

    def soft(
        self, shape: Shape, strength: float = 0.2, blur: float = 3.2, colour: str | None = None
    ) -> None:
        """Lays a soft shadow (or glow, in `colour`) in the form of `shape`."""
        width, height = self._image.size
        small = Image.new("L", (width // _SHADOW_SCALE, height // _SHADOW_SCALE), 0)
        points = [(px / _SHADOW_SCALE, py / _SHADOW_SCALE) for px, py in self._pixels(shape)]
        ImageDraw.Draw(small).polygon(points, fill=round(255 * strength))
        radius = blur * self._unit
        soft = small.filter(ImageFilter.GaussianBlur(radius))
        found = soft.getbbox()
        if found is None:
            return
        area = tuple(edge * _SHADOW_SCALE for edge in found)
        mask = soft.crop(found).resize(
            (area[2] - area[0], area[3] - area[1]), Image.Resampling.BILINEAR
        )
        if self._clip is not None:
            mask = ImageChops.multiply(mask, self._clip.crop((area[0], area[1], area[2], area[3])))
        shadow = colour or mixed(darker(self.ground, 0.5), "#3A2A1C", 0.4)
        self._image.paste(rgb(shadow), (area[0], area[1]), mask)

    def body(self, body: Lathe, colour: str, *, shade: float = 0.15, shine: float = 0.3) -> None:
        """Fills a turned body with a flat shaded side on the right and a highlight on the left."""
        self.fill(body.outline, colour)
        self.gloss(body, shade=shade, shine=shine)

    def gloss(self, body: Lathe, *, shade: float = 0.15, shine: float = 0.3) -> None:
        """Lays the shaded side and the highlight over what is painted on a turned body."""
        self.fill(body.band(0.38, 1), "#2A1D14", shade)
        if shine > 0:
            self.fill(body.band(-0.8, -0.66), "#FFFBF2", shine)

    def opening(
        self, x: float, y: float, rx: float, ry: float, colour: str, *, lip: float = 14
    ) -> None:
        """Draws a round opening seen from slightly above: lip and dark inside."""
        self.fill(ellipse(x, y, rx, ry), lighter(colour, 0.25))
        self.fill(ellipse(x, y, rx - lip, max(3.0, ry - lip * 0.6)), darker(colour, 0.38))

    def _dot(self, x: float, y: float, radius: float, colour: str) -> None:
        if radius > 0:
            self.fill([(x + radius * cos, y + radius * sin) for cos, sin in _ROUND], colour)

    def _pixels(self, shape: Sequence[Point]) -> list[Point]:
        a, b, c, d, e, f = self._matrix
        unit = self._unit
        return [((a * x + c * y + e) * unit, (b * x + d * y + f) * unit) for x, y in shape]

    def _area(self, points: Sequence[Point]) -> tuple[int, int, int, int] | None:
        bounds = self._bounds
        left = max(bounds[0], math.floor(min(x for x, _ in points)))
        top = max(bounds[1], math.floor(min(y for _, y in points)))
        right = min(bounds[2], math.ceil(max(x for x, _ in points)) + 1)
        low = min(bounds[3], math.ceil(max(y for _, y in points)) + 1)
        return (left, top, right, low) if left < right and top < low else None


_ROUND = [
    (math.cos(math.radians(step * 15)), math.sin(math.radians(step * 15))) for step in range(24)
]
