"""SMPP 3.4 on the wire: only what a client needs, tolerant of what centres add to it.

Section numbers are those of "Short Message Peer to Peer Protocol Specification v3.4".
"""

import asyncio
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from stoa.contact.channels.protocol import Report, ReportState

GENERIC_NACK: Final = 0x80000000
SUBMIT_SM: Final = 0x00000004
DELIVER_SM: Final = 0x00000005
UNBIND: Final = 0x00000006
BIND_TRANSCEIVER: Final = 0x00000009
ENQUIRE_LINK: Final = 0x00000015
ALERT_NOTIFICATION: Final = 0x00000102
DATA_SM: Final = 0x00000103
RESPONSE: Final = 0x80000000  # the bit that makes a request's answer of its command

OK: Final = 0x00
INVALID_COMMAND: Final = 0x03
SYSTEM_ERROR: Final = 0x08
QUEUE_FULL: Final = 0x14
THROTTLED: Final = 0x58
TRY_LATER: Final = 0x64  # ESME_RX_T_APPN: the centre keeps the message and comes again

_SAR_REFERENCE: Final = 0x020C
_SAR_TOTAL: Final = 0x020E
_SAR_NUMBER: Final = 0x020F
_NETWORK_ERROR: Final = 0x0423
_PAYLOAD: Final = 0x0424
_STATE: Final = 0x0427
_RECEIPTED_ID: Final = 0x001E

UDH_INDICATOR: Final = 0x40
# Appendix B, whose words centres abbreviate and put in order as they like.
_RECEIPT: Final = re.compile(
    r"\s*id:\s*\S{1,80} +sub:\s*\d{1,3} +dlvrd:\s*\d{1,3} +.{0,80}\bstat:\s*[A-Z]{5,13}\b",
    re.IGNORECASE,
)
_RECEIPT_TYPES: Final = (0x04, 0x08, 0x20)  # 5.2.12: receipt, acknowledgement, notification
_HEADER: Final = struct.Struct(">IIII")
_LONGEST: Final = 70_000  # message_payload of 64 KiB and the rest


class BadPdu(Exception):
    """It is no SMPP; nothing that follows on this connection can be trusted."""


@dataclass(frozen=True, slots=True)
class Pdu:
    command: int
    sequence: int
    body: bytes = b""
    status: int = OK

    def packed(self) -> bytes:
        length = _HEADER.size + len(self.body)
        return _HEADER.pack(length, self.command, self.status, self.sequence) + self.body

    @property
    def is_answer(self) -> bool:
        return bool(self.command & RESPONSE)

    def answer(self, status: int = OK) -> "Pdu":
        """To this request. The message_id of an answer to deliver_sm is empty (4.6.2)."""
        body = b"\0" if self.command in (DELIVER_SM, DATA_SM) else b""
        return Pdu(self.command | RESPONSE, self.sequence, body, status)


async def read_pdu(reader: asyncio.StreamReader) -> Pdu:
    """The next one.

    Raises:
        BadPdu: what comes is no SMPP.
        asyncio.IncompleteReadError, OSError: the connection is gone.
    """
    length, command, status, sequence = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    if not _HEADER.size <= length <= _LONGEST:
        raise BadPdu(f"a PDU of {length} octets")
    body = await reader.readexactly(length - _HEADER.size)
    return Pdu(command, sequence, body, status)


def _text(value: str) -> bytes:
    return value.encode("latin-1", "replace").replace(b"\0", b"") + b"\0"


def bind_body(*, system_id: str, password: str, system_type: str, address_range: str) -> bytes:
    """Of bind_transceiver (4.1.5), version 3.4."""
    names = _text(system_id) + _text(password) + _text(system_type)
    return names + bytes([0x34, 0, 0]) + _text(address_range)


@dataclass(frozen=True, slots=True)
class Address:
    number: str
    ton: int = 0
    npi: int = 0

    def packed(self) -> bytes:
        return bytes([self.ton, self.npi]) + _text(self.number)


@dataclass(frozen=True, slots=True)
class Concat:
    """Part `number` of `total`, of the message that its sender calls `reference`."""

    reference: int
    total: int
    number: int


