"""What can be wrong with a consent."""

from stoa.platform.errors import DomainError


class NothingToConsent(DomainError):
    """There is no address that it could be about."""

    code = "no_such_point"
    status = 422


class NeedsConfirmation(DomainError):
    """That an address may get marketing is for its owner to say, from the address itself."""

    code = "consent_needs_confirmation"
    status = 422


class AskedTooOften(DomainError):
    """This address was asked often enough, or said that it does not want to be asked."""

    code = "consent_asked_too_often"
    status = 429


class RequestEnded(DomainError):
    """What was asked can no longer be answered: its time is over, or it was taken back."""

    code = "consent_request_ended"
    status = 410


class UnknownPlaceholder(DomainError):
    """Only `{shop}` and `{way}` are filled in where the words are read. Parameter: `name`."""

    code = "consent_unknown_placeholder"
    status = 422
