"""What sign-in and the staff pages refuse."""

from stoa.platform.errors import DomainError


class WrongCredentials(DomainError):
    """The same answer for an unknown address and for a wrong password."""

    code = "wrong_credentials"
    status = 401


class LinkExpired(DomainError):
    """The one-time link was used, replaced, or is too old."""

    code = "link_expired"
    status = 410


class EmailTaken(DomainError):
    code = "email_taken"
    status = 409


class LastAdministrator(DomainError):
    """Somebody must be able to administer; nothing was changed."""

    code = "last_administrator"
    status = 409
