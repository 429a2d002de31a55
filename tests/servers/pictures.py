"""A camera for tests: a file of pictures whose colours are known, and whether a page shows them."""

import random
from pathlib import Path

from playwright.async_api import Frame, Page

Colour = tuple[int, int, int]

RED: Colour = (255, 0, 0)
BLUE: Colour = (0, 0, 255)
PATIENCE_MS = 60_000
# Whether the picture with this name has about this colour at this place.
IS_COLOUR = """([label, x, y, wanted]) => {
  const video = document.querySelector(`figure[aria-label="${label}"] video`);
  if (!video?.videoWidth) return false;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const at = context.getImageData(x * canvas.width, y * canvas.height, 1, 1).data;
  return wanted.every((value, index) => Math.abs(value - at[index]) < 40);
}"""
# The same in YUV (ITU-R BT.601, studio range).
_YUV = {RED: (82, 90, 240), BLUE: (41, 240, 110)}


def write_camera(path: Path, *, width: int = 640, height: int = 480) -> Path:
    """What Chromium's fake camera shows when given this file: red on the left, blue on the right.

    For `--use-file-for-fake-video-capture`, which plays it over and over.
    """
    planes = []
    for plane, (columns, rows) in enumerate(
        [(width, height), (width // 2, height // 2), (width // 2, height // 2)]
    ):
        left = bytes([_YUV[RED][plane]]) * (columns // 2)
        right = bytes([_YUV[BLUE][plane]]) * (columns - columns // 2)
        planes.append((left + right) * rows)
    frame = b"FRAME\n" + b"".join(planes)
    path.write_bytes(_head(width, height) + frame * 5)
    return path


def write_noise(path: Path, *, width: int = 640, height: int = 480) -> Path:
    """A camera whose picture cannot be made small: noise, other in every frame."""
    frames = (b"FRAME\n" + random.Random(at).randbytes(width * height * 3 // 2) for at in range(8))
    path.write_bytes(_head(width, height) + b"".join(frames))
    return path


def _head(width: int, height: int) -> bytes:
    return f"YUV4MPEG2 W{width} H{height} F20:1 Ip A1:1 C420jpeg\n".encode()


async def sees_colour(where: Page | Frame, label: str, x: float, y: float, colour: Colour) -> None:
    """Waits until the picture so labelled has this colour at a part of its width and height."""
    await where.wait_for_function(IS_COLOUR, arg=[label, x, y, list(colour)], timeout=PATIENCE_MS)


async def sees_camera(where: Page | Frame, label: str) -> None:
    """Waits until both halves of the test's camera are seen, each on its side."""
    await sees_colour(where, label, 0.25, 0.5, RED)
    await sees_colour(where, label, 0.75, 0.5, BLUE)
