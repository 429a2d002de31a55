"""Whether a mail is proven to come from the address it names (RFC 8601, RFC 7489)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stoa.contact.channels.email.reading.addresses import Sender, ascii_domain, is_aligned
from stoa.contact.channels.email.reading.headers import Headers
from stoa.contact.channels.protocol import Envelope

HEADERS_MAX = 20
RECEIVED_MAX = 1_000
_METHOD = re.compile(r"^\s*([a-z0-9_-]{1,30})(?:/\d+)?\s*=\s*([a-z]{1,20})", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(header|smtp|policy|body)\.([a-z0-9_-]{1,30})\s*=\s*(?:\"([^\"]*)\"|([^\s;\"]+))",
    re.IGNORECASE,
)
_FROM_BY = re.compile(r"^\s*(?:from\s+(\S+).*?)?\bby\s+([^\s;]+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


def is_proven(
    headers: Headers, sender: Sender, envelope: Envelope, *, trusted: Sequence[str]
) -> bool:
    """Proven by a check of our own, or by one of a server that the merchant named as theirs.

    A sender that could be read in two ways is never proven: the check may have read the other.
    """
    if not sender.is_certain:
        return False
    for kind in ("dkim", "spf"):
        if is_aligned(envelope.proofs.get(kind, ""), sender.domain):
            return True
    results = list(_results(_believable(headers, trusted)))
    verdicts = {each.result for each in results if each.method == "dmarc"}
    if verdicts - {"pass", "none", "bestguesspass"}:
        return False
    for each in results:
        if each.result == "pass" and any(
            is_aligned(domain, sender.domain) for domain in _domains(each)
        ):
            return True
    return False


def is_refuted(
    headers: Headers, sender: Sender, envelope: Envelope, *, trusted: Sequence[str]
) -> bool:
    """Whether a server that the merchant named says that DMARC has failed, and nothing else speaks
    for the author. Who only breaks SPF by forwarding leaves a signature that does; without a word
    of DMARC, nothing is refuted."""
    if sender.is_certain and is_aligned(envelope.proofs.get("dkim", ""), sender.domain):
        return False
    results = list(_results(_believable(headers, trusted)))
    if not any(each.method == "dmarc" and each.result == "fail" for each in results):
        return False
    return not sender.is_certain or not any(
        each.method == "dkim"
        and each.result == "pass"
        and any(is_aligned(domain, sender.domain) for domain in _domains(each))
        for each in results
    )


def _domains(result: _Result) -> Iterator[str]:
    """For whom a method has passed."""
    found = result.properties
    if result.method == "dmarc":
        # Who leaves the property out has looked at the From that it delivered.
        yield from _as_domain(found.get("header.from", ""))
    elif result.method == "dkim":
        yield from _as_domain(found.get("header.d", "") or found.get("header.i", ""))
    elif result.method == "spf":
        yield from _as_domain(found.get("smtp.mailfrom", ""))


def _as_domain(value: str) -> Iterator[str]:
    domain = ascii_domain(value if "@" in value else f"@{value}")
    if domain:
        yield domain


def _believable(headers: Headers, trusted: Sequence[str]) -> list[str]:
    """What a trusted server wrote, and no sender can have: the topmost of its headers.

    They stand above the line that tells of the mail's coming in from outside (Received), or, as
    Gmail does, right below it. What stands below the next one came with the mail.
    """
    ids = {name.strip().lower().rstrip(".") for name in trusted if name.strip()}
    if not ids:
        return []
    found: list[str] = []
    has_entered = False
    for name, value in headers.fields:
        if name == "received":
            if found or has_entered:
                break
            has_entered = not _is_inside(value, ids)
        elif name == "authentication-results" and _authserv_id(value) in ids:
            found.append(value)
            if has_entered or len(found) == HEADERS_MAX:
                break  # a second one there may be the sender's
    return found


def _is_inside(received: str, ids: set[str]) -> bool:
    """Whether a mail went from one of the trusted servers to another."""
    match = _FROM_BY.match(received[:RECEIVED_MAX])
    if match is None:
        return False
    giver, taker = (match[1] or "").lower().strip("[]().;"), match[2].lower().strip("[]().;")

    def is_ours(host: str) -> bool:
        # Gmail's own hops are from nobody, by an address: `by 2002:a05:6a10:...`
        return any(host == each or host.endswith(f".{each}") for each in ids)

    if not match[1]:
        return True
    return is_ours(giver) and is_ours(taker)


def _authserv_id(value: str) -> str:
    head = _without_comments(value[:500]).partition(";")[0].split()
    return head[0].strip('"').lower().rstrip(".") if head else ""


def _results(values: Sequence[str]) -> Iterator[_Result]:
    for value in values:
        for part in _parts(_without_comments(value))[1:]:
            method = _METHOD.match(part)
            if method is None:
                continue
            properties: dict[str, str] = {}
            for found in _PROPERTY.finditer(part, method.end()):
                name = f"{found[1]}.{found[2]}".lower()
                properties.setdefault(name, (found[3] or found[4] or "").strip())
            yield _Result(method[1].lower(), method[2].lower(), properties)


def _parts(value: str) -> list[str]:
    """At semicolons that are not within quotes."""
    return re.findall(r'(?:"[^"]*"|[^;"]|")+', value)


def _without_comments(value: str) -> str:
    """Comments can nest (RFC 5322 section 3.2.2), and hold whatever a sender has put there."""
    kept: list[str] = []
    depth = 0
    is_quoted = False
    skip = False
    for letter in value[:20_000]:
        if skip:
            skip = False
            if not depth:
                kept.append(letter)
            continue
        if letter == "\\" and (depth or is_quoted):
            skip = True
        elif letter == '"' and not depth:
            is_quoted = not is_quoted
            kept.append(letter)
        elif letter == "(" and not is_quoted:
            depth += 1
        elif letter == ")" and depth and not is_quoted:
            depth -= 1
        elif not depth:
            kept.append(letter)
    return "".join(kept)
