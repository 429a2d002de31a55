"""What can be wrong with customers and their addresses."""

from stoa.platform.errors import DomainError


class NoSuchPoint(DomainError):
    """There is nothing in it that anybody could be reached by."""

    code = "no_such_point"
    status = 422