def submit_body(
    *,
    source: Address,
    destination: Address,
    data_coding: int,
    content: bytes,
    concat: Concat | None = None,
    validity: str = "",
) -> bytes:
    """Of submit_sm (4.4.1), asking for a receipt of success or failure."""
    if concat is not None:
        header = bytes([5, 0, 3, concat.reference & 0xFF, concat.total, concat.number])
        content = header + content
    return b"".join(
        [
            _text(""),
            source.packed(),
            destination.packed(),
            bytes([UDH_INDICATOR if concat else 0, 0, 0]),
            _text(""),
            _text(validity),
            bytes([1, 0, data_coding, 0, len(content)]),
            content,
        ]
    )


@dataclass(frozen=True, slots=True)
class Deliver:
    """A deliver_sm (4.6.1) or a data_sm (4.7.1) as it came."""

    source: Address
    destination: Address
    esm_class: int
    data_coding: int
    content: bytes  # without its header
    concat: Concat | None
    extras: Mapping[int, bytes] = field(default_factory=dict)

    @property
    def is_receipt(self) -> bool:
        if self.esm_class & 0x3C in _RECEIPT_TYPES or _RECEIPTED_ID in self.extras:
            return True
        # Some centres do not say what it is, and no customer writes so.
        return _RECEIPT.match(self.text) is not None

    @property
    def text(self) -> str:
        """Of a receipt: letters of ASCII, now and then in UCS-2."""
        is_wide = self.data_coding & 0x0C == 0x08 and self.data_coding < 0xF0
        return self.content.decode("utf-16-be" if is_wide else "latin-1", "replace")


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def byte(self) -> int:
        self._at += 1
        return self._body[self._at - 1]

    def text(self) -> str:
        end = self._body.index(b"\0", self._at)
        found = self._body[self._at : end]
        self._at = end + 1
        return found.decode("latin-1")

    def octets(self, count: int) -> bytes:
        found = self._body[self._at : self._at + count]
        self._at += count
        return found

    def address(self) -> Address:
        ton, npi = self.byte(), self.byte()
        return Address(self.text(), ton, npi)

    def extras(self) -> dict[int, bytes]:
        """The optional parameters (5.3); one that is cut short ends them."""
        found: dict[int, bytes] = {}
        while self._at + 4 <= len(self._body):
            tag, length = struct.unpack(">HH", self.octets(4))
            found[tag] = self.octets(length)
        return found


def read_deliver(pdu: Pdu) -> Deliver:
    """
    Raises:
        BadPdu: its body does not hold what it must.
    """
    reader = _Reader(pdu.body)
    try:
        reader.text()  # service_type
        source, destination = reader.address(), reader.address()
        esm_class = reader.byte()
        if pdu.command == DATA_SM:
            reader.byte()  # registered_delivery
            data_coding, content = reader.byte(), b""
        else:
            reader.octets(2)  # protocol_id, priority_flag
            reader.text()  # schedule_delivery_time
            reader.text()  # validity_period
            reader.octets(2)  # registered_delivery, replace_if_present_flag
            data_coding = reader.byte()
            reader.byte()  # sm_default_msg_id
            content = reader.octets(reader.byte())
    except (IndexError, ValueError) as error:
        raise BadPdu("a deliver_sm that ends too early") from error
    extras = reader.extras()
    content = content or extras.get(_PAYLOAD, b"")
    concat = _sar(extras)
    if esm_class & UDH_INDICATOR and content:
        header, content = content[1 : content[0] + 1], content[content[0] + 1 :]
        concat = _udh(header) or concat
    return Deliver(source, destination, esm_class, data_coding, content, concat, extras)


def _udh(header: bytes) -> Concat | None:
    """The concatenation element among others (TS 23.040 sections 9.2.3.24.1 and .8)."""
    at = 0
    while at + 2 <= len(header):
        kind, length = header[at], header[at + 1]
        value = header[at + 2 : at + 2 + length]
        if kind == 0x00 and len(value) == 3:
            return _concat(value[0], value[1], value[2])
        if kind == 0x08 and len(value) == 4:
            return _concat(value[0] << 8 | value[1], value[2], value[3])
        at += 2 + length
    return None


