"""Facts about proposals."""

from typing import Literal

from stoa.assist.proposals.schemas import ProposalView
from stoa.platform.outbox.event import Event


class ProposalMade(Event):
    """On `visitor:<id>`: the cart page shows it. The chat hears `message.added` with its card."""

    type: Literal["proposal.made"] = "proposal.made"
    proposal: ProposalView


class ProposalAnswered(Event):
    """On `visitor:<id>`: accepted, refused, withdrawn or failed; it no longer waits."""

    type: Literal["proposal.answered"] = "proposal.answered"
    proposal: ProposalView
