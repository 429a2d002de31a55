"""What rules refuse."""

from stoa.platform.errors import DomainError


class CannotUndo(DomainError):
    """It was undone already, somebody changed it since, or it is nothing that can be taken back."""

    code = "rule_cannot_undo"
    status = 409
