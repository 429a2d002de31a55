"""A camera for tests: a file of pictures whose colours are known."""

from pathlib import Path

Colour = tuple[int, int, int]

RED: Colour = (255, 0, 0)
BLUE: Colour = (0, 0, 255)
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
    head = f"YUV4MPEG2 W{width} H{height} F20:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + frame * 5)
    return path
