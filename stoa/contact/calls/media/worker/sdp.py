"""The browser's offer, read for its one line of sound, and our answer to it (RFC 8829, 8839).

Candidates of the offer are not looked at: a name of `.local` would be resolved slowly and in vain,
and where the browser is reached shows when it knocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
_MIRRORED: dict[Direction, Direction] = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}


class UnreadableOffer(ValueError):
    """The offer cannot be answered; the text says why."""


@dataclass(slots=True)
class _Section:
    kind: str
    formats: list[str]
    protocol: str
    attributes: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        return next(iter(self.attributes.get(name, ())), None)


@dataclass(frozen=True, slots=True)
class Offer:
    """What the answer needs of an offer. `payload_type` is Opus'."""

    sections: tuple[tuple[str, str, str, str], ...]  # kind, protocol, first format, mid
    chosen: int
    payload_type: int
    fingerprints: tuple[tuple[str, str], ...]
    is_dtls_client: bool
    direction: Direction

    @property
    def is_heard(self) -> bool:
        """The browser means to send sound."""
        return self.direction in ("sendrecv", "sendonly")


@dataclass(frozen=True, slots=True)
class OurSide:
    """What an answer says of us."""

    user: str
    password: str
    fingerprint: str  # sha-256
    ssrc: int
    addresses: Sequence[tuple[str, int]]


def read_offer(text: str) -> Offer:
    """What the browser offers.

    Raises:
        UnreadableOffer: there is no Opus in it that we could answer.
    """
    session, sections = _sections(text)
    found = (
        (index, section, number)
        for index, section in enumerate(sections)
        if section.kind == "audio" and (number := _opus(section)) is not None
    )
    chosen = next(found, None)
    if chosen is None:
        raise UnreadableOffer("The offer has no line of sound in Opus.")
    index, section, payload_type = chosen
    if "rtcp-mux" not in section.attributes:
        raise UnreadableOffer("The offer wants a second port for reports.")

    prints = section.attributes.get("fingerprint") or session.attributes.get("fingerprint") or []
    split = tuple((kind, mark) for kind, _, mark in (it.partition(" ") for it in prints) if mark)
    if not split:
        raise UnreadableOffer("The offer has no fingerprint.")
    return Offer(
        sections=tuple(
            (it.kind, it.protocol, it.formats[0], it.first("mid") or str(number))
            for number, it in enumerate(sections)
        ),
        chosen=index,
        payload_type=payload_type,
        fingerprints=split,
        is_dtls_client=(section.first("setup") or session.first("setup")) == "active",
        direction=_direction(session, section),
    )


def write_answer(offer: Offer, ours: OurSide) -> str:
    """The answer: sound as offered, anything else refused."""
    mid = offer.sections[offer.chosen][3]
    lines = [
        "v=0",
        f"o=- {ours.ssrc} 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {mid}",
        "a=msid-semantic: WMS *",
    ]
    for index, (kind, protocol, fmt, other) in enumerate(offer.sections):
        if index == offer.chosen:
            lines += _sound(offer, ours, protocol, mid)
        else:
            lines += [f"m={kind} 0 {protocol} {fmt}", "c=IN IP4 0.0.0.0", f"a=mid:{other}"]
            lines.append("a=inactive")
    return "\r\n".join(lines) + "\r\n"


def _sound(offer: Offer, ours: OurSide, protocol: str, mid: str) -> list[str]:
    number = offer.payload_type
    host, port = ours.addresses[0]
    candidates = [
        # RFC 8445, 5.1.2.1: a host candidate of component 1, the first address preferred.
        f"a=candidate:{at + 1} 1 udp {(126 << 24) + ((65535 - at) << 8) + 255} {host} {port}"
        " typ host"
        for at, (host, port) in enumerate(ours.addresses)
    ]
    return [
        f"m=audio {port} {protocol} {number}",
        f"c=IN {'IP6' if ':' in host else 'IP4'} {host}",
        "a=rtcp-mux",
        f"a=mid:{mid}",
        f"a={_MIRRORED[offer.direction]}",
        f"a=ice-ufrag:{ours.user}",
        f"a=ice-pwd:{ours.password}",
        f"a=fingerprint:sha-256 {ours.fingerprint}",
        f"a=setup:{'passive' if offer.is_dtls_client else 'active'}",
        f"a=rtpmap:{number} opus/48000/2",
        f"a=fmtp:{number} minptime=20;useinbandfec=1",
        "a=ptime:20",
        "a=maxptime:60",
        "a=msid:stoa sound",
        f"a=ssrc:{ours.ssrc} cname:stoa",
        *candidates,
        "a=end-of-candidates",
    ]


def _sections(text: str) -> tuple[_Section, list[_Section]]:
    session = _Section("", [], "")
    sections: list[_Section] = []
    for line in text.splitlines():
        if line.startswith("m="):
            parts = line[2:].split()
            if len(parts) < 4:
                raise UnreadableOffer("The offer has a broken line of media.")
            sections.append(_Section(parts[0], parts[3:], parts[2]))
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            target = sections[-1] if sections else session
            target.attributes.setdefault(name, []).append(value.strip())
    return session, sections


def _opus(section: _Section) -> int | None:
    for value in section.attributes.get("rtpmap", ()):
        number, _, codec = value.partition(" ")
        if codec.lower().startswith("opus/48000") and number in section.formats:
            return int(number) if number.isdecimal() and int(number) < 128 else None
    return None


def _direction(session: _Section, section: _Section) -> Direction:
    for holder in (section, session):
        for name in _MIRRORED:
            if name in holder.attributes:
                return name
    return "sendrecv"
