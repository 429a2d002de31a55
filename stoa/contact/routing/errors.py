"""What can go wrong when teams are set up."""

from stoa.platform.errors import DomainError


class TeamNameTaken(DomainError):
    code = "team_name_taken"
    status = 409


class OverflowInACircle(DomainError):
    code = "overflow_in_a_circle"
    status = 422


class TeamNamesUnknown(DomainError):
    """A queue, inbox, shop or member of staff that a team names is not there."""

    code = "team_names_unknown"
    status = 422
