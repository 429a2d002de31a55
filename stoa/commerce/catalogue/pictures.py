"""How a picture is put into a page."""

from dataclasses import dataclass
from uuid import UUID

from stoa.commerce.catalogue.models import Picture

WIDTHS = (320, 640, 960, 1280)


@dataclass(frozen=True, slots=True)
class PictureSources:
    """`avif` and `webp` are `srcset`s, empty when nothing is rendered yet; `src` always works."""

    src: str
    avif: str
    webp: str
    width: int
    height: int
    alt: str


def picture_address(picture_id: UUID, width: int, extension: str) -> str:
    return f"/media/{picture_id}/{width}.{extension}"


def picture_sources(picture: Picture) -> PictureSources:
    """What `<picture>` needs; the sizes are the template's to say."""
    srcsets = {
        extension: ", ".join(
            f"{picture_address(picture.id, width, extension)} {width}w" for width in picture.widths
        )
        for extension in ("avif", "webp")
    }
    middle = picture.widths[len(picture.widths) // 2] if picture.widths else 0
    return PictureSources(
        src=picture_address(picture.id, middle, "webp") if middle else f"/media/{picture.id}",
        avif=srcsets["avif"],
        webp=srcsets["webp"],
        width=picture.width,
        height=picture.height,
        alt=picture.alt,
    )
