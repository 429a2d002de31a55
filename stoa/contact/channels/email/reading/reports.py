"""What mail servers say became of our mails: RFC 3464, and what some send instead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from stoa.contact.channels.email.reading.bodies import read_body
from stoa.contact.channels.email.reading.charsets import to_text
from stoa.contact.channels.email.reading.headers import Headers, headers_of, message_ids, moment
from stoa.contact.channels.email.reading.parts import Part
from stoa.contact.channels.protocol import Nothing, Report

TEXT_MAX = 500
# Not within an address: `10.5.1.1` says nothing of a mailbox.
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(r"(?<![\d.])([45]\d\d)[\s#-]")
_DAEMON = re.compile(
    r"^(?:mailer-daemon|postmaster|mail-?daemon|bounce-?handler|mdaemon)\b", re.IGNORECASE
)
_SUBJECTS = re.compile(
    r"undeliver|delivery (?:status|fail|has failed|problem)|mail delivery|returned mail"
    r"|failure notice"
    r"|delivery incomplete|message not delivered|nie ?dostarczon|niedoręcz|zwrot wiadomości"
    r"|unzustellbar|nicht zugestellt|zustell|mancata consegna|impossibile recapitare|non recapitat"
    r"|αδύνατη η παράδοση|δεν παραδόθηκε|αποτυχία παράδοσης|μη παραδόσιμ",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delayed|delay\b|warning: (?:message|could not send)|verzögert|opóźni|ritardo|ritardat"
    r"|καθυστέρ"
    r"|still (?:being )?(?:retried|trying)|will (?:be )?re(?:tried|try)",
    re.IGNORECASE,
)
# What old servers say instead of a number, and the number it would be.
_PHRASES = tuple(
    (re.compile(phrases, re.IGNORECASE), code)
    for phrases, code in (
        (
            r"user unknown|unknown user|no such user|unknown (?:address|recipient|mailbox)"
            r"|no mailbox here|mailbox (?:not found|unavailable|does not exist)|does not exist"
            r"|recipient (?:rejected|not found|unknown)|address rejected|invalid recipient"
            r"|unrouteable address|couldn't be found|wasn't found|no mailbox by that name",
            "5.1.1",
        ),
        (
            r"host (?:or domain name )?not found|domain (?:not found|does not exist)"
            r"|no mx|unknown host|couldn't find any host",
            "5.1.2",
        ),
        (
            r"quota|mailbox (?:is )?full|over ?quota|insufficient storage|storage limit",
            "5.2.2",
        ),
        (r"too large|too big|size limit|exceeds .{0,30}size", "5.3.4"),
        (r"spam|blacklist|blocklist|blocked|policy|rejected", "5.7.1"),
    )
)
_RETURNED = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822",
        "text/rfc822-headers",
        "message/global-headers",
    }
)
_SAYS_DELIVERED = frozenset({"delivered", "relayed"})


@dataclass(frozen=True, slots=True)
class _Status:
    action: str = ""
    code: str = ""
    text: str = ""
    envelope_id: str = ""
    original_id: str = ""


def read_report(
    root: Part, *, sender: str, subject: str, has_null_sender: bool
) -> Report | Nothing | None:
    """None: it is no report, and somebody may have written it."""
    kind = root.parameters.get("report-type", "").lower()
    statuses = [part for part in root.walk() if part.media_type == "message/delivery-status"]
    receipts = [
        part for part in root.walk() if part.media_type == "message/disposition-notification"
    ]
    if root.media_type == "multipart/report" or statuses or receipts:
        if receipts and not statuses:
            return Nothing("read_receipt")
        if statuses or kind == "delivery-status":
            return _standard(root, statuses)
        if kind == "feedback-report":
            return None  # a person pressed "this is spam": it is shown to one
    if _is_bounce(root.headers, sender=sender, subject=subject, has_null_sender=has_null_sender):
        return _by_its_words(root, subject=subject)
    return None


# ---- as RFC 3464 has it -------------------------------------------------------------------------


def _standard(root: Part, parts: Sequence[Part]) -> Report | Nothing | None:
    status = _Status()
    for part in parts:
        status = _read_status(part)
        if status.action:
            break
    name = _our_name(root, status)
    action = status.action
    if not action and status.code:
        action = "failed" if status.code.startswith(("4", "5")) else "delivered"
    if action in ("delayed", "expanded") or (not action and not parts):
        return Nothing("delay_notice") if action else _by_its_words(root, subject="")
    if not name:
        return Nothing("foreign_report")
    at = moment(root.headers.get("date"))
    if action in _SAYS_DELIVERED:
        return Report(name=name, state="delivered", code=status.code, text="", at=at)
    return _failed(name, status.code, status.text or _words_of(root), at=at)


def _failed(name: str, code: str, text: str, *, at: object) -> Report:
    return Report.model_validate(
        {
            "name": name,
            "state": "failed",
            # RFC 3464 section 2.3.3: who says so has given up, also after a trouble that may pass
            # (4.4.1). What is still tried is `delayed`.
            "is_permanent": True,
            "code": code,
            "text": text[:TEXT_MAX],
            # RFC 3463 section 3.2: the address, or the domain, or that it moved away. A full
            # mailbox (5.2.2) or a refusal (5.7.1) may pass.
            "is_point_dead": bool(re.match(r"5\.1\.(?:0|1|2|3|6|10)$", code)),
            "at": at,
        }
    )


def _read_status(part: Part) -> _Status:
    """Groups of fields, parted by empty lines: one about the mail, one for each recipient."""
    groups = [
        Headers.read(group)
        for group in re.split(rb"\r?\n[ \t]*\r?\n", part.content.strip())[:50]
        if group.strip()
    ]
    envelope_id = next(
        (value for group in groups if (value := group.get("original-envelope-id"))), ""
    )
    original = next(
        (value for group in groups if (value := group.text("x-original-message-id"))), ""
    )
    chosen = [group for group in groups if group.get("action")]
    chosen = chosen or [group for group in groups if group.get("status")]
    if not chosen:
        return _Status(envelope_id=envelope_id, original_id=original)
    # Of several recipients the one it failed for tells more.
    group = next((each for each in chosen if each.get("action").lower() == "failed"), chosen[0])
    said = group.text("diagnostic-code")
    diagnosis = re.sub(r"^[\w-]{1,20};\s*", "", said)
    code = _STATUS.search(group.get("status"))
    found = code[0] if code else ""
    # Some servers write 5.0.0 and leave the truth to the other server's words.
    if (not found or found.endswith(".0.0")) and (better := _STATUS.search(diagnosis)):
        found = better[0]
    if found in ("", "5.0.0"):
        found = _code_of(diagnosis) or found
    action = group.get("action").partition("(")[0].partition(";")[0].strip().lower()
    return _Status(action, found, diagnosis, envelope_id, original)


def _our_name(root: Part, status: _Status) -> str:
    """The Message-ID of what came back, else what we called the mail at its envelope."""
    for part in root.walk():
        if part.media_type in _RETURNED and (
            names := message_ids(headers_of(part.content).get("message-id"))
        ):
            return names[0]
    if names := message_ids(status.original_id):
        return names[0]
    if status.envelope_id:
        return _from_xtext(status.envelope_id.strip())[:300]
    named = message_ids(root.headers.get("in-reply-to")) or message_ids(
        root.headers.get("references")
    )
    return named[-1] if named else ""


def _from_xtext(value: str) -> str:
    """RFC 3461 section 4: `+3D` is `=`."""
    return unquote(re.sub(r"\+([0-9A-F]{2})", r"%\1", value.replace("%", "%25")))


# ---- as servers do that know no standard --------------------------------------------------------


def _is_bounce(headers: Headers, *, sender: str, subject: str, has_null_sender: bool) -> bool:
    if headers.get("x-failed-recipients"):  # Exim, Gmail
        return True
    is_daemon = bool(_DAEMON.match(sender))
    return (
        (is_daemon or has_null_sender)
        and bool(_SUBJECTS.search(subject) or _DELAYED.search(subject))
        and (is_daemon or not headers.get("auto-submitted").lower().startswith("auto-replied"))
    )


def _is_certain(root: Part, words: str) -> bool:
    return bool(_code_of(words)) or any(part.media_type in _RETURNED for part in root.walk())


def _by_its_words(root: Part, *, subject: str) -> Report | Nothing | None:
    words = _words_of(root, long=True)
    if _DELAYED.search(subject) or (
        not _SUBJECTS.search(subject) and _DELAYED.search(words[:2_000])
    ):
        return Nothing("delay_notice")
    name = _our_name(root, _Status()) or _name_in(words)
    if not name:
        # Without a reason or the mail that came back, it is somebody's who writes of a delivery.
        return Nothing("foreign_report") if _is_certain(root, words) else None
    above = re.split(
        r"^-{3,}.{0,40}(?:copy of|original|returned|kopi)",
        words,
        flags=re.IGNORECASE | re.MULTILINE,
    )[0]
    code = _code_of(above)
    return _failed(name, code, _diagnosis(above), at=moment(root.headers.get("date")))


def _name_in(words: str) -> str:
    """The Message-ID in a copy that is only text (qmail, Exim)."""
    found = re.search(
        r"^[> \t]{0,20}message-id:[ \t]{0,20}(<[^<>\s]{1,900}>)",
        words,
        re.IGNORECASE | re.MULTILINE,
    )
    return found[1] if found else ""


def _code_of(text: str) -> str:
    if found := next((each for each in _STATUS.finditer(text) if each[1] != "2"), None):
        return found[0]
    for phrase, code in _PHRASES:
        if phrase.search(text):
            reply = _REPLY.search(text)
            return f"4{code[1:]}" if reply and reply[1].startswith("4") else code
    reply = _REPLY.search(text)
    return f"{reply[1][0]}.0.0" if reply else ""


def _diagnosis(text: str) -> str:
    """The line that tells the reason, else the beginning."""
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    for line in lines:
        if _STATUS.search(line) or _REPLY.search(line):
            return line[:TEXT_MAX]
    for line in lines:
        if any(phrase.search(line) for phrase, _ in _PHRASES):
            return line[:TEXT_MAX]
    return " ".join(lines)[:TEXT_MAX]


def _words_of(root: Part, *, long: bool = False) -> str:
    for part in root.walk():
        if part.media_type == "text/plain" and not part.children:
            text, _ = to_text(part.content[:200_000], part.parameters.get("charset"))
            return text.replace("\r\n", "\n") if long else " ".join(text.split())[:TEXT_MAX]
    body = read_body(root)
    text = re.sub(r"<[^<>]{0,2000}>", " ", body.html or body.plain)
    return text if long else " ".join(text.split())[:TEXT_MAX]
