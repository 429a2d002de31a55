"""What a mail server's refusal means (RFC 5321 section 4.2, RFC 3463)."""

import re
from datetime import timedelta

from stoa.contact.channels.protocol import NeverWorks, SendProblem, TryLater

# Whoever greylists wants to see us again after some minutes, and not much sooner.
GREYLISTED_FOR = timedelta(minutes=6)
# Not within an address: `185.5.1.1` says nothing of a mailbox.
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\d|\.\d)")
# No such mailbox or domain, no mail there at all (RFC 7505), mailbox closed.
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_DEAD_WORDS = re.compile(
    r"user unknown|unknown user|no such (user|mailbox|recipient|address)|"
    r"(user|mailbox|recipient|account|address) (does not|doesn't) exist|mailbox not found|"
    r"account (is )?(disabled|closed)|invalid (recipient|mailbox)",
    re.IGNORECASE,
)
_FULL = frozenset({"4.2.2", "5.2.2"})
_GREY_WORDS = re.compile(r"gr[ea]y.?list|try again|too (many|fast)|rate|deferred", re.IGNORECASE)


def enhanced_code(message: str) -> str:
    """RFC 3463's, or nothing."""
    found = _ENHANCED.search(message)
    return found[1] if found else ""


def of_recipient(code: int, message: str) -> SendProblem:
    """Why the address was refused."""
    status = enhanced_code(message)
    if status in _FULL:
        return _problem("mailbox_full", code, message)
    if code < 500:
        problem = _problem("recipient_later", code, message)
        if isinstance(problem, TryLater) and (code in (450, 451) or _GREY_WORDS.search(message)):
            problem.after = GREYLISTED_FOR
        return problem
    is_dead = status in _DEAD or (not status and bool(_DEAD_WORDS.search(message)))
    refused = NeverWorks(
        "no_such_mailbox" if is_dead else "recipient_refused",
        code=status or str(code),
        text=message,
    )
    refused.is_point_dead = is_dead
    return refused


def of_sender(code: int, message: str) -> SendProblem:
    """Why our own address was refused."""
    status = enhanced_code(message)
    if code == 552 or status == "5.3.4":
        return _problem("too_large_to_send", code, message)
    return _problem("sender_refused" if code >= 500 else "smtp_busy", code, message)


def of_data(code: int, message: str) -> SendProblem:
    """Why the mail itself was refused, its addresses being fine."""
    status = enhanced_code(message)
    if code == 552 or status in ("5.3.4", "5.2.3"):
        return _problem("too_large_to_send", code, message)
    if status in _FULL:
        return _problem("mailbox_full", code, message)
    return _problem("mail_refused" if code >= 500 else "smtp_busy", code, message)


def of_login(code: int, message: str, *, host: str) -> TryLater:
    """The mails wait: once the password is right, they leave."""
    reason = "smtp_login" if code >= 500 else "smtp_busy"
    status = enhanced_code(message) or str(code)
    return TryLater(reason, code=status, text=message, host=host)


def _problem(reason: str, code: int, message: str) -> SendProblem:
    kind = NeverWorks if code >= 500 else TryLater
    return kind(reason, code=enhanced_code(message) or str(code), text=message)
