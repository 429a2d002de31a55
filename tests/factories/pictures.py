"""Pictures to test with."""

import io

from PIL import Image


def picture_bytes(
    width: int = 800, height: int = 600, *, format_: str = "JPEG", colour: str = "#B4532A"
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, format_)
    return out.getvalue()
