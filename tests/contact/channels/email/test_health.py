"""A line with two ends has one word for how it is, said when it changes."""

from stoa.contact.channels.email.health import Health
from stoa.contact.channels.protocol import SendProblem, TryLater


def test_tells_what_is_wrong_with_either_end_and_nothing_twice() -> None:
    told: list[str | None] = []

    def hear(problem: SendProblem | None) -> None:
        told.append(problem.reason if problem else None)

    health = Health(hear)
    health.incoming(None)
    health.outgoing(None)
    health.outgoing(TryLater("smtp_login"))
    health.incoming(TryLater("imap_login"))
    health.incoming(TryLater("imap_login"))
    health.incoming(None)
    health.outgoing(None)
    assert told == [None, "smtp_login", "imap_login", "smtp_login", None]
