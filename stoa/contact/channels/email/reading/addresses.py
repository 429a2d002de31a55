"""Who wrote, and to whom: addresses as their mail names them, and nobody else taken for them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from stoa.contact.channels.email.reading.headers import decoded
from stoa.contact.conversations.schemas import MailAddress

LISTED_MAX = 50
COUNTED_MAX = 100_000
NAME_MAX = 200
ENTRY_MAX = 2_000  # of one name and address, in letters
SENDERS_MAX = 10_000

# A quoted name, an address in brackets, a comment, a separator, or a run of anything else.
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"?|<[^<>]*>?|\((?:[^()\\]|\\.)*\)?|[,;]|:|[^"<(,;:]+', re.DOTALL
)
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]{1,64}@[^\s@<>()\[\]\\,;:\"/?#&=]{1,253}")
_QUOTED_LOCAL = re.compile(r'"[^"\\\r\n]{1,62}"@[^\s@<>()\[\]\\,;:"]{1,253}')
_DOMAIN = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "HEBREW", "ARABIC")

# Under these, everybody may have a domain: owning one says nothing of its neighbours.
_SHARED = frozenset(
    f"{second}.{country}"
    for country in ("pl", "gr", "uk", "it", "at", "cy", "fr", "es", "pt", "tr", "ua", "br", "au")
    for second in ("com", "net", "org", "edu", "gov", "co", "ac", "info", "biz", "gouv", "ltd")
)


@dataclass(frozen=True, slots=True)
class Sender:
    address: str
    name: str
    domain: str  # in ASCII (RFC 5890), lower case
    is_certain: bool  # False: it could be read in more than one way
    notes: Sequence[str] = ()


def read_sender(values: Sequence[str]) -> Sender | None:
    """Who the From headers name: the first address in them, None without any."""
    found = [entry for value in values for entry in _entries(value[:SENDERS_MAX])]
    named = [(address, name) for address, name, _ in found if address]
    if not named:
        return None
    address, name = named[0][0], _name(named[0][1])
    domain = ascii_domain(address)
    if domain is None:
        return None
    notes = []
    if len(values) > 1 or len({each for each, _ in named}) > 1:
        notes.append("several_senders")
    if other := _ADDRESS.search(name):
        if other[0].lower() == address.lower():
            name = ""
        else:
            notes.append("sender_in_name")
    if looks_alike(address):
        notes.append("sender_lookalike")
    is_certain = not notes and all(is_plain for _, _, is_plain in found)
    return Sender(address, name, domain, is_certain, tuple(notes))


def read_people(values: Sequence[str]) -> tuple[list[MailAddress], int]:
    """The first of them, and how many there are."""
    people: list[MailAddress] = []
    count = 0
    for value in values:
        for address, name, _ in _entries(value):
            if not address:
                continue
            count += 1
            if len(people) < LISTED_MAX:
                people.append(MailAddress(name=_name(name), address=address))
            if count == COUNTED_MAX:
                return people, count
    return people, count


def all_addresses(values: Iterable[str]) -> Iterator[str]:
    """Every address in them, however it is written."""
    for value in values:
        for found in _ADDRESS.finditer(value[:100_000]):
            yield found[0]


@dataclass(slots=True)
class _Entry:
    """What stands between two commas."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    bracket: str | None = None
    is_plain: bool = True  # written as RFC 5322 section 3.4 has it

    def take(self, token: str) -> None:
        if token.startswith("<"):
            # `<a@one> <b@two>`: who reads from the left and who reads from the right differ.
            self.is_plain = self.is_plain and self.bracket is None and token.endswith(">")
            self.bracket = token.strip("<> ") if self.bracket is None else self.bracket
        elif token.startswith("("):
            self.comments.append(token.strip("()"))
        elif token.startswith('"'):
            self.is_plain = self.is_plain and self.bracket is None
            self.words.append(re.sub(r"\\(.)", r"\1", token.strip('"'), flags=re.DOTALL))
        elif text := token.strip():
            self.is_plain = self.is_plain and self.bracket is None
            self.words.append(text)

    def read(self) -> tuple[str, str, bool] | None:
        """Address, empty if there is none; name, still encoded; whether it was written plainly."""
        text = " ".join(self.words).strip()[:ENTRY_MAX]
        if self.bracket is not None:
            address = _bare(self.bracket)
            name = text or " ".join(self.comments)
            return address, name, self.is_plain and bool(address) and not self.comments
        if not text:
            return None
        inside = _ADDRESS.search(text)
        if inside is None:
            return "", text, False
        name = text.replace(inside[0], " ").strip()
        is_plain = self.is_plain and not name
        return inside[0], name or " ".join(self.comments), is_plain


