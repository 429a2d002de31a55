"""STUN messages as bytes (RFC 8489), as far as asking a relay for an allocation needs them."""

import hashlib
import hmac
import ipaddress
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

COOKIE = 0x2112A442
HEADER_BYTES = 20
UDP_PROTOCOL = 17

_SUCCESS = 0x0100
_ERROR = 0x0110


class Method(IntEnum):
    ALLOCATE = 0x0003
    REFRESH = 0x0004


class Attribute(IntEnum):
    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    ERROR_CODE = 0x0009
    LIFETIME = 0x000D
    REALM = 0x0014
    NONCE = 0x0015
    XOR_RELAYED_ADDRESS = 0x0016
    REQUESTED_TRANSPORT = 0x0019


class NotStun(ValueError):
    """The bytes are no STUN message."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered. `error` is 0 when it did what was asked."""

    transaction: bytes
    error: int
    attributes: Mapping[int, bytes]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Raises:
        NotStun: neither a success nor an error, or cut off.
        """
        if len(data) < HEADER_BYTES:
            raise NotStun
        kind, length, cookie = struct.unpack_from("!HHI", data)
        if cookie != COOKIE or len(data) < HEADER_BYTES + length:
            raise NotStun
        attributes = _read_attributes(data[HEADER_BYTES : HEADER_BYTES + length])
        error = 0
        if kind & _ERROR == _ERROR:
            code = attributes.get(Attribute.ERROR_CODE, b"")
            if len(code) < 4:
                raise NotStun
            error = (code[2] & 7) * 100 + code[3]
        elif not kind & _SUCCESS:
            raise NotStun
        return cls(transaction=data[8:HEADER_BYTES], error=error, attributes=attributes)


def length_of(header: bytes) -> int:
    """How many bytes follow the header.

    Raises:
        NotStun: it is no header.
    """
    _, length, cookie = struct.unpack_from("!HHI", header)
    if cookie != COOKIE:
        raise NotStun
    return int(length)


def _read_attributes(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        kind, length = struct.unpack_from("!HH", data, at)
        if at + 4 + length > len(data):
            raise NotStun
        found.setdefault(kind, data[at + 4 : at + 4 + length])
        at += 4 + length + -length % 4
    return found


def request(
    method: Method,
    *,
    transaction: bytes,
    attributes: Sequence[tuple[Attribute, bytes]],
    key: bytes | None = None,
) -> bytes:
    """The request's bytes; with a key its last attribute proves who sent it."""
    body = b"".join(_write_attribute(kind, value) for kind, value in attributes)
    if key is None:
        return _header(method, len(body), transaction) + body
    signed = _header(method, len(body) + 24, transaction) + body
    proof = hmac.new(key, signed, hashlib.sha1).digest()
    return signed + _write_attribute(Attribute.MESSAGE_INTEGRITY, proof)


def long_term_key(*, username: str, realm: str, password: str) -> bytes:
    """RFC 8489, section 9.2.2: it is MD5 because the protocol says so."""
    text = f"{username}:{realm}:{password}".encode()
    return hashlib.md5(text, usedforsecurity=False).digest()


def read_address(value: bytes, *, transaction: bytes) -> tuple[str, int]:
    """A XOR-...-ADDRESS (RFC 8489, section 14.2).

    Raises:
        NotStun: it is none.
    """
    if len(value) not in (8, 20):
        raise NotStun
    port = struct.unpack_from("!H", value, 2)[0] ^ (COOKIE >> 16)
    mask = COOKIE.to_bytes(4, "big") + transaction
    plain = bytes(byte ^ other for byte, other in zip(value[4:], mask, strict=False))
    return str(ipaddress.ip_address(plain)), port


def _header(method: Method, length: int, transaction: bytes) -> bytes:
    return struct.pack("!HHI", method, length, COOKIE) + transaction


def _write_attribute(kind: Attribute, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
