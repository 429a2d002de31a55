"""What proposals refuse."""

from stoa.platform.errors import DomainError


class ProposalAnswered(DomainError):
    """It has another answer already, or was withdrawn; nothing was changed."""

    code = "proposal_answered"
    status = 409


class NobodyToProposeTo(DomainError):
    """The conversation has no visitor with a cart: it came by another channel."""

    code = "nobody_to_propose_to"
    status = 409
