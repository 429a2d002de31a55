"""Facts about co-browsing."""

from typing import Literal
from uuid import UUID

from stoa.contact.cobrowse.schemas import CobrowseView
from stoa.platform.outbox.event import Event


def watching_topic(session_id: UUID) -> str:
    """Signals for the agent: the page and what it did."""
    return f"cobrowse:{session_id}"


def watched_topic(session_id: UUID) -> str:
    """Signals for the customer's pages: who watches, where they point, what they ask to do."""
    return f"cobrowsed:{session_id}"


class CobrowseChanged(Event):
    """On `visitor:<id>`: replaces the session of both sides."""

    type: Literal["cobrowse.changed"] = "cobrowse.changed"
    session: CobrowseView
