"""What can be wrong with a consent."""

from stoa.platform.errors import DomainError


class NothingToConsent(DomainError):
    """There is no address that it could be about."""

    code = "no_such_point"
    status = 422
