"""A session as the database holds it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from stoa.contact.cobrowse.schemas import CobrowseView

# What the customer reads before they agree; raised when the words change what is agreed to.
WORDING_VERSION = "1"
ANSWER_SECONDS = 60
GONE_SECONDS = 60


class EndReason(StrEnum):
    REFUSED = "refused"
    STOPPED_BY_CUSTOMER = "stopped_by_customer"
    STOPPED_BY_AGENT = "stopped_by_agent"
    EXPIRED = "expired"  # the question was not answered
    GONE = "gone"  # the customer has left
    CLOSED = "closed"  # the conversation was closed


@dataclass(frozen=True, slots=True)
class LockedSession:
    """A session that is this transaction's to change."""

    view: CobrowseView
    message_id: UUID
