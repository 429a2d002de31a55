"""Bytes are pictures when they decode; they are rendered small enough for every screen."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from stoa.commerce.catalogue.errors import NotAPicture, PictureTooLarge
from stoa.commerce.catalogue.models import Picture, picture_sources
from stoa.commerce.catalogue.pictures.looking import Looked, look_at
from stoa.commerce.catalogue.pictures.rendering import render, widths_for
from stoa.platform.ids import new_id
from tests.factories.pictures import picture_bytes


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is huge and holds nothing."""
    content = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + content
    body = struct.pack(">I", len(content)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + body + b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.mark.parametrize(
    ("format_", "media_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"),
     ("AVIF", "image/avif"), ("GIF", "image/gif")],
)  # fmt: skip
def test_knows_a_picture_by_its_content(format_: str, media_type: str) -> None:
    assert look_at(picture_bytes(40, 30, format_=format_)) == Looked(40, 30, media_type)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body>Not found</body></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
        picture_bytes()[:400],
        picture_bytes(format_="BMP"),
    ],
)
def test_refuses_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        look_at(data)


@pytest.mark.parametrize("side", [8_000, 60_000])
def test_refuses_a_decompression_bomb_without_decoding_it(side: int) -> None:
    with pytest.raises(PictureTooLarge):
        look_at(png_header(side, side))


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a"]),
)
def test_any_bytes_are_looked_at_or_refused(data: bytes, start: bytes) -> None:
    try:
        look_at(start + data)
    except (NotAPicture, PictureTooLarge) as refused:
        assert refused.code.startswith("catalogue.")  # noqa: PT017 - either outcome is right


@given(st.integers(1, 5_000))
def test_never_renders_larger_than_the_picture(width: int) -> None:
    widths = widths_for(width)
    assert list(widths) == sorted(set(widths))
    assert widths[-1] == min(width, 1280)


def test_renders_upright_and_without_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "where I live"
    out = io.BytesIO()
    Image.new("RGB", (700, 350)).save(out, "JPEG", exif=exif)
    rendered = render(out.getvalue())
    assert (rendered.width, rendered.height) == (350, 700)
    assert rendered.widths == [320, 350]
    for rendition in rendered.renditions:
        image = Image.open(io.BytesIO(rendition.data))
        assert image.format == rendition.format.upper()
        assert image.size == (rendition.width, 2 * rendition.width)
        assert not image.getexif()


def test_keeps_what_is_transparent() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (255, 0, 0, 0)).save(out, "PNG")
    for rendition in render(out.getvalue()).renditions:
        image = Image.open(io.BytesIO(rendition.data)).convert("RGBA")
        corner = image.getpixel((0, 0))
        assert isinstance(corner, tuple)
        assert corner[3] == 0


def test_templates_get_what_a_picture_element_needs() -> None:
    id_ = new_id()
    sources = picture_sources(Picture(id_, 700, 500, (320, 640, 700), "Ein Stuhl"))
    assert sources.src == f"/media/{id_}/640.webp"
    assert sources.avif.split(", ")[0] == f"/media/{id_}/320.avif 320w"
    unrendered = picture_sources(Picture(id_, 700, 500, (), ""))
    assert (unrendered.src, unrendered.webp) == (f"/media/{id_}", "")