def _sar(extras: Mapping[int, bytes]) -> Concat | None:
    try:
        reference = int.from_bytes(extras[_SAR_REFERENCE], "big")
        return _concat(reference, extras[_SAR_TOTAL][0], extras[_SAR_NUMBER][0])
    except (KeyError, IndexError):
        return None


def _concat(reference: int, total: int, number: int) -> Concat | None:
    """None for what handsets ignore too: no parts, one part, a part beyond the last."""
    return Concat(reference, total, number) if total > 1 and 1 <= number <= total else None


# 5.2.28, and appendix B for the words.
_STATES: Final[Mapping[str, tuple[int, ReportState]]] = {
    "ENROUTE": (1, "sent"),
    "DELIVRD": (2, "delivered"),
    "EXPIRED": (3, "failed"),
    "DELETED": (4, "failed"),
    "UNDELIV": (5, "failed"),
    "ACCEPTD": (6, "sent"),
    "UNKNOWN": (7, "failed"),
    "REJECTD": (8, "failed"),
}
# On the way, as centres say it that know more than 3.4.
_STEPS: Final = ("BUFF", "SCHED", "QUEUE", "PROCES")
_LONGEST_NAME: Final = 200  # the specification says 65 (5.2.23); what is longer fits no index
_LONGEST_NUMBER: Final = 80  # Python reads no number of thousands of digits
_WORD_OF: Final = {number: word for word, (number, _) in _STATES.items()}
_ID: Final = re.compile(r"\bid:\s*(\S+)", re.IGNORECASE)
_STAT: Final = re.compile(r"\bstat:\s*([A-Z]+)", re.IGNORECASE)
_ERR: Final = re.compile(r"\berr:\s*(\w+)", re.IGNORECASE)
_DONE: Final = re.compile(r"\bdone date:\s*(\d{10}(?:\d\d)?)\b", re.IGNORECASE)


def name_of(message_id: str) -> str:
    """How a centre calls a message, whichever way it writes that: in capitals here and not there,
    filled up with zeros or not."""
    name = message_id.strip().lower()
    return (name.lstrip("0") or name)[:_LONGEST_NAME]


def report_of(deliver: Deliver, *, has_decimal_ids: bool = False) -> Report | None:
    """What a receipt says, by its parameters first and by its text else; None: it says nothing.

    `has_decimal_ids`: the centre answers with hexadecimal ids and writes decimal ones in receipts.
    """
    text = deliver.text
    name = deliver.extras.get(_RECEIPTED_ID, b"").split(b"\0")[0].decode("latin-1")
    if not name:
        name = _first(_ID, text)
        if has_decimal_ids and name.isdecimal() and len(name) <= _LONGEST_NUMBER:
            name = f"{int(name):x}"
    name = name_of(name)
    number = int.from_bytes(deliver.extras.get(_STATE, b""), "big")
    word = _WORD_OF.get(number) or _first(_STAT, text).upper()
    # Some write DELIVERED or UNDELIVERABLE; no two states begin with the same five letters.
    known = next((state for state in _STATES if state[:5] == word[:5]), None)
    if name and known is None and word.startswith(_STEPS):
        return Report(name=name, state="sent", code=word[:20])
    if not name or known is None:
        return None
    state = _STATES[known][1]
    network = deliver.extras.get(_NETWORK_ERROR, b"")
    error = _first(_ERR, text)
    if len(network) == 3:
        error = str(int.from_bytes(network[1:], "big"))
    code = known if state != "failed" or not error.strip("0") else f"{known} {error}"
    return Report(
        name=name,
        state=state,
        code=code,
        # GSM cause 1: the number is not assigned to anybody.
        is_point_dead=state == "failed" and network == b"\x03\x00\x01",
        at=_done_at(text),
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""


def _done_at(text: str) -> datetime | None:
    """In UTC, as most centres have it; a date that cannot be is none."""
    digits = _first(_DONE, text)
    try:
        return datetime.strptime(digits.ljust(12, "0"), "%y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
