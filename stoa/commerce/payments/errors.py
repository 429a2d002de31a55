"""What can go wrong when paying."""

from stoa.platform.errors import DomainError


class PaymentRefused(DomainError):
    """The provider said no; nothing was taken."""

    code = "payment_refused"
    status = 402


class PaymentMethodUnavailable(DomainError):
    """This way to pay is not offered here (any more)."""

    code = "payment_method_unavailable"
    status = 422
