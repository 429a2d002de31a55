"""A rendered page kept as bytes, plain and compressed, with room for one personal piece.

The page is the same for everybody but for the number at the cart. So its two halves are compressed
once, each as DEFLATE blocks that end on a byte (RFC 1951); an answer is the first half, the number
as a stored block, the second half, and the checksum of the three (RFC 1952): nothing is compressed
per request.
"""

import hashlib
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

# The layout puts it where the number of pieces in the cart belongs.
PERSONAL = "<!--personal-->"

# Half of zlib's own: as small an answer (a page has 10 to 30 kB), for half the time, of which most
# goes into preparing its 256 kB of memory.
WINDOW_BITS = -14  # negative: DEFLATE alone, without zlib's header
MEMORY_LEVEL = 7

GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


@dataclass(frozen=True, slots=True)
class StoredPage:
    """`etag` is the page's without its personal piece."""

    shop_id: UUID
    head: bytes
    tail: bytes
    head_deflated: bytes
    tail_deflated: bytes
    head_crc: int
    etag: str
    status: int
    headers: Mapping[str, str]

    @property
    def size_bytes(self) -> int:
        return sum(map(len, (self.head, self.tail, self.head_deflated, self.tail_deflated)))

    def plain(self, personal: bytes) -> bytes:
        return self.head + personal + self.tail

    def gzipped(self, personal: bytes) -> bytes:
        """The same as `plain`, as a gzip member."""
        crc = zlib.crc32(self.tail, zlib.crc32(personal, self.head_crc))
        size = len(self.head) + len(personal) + len(self.tail)
        return b"".join(
            (
                GZIP_HEADER,
                self.head_deflated,
                stored_block(personal),
                self.tail_deflated,
                struct.pack("<LL", crc, size & 0xFFFFFFFF),
            )
        )


def stored_block(data: bytes) -> bytes:
    """A DEFLATE block that holds `data` as it is and is not the last one; at most 65,535 bytes."""
    return struct.pack("<BHH", 0, len(data), len(data) ^ 0xFFFF) + data


def store_page(
    html: str, *, shop_id: UUID, status: int, headers: Mapping[str, str], level: int = 6
) -> StoredPage:
    """The page, ready to be sent many times (`level` 1 when it will be sent once)."""
    head, _, tail = (part.encode() for part in html.partition(PERSONAL))
    # After a full flush nothing refers to what was before it, so one compressor does for both.
    deflate = zlib.compressobj(level, zlib.DEFLATED, WINDOW_BITS, MEMORY_LEVEL)
    return StoredPage(
        shop_id=shop_id,
        head=head,
        tail=tail,
        head_deflated=deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH),
        tail_deflated=deflate.compress(tail) + deflate.flush(zlib.Z_FINISH),
        head_crc=zlib.crc32(head),
        etag=hashlib.blake2b(html.encode(), digest_size=12).hexdigest(),
        status=status,
        headers=headers,
    )
