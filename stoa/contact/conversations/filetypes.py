"""What kind of file some bytes are, whatever their name says. Only kinds that are passed on."""

import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

from stoa.contact.conversations.errors import FileTypeRefused
from stoa.contact.conversations.rules import UNPRINTABLE

HEAD_BYTES = 4096
NAME_MAX = 150

# (offset, magic bytes, media type). PNG, JPEG, GIF, PDF: their specifications; RIFF and ISO base
# media files name their kind at byte 8.
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmp4", "video/mp4"),
    (4, b"ftypisom", "video/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (0, b"%PDF-", "application/pdf"),
)
_OOXML = "application/vnd.openxmlformats-officedocument"
_OFFICE = {
    "word/": f"{_OOXML}.wordprocessingml.document",
    "xl/": f"{_OOXML}.spreadsheetml.sheet",
    "ppt/": f"{_OOXML}.presentationml.presentation",
}
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# What browsers draw by themselves and Pillow reads.
PREVIEWED = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
# Shown in the page; everything else is offered for download.
INLINE = PREVIEWED
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(rb"^\s*<(!doctype|html|svg|script|\?xml)", re.IGNORECASE)


def media_type_of(path: Path) -> str:
    """The media type of the stored bytes.

    Raises:
        FileTypeRefused: empty, unknown, or a kind that is not passed on.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    for offset, magic, media_type in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return media_type
    if head.startswith(b"PK\x03\x04"):
        return _document_type(path)
    if _is_text(head):
        return "text/plain"
    raise FileTypeRefused()


def _document_type(path: Path) -> str:
    """Office documents are zip archives of a known layout; other archives are refused."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:500]
            if names and names[0] == "mimetype" and archive.getinfo("mimetype").file_size < 100:
                declared = archive.read("mimetype").decode("ascii", "replace")
                if declared.startswith(_OPEN_DOCUMENT):
                    return declared
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise FileTypeRefused() from error
    is_macro = any(name.endswith("vbaProject.bin") for name in names)
    if "[Content_Types].xml" in names and not is_macro:
        for folder, media_type in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                return media_type
    raise FileTypeRefused()


def _is_text(head: bytes) -> bool:
    if not head or _CONTROL.search(head) or _MARKUP.match(head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # The end of the head may cut a character in two.
        return len(head) == HEAD_BYTES and error.start >= HEAD_BYTES - 3
    return True


def clean_file_name(header: str) -> str:
    """A name to show and to save under: the last part of a path, no controls, not too long."""
    name = UNPRINTABLE.sub("", unquote(header, errors="replace")).replace("\\", "/")
    name = re.sub(r'["<>|:*?\t\n]', "_", name.rpartition("/")[2]).strip(" .")
    if len(name) > NAME_MAX:
        stem, dot, ending = name.rpartition(".")
        name = stem[: NAME_MAX - len(ending) - 1] + dot + ending if len(ending) < 12 else ""
    return name or "file"
