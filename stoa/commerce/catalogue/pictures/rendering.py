"""Pictures in several widths, as AVIF and WebP."""

import asyncio
import contextlib
import io
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, ParamSpec, TypeVar

from PIL import Image, ImageOps

from stoa.commerce.catalogue.models import WIDTHS
from stoa.commerce.catalogue.pictures.looking import open_picture

# Measured on drawn and on photographed products: beyond this the eye sees no difference.
QUALITY: dict[str, dict[str, Any]] = {
    "avif": {"quality": 60, "speed": 8, "max_threads": 1},
    "webp": {"quality": 80, "method": 4},
}

Params = ParamSpec("Params")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Rendition:
    width: int
    format: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """`width` and `height` are the picture's own, turned upright."""

    width: int
    height: int
    renditions: tuple[Rendition, ...]

    @property
    def widths(self) -> list[int]:
        return sorted({rendition.width for rendition in self.renditions})


def widths_for(width: int) -> tuple[int, ...]:
    """The widths to render: never larger than the picture, which is 500 wide: 320 and 500."""
    smaller = tuple(wanted for wanted in WIDTHS if wanted <= width)
    return (
        smaller
        if smaller and (smaller[-1] == WIDTHS[-1] or smaller[-1] == width)
        else (
            *smaller,
            min(width, WIDTHS[-1]),
        )
    )


def render(data: bytes) -> Rendered:
    """The renditions, without metadata. Blocks: call it in the pictures' pool.

    Raises:
        NotAPicture, PictureTooLarge: see `open_picture`.
    """
    image = open_picture(data)
    if image.format == "JPEG":
        image.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))  # decodes a huge one smaller
    upright = ImageOps.exif_transpose(image)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    plain = upright.convert("RGBA" if has_alpha else "RGB")
    renditions = []
    for width in widths_for(plain.width):
        height = max(1, round(plain.height * width / plain.width))
        sized = plain.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        for format_, options in QUALITY.items():
            out = io.BytesIO()
            sized.save(out, format_, **options)
            renditions.append(Rendition(width, format_, out.getvalue()))
    return Rendered(plain.width, plain.height, tuple(renditions))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="pictures", initializer=_give_way)


def _give_way() -> None:
    """On Linux a thread can be less urgent than its process; elsewhere it is not."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


async def in_pool(
    work: Callable[Params, Result], *args: Params.args, **kwargs: Params.kwargs
) -> Result:
    """`work` is done beside the loop: Pillow lets go of Python's lock while it works. One at a
    time, since a decoded picture is large."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool(), lambda: work(*args, **kwargs))
