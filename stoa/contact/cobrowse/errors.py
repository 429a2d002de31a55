"""What co-browsing refuses."""

from stoa.platform.errors import DomainError


class NobodyToWatch(DomainError):
    """The conversation has no visitor with a page: it came by another channel."""

    code = "cobrowse_nobody"
    status = 409


class CobrowseBusy(DomainError):
    """Somebody else looks at this customer's page, or has asked to."""

    code = "cobrowse_busy"
    status = 409


class CobrowseOver(DomainError):
    """The session has ended, or was never agreed to; nothing was changed."""

    code = "cobrowse_over"
    status = 409


class NoControl(DomainError):
    """The customer has not given control, or has taken it back."""

    code = "cobrowse_no_control"
    status = 403
