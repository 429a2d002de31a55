"""Whose signature a mail bears (DKIM, RFC 6376), by a check of our own."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import dkim
import dns.exception
import dns.resolver
import structlog

from stoa.contact.channels.email.naming import split_head
from stoa.contact.channels.email.reading.addresses import is_aligned, read_sender
from stoa.contact.channels.email.reading.headers import Headers

log = structlog.get_logger()

DKIM_PROOF = "dkim"
SIGNATURES_MAX = 4
# Larger ones are believed to be from whom they say no more than an unsigned one is.
BYTES_MAX = 10 * 1024 * 1024
DNS_SECONDS = 3.0
KNOWN_SECONDS = 600.0
KNOWN_MAX = 2_000
# Without a DNS, each mail would wait for it.
AWAY_SECONDS = 60.0

# The TXT record of a name, None without one; raises `DnsAway`.
AskRecord = Callable[[str], bytes | None]


class DnsAway(Exception):
    """Nobody could be asked."""


@dataclass(slots=True)
class Records:
    """TXT records, each remembered for some minutes; for threads."""

    ask: AskRecord
    _known: dict[str, tuple[float, bytes | None]] = field(default_factory=dict)
    _away_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, name: str) -> bytes | None:
        """
        Raises:
            DnsAway
        """
        moment = time.monotonic()
        with self._lock:
            until, record = self._known.get(name, (0.0, None))
            if until > moment:
                return record
            if self._away_until > moment:
                raise DnsAway
        try:
            record = self.ask(name)
        except DnsAway:
            with self._lock:
                self._away_until = moment + AWAY_SECONDS
            raise
        with self._lock:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[name] = (moment + KNOWN_SECONDS, record)
        return record


def ask_dns(name: str) -> bytes | None:
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=DNS_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.exception.DNSException, OSError) as error:
        raise DnsAway from error
    return next((b"".join(record.strings) for record in answer), None)


RECORDS = Records(ask_dns)


def proofs_of(content: bytes, *, records: Records = RECORDS) -> dict[str, str]:
    """`{"dkim": domain}` if the domain of the author has signed the mail, or one above it; else
    nothing. A signature that leaves a part of the body open (`l=`) or the author out proves
    nothing."""
    head, _ = split_head(content)
    if b"dkim-signature" not in head.lower() or len(content) > BYTES_MAX:
        return {}
    author = _author(head)
    if author is None:
        return {}
    try:
        domain = _signer(content, records, author=author)
    except DnsAway:
        log.warning("mail.dns_away")
        return {}
    return {DKIM_PROOF: domain} if domain else {}


def _author(head: bytes) -> str | None:
    """The domain of the one From; None where there are several, or it could be read in two ways."""
    values = Headers.read(head).all("from")
    sender = read_sender(values) if len(values) == 1 else None
    return sender.domain if sender and sender.is_certain else None


def _signer(content: bytes, records: Records, *, author: str) -> str | None:
    """Who speaks for the author and has signed what is here.

    Raises:
        DnsAway
    """
    is_away = False

    # As dkimpy calls it.
    def record_of(name: bytes, timeout: float = DNS_SECONDS) -> bytes | None:  # noqa: ARG001
        nonlocal is_away
        try:
            return records.get(name.decode("ascii").rstrip("."))
        except DnsAway:
            is_away = True
            return None

    for number in range(SIGNATURES_MAX):
        mail = dkim.DKIM(content)
        try:
            if not (prepared := mail.verify_headerprep(number)):
                break  # there are no more
            signature, names, _ = prepared
            domain: str = signature[b"d"].decode("ascii").lower().rstrip(".")
            is_whole = b"l" not in signature and b"from" in names
            is_strong = signature[b"a"] == b"rsa-sha256"
            if not (is_whole and is_strong and is_aligned(domain, author)):
                continue
            if mail.verify(number, dnsfunc=record_of):
                return domain
        except (dkim.DKIMException, ValueError, KeyError, IndexError, TypeError):
            continue  # a stranger's header: what cannot be read proves nothing
        if is_away:
            raise DnsAway
    return None