def _entries(value: str) -> Iterator[tuple[str, str, bool]]:
    entry = _Entry()
    for found in _TOKEN.findall(value):
        if found in (",", ";"):
            if (made := entry.read()) is not None:
                yield made
            entry = _Entry()
        elif found == ":" and entry.bracket is None:
            entry = _Entry()  # it was the name of a group (RFC 5322 section 3.4)
        else:
            entry.take(found)
    if (made := entry.read()) is not None:
        yield made


def _bare(bracket: str) -> str:
    """The address between brackets, without a route (RFC 5322 section 4.4)."""
    text = bracket.rpartition(":")[2].strip() if bracket.startswith("@") else bracket.strip()
    if _ADDRESS.fullmatch(text) or _QUOTED_LOCAL.fullmatch(text):
        return text
    text = decoded(text[:ENTRY_MAX]).replace(" ", "")
    text = text.removeprefix("mailto:")
    return text if _ADDRESS.fullmatch(text) else ""


def _name(value: str) -> str:
    return decoded(value[:ENTRY_MAX]).strip("'\" ")[:NAME_MAX]


def ascii_domain(address: str) -> str | None:
    """An address's domain as servers compare it; None for one that cannot be."""
    domain = unicodedata.normalize("NFKC", address.rpartition("@")[2]).strip(".").lower()
    try:
        plain = domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        return None
    return plain if _DOMAIN.fullmatch(plain) and len(plain) <= 253 else None


def looks_alike(address: str) -> bool:
    """Whether letters of several alphabets stand in one word of it: `pаypal` with a Cyrillic а."""
    try:
        local, _, domain = address.rpartition("@")
        shown = ".".join(
            label[4:].encode("ascii").decode("punycode")
            if label.lower().startswith("xn--")
            else label
            for label in domain.split(".")
        )
    except UnicodeError:
        return True
    labels = [part for part in (*shown.split("."), *local.split(".")) if not part.isascii()]
    return any(len(_scripts(label)) > 1 for label in labels) or any(
        _is_disguised(label) for label in labels
    )


def _scripts(label: str) -> set[str]:
    found = set()
    for letter in label:
        if letter.isalpha():
            name = unicodedata.name(letter, "")
            found.add(next((script for script in _SCRIPTS if name.startswith(script)), "OTHER"))
    return found


# Cyrillic and Greek letters that are drawn as Latin ones.
_DRAWN_AS_LATIN = frozenset("асеорхуіјѕԁԛԝһӏονρυκι")


def _is_disguised(label: str) -> bool:
    """A word of another alphabet of which every letter could be Latin: `аре` is no Russian."""
    letters = [letter for letter in label.lower() if letter.isalpha()]
    return bool(letters) and all(letter in _DRAWN_AS_LATIN for letter in letters)


def is_aligned(domain: str, author: str) -> bool:
    """Whether who owns `domain` speaks for the author's: the same, or one above it.

    Stricter than DMARC (RFC 7489 section 3.1), which also takes one below.
    """
    domain, author = domain.strip(".").lower(), author.strip(".").lower()
    if domain == author and domain:
        return True
    return "." in domain and domain not in _SHARED and author.endswith(f".{domain}")


def is_same_house(one: str, other: str) -> bool:
    """Whether two domains are one organisation's as far as their names tell."""
    return is_aligned(one, other) or is_aligned(other, one)
