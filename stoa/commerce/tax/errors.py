"""What the tax cannot say."""

from stoa.platform.errors import DomainError


class NoVatRate(DomainError):
    """The country has no standard rate on that day: an unfinished installation."""

    code = "no_vat_rate"
    status = 500
