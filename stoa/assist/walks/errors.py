"""What walks refuse."""

from stoa.platform.errors import DomainError


class WalkBusy(DomainError):
    """The customer walks with another agent, or was asked by one."""

    code = "walk_busy"
    status = 409


class WalkOver(DomainError):
    """It was refused or has ended, or the customer has not answered; nothing was changed."""

    code = "walk_over"
    status = 409


class NobodyToWalkWith(DomainError):
    """The conversation has no visitor in the shop."""

    code = "nobody_to_walk_with"
    status = 409


class NoWayThere(DomainError):
    """The address is neither the shop's nor of a page that may embed its counter."""

    code = "no_way_there"
    status = 422
