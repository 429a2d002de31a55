"""Whether bytes are a picture, told by decoding them and never by what they are called."""

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

from stoa.commerce.catalogue.errors import NotAPicture, PictureTooLarge

MAX_PIXELS = 40_000_000
FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "GIF": "image/gif",
}


@dataclass(frozen=True, slots=True)
class Looked:
    width: int
    height: int
    media_type: str


def open_picture(data: bytes) -> Image.Image:
    """The picture, not yet decoded.

    Raises:
        NotAPicture: it is none, or of a format we do not show.
        PictureTooLarge: decoding it would take too much memory.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=tuple(FORMATS))
    except Image.DecompressionBombError as error:
        raise PictureTooLarge from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotAPicture from error
    if image.width * image.height > MAX_PIXELS:
        raise PictureTooLarge
    return image


def look_at(data: bytes) -> Looked:
    """What a picture is, after it has been decoded whole. Blocks: call it in the pictures' pool.

    Raises:
        NotAPicture, PictureTooLarge: see `open_picture`; also one that breaks off.
    """
    image = open_picture(data)
    media_type = FORMATS[image.format or ""]
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError, IndexError) as error:
        raise NotAPicture from error
    return Looked(image.width, image.height, media_type)
