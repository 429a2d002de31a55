"""What can be wrong with customers and their addresses."""

from stoa.platform.errors import DomainError


class NoSuchPoint(DomainError):
    """There is nothing in it that anybody could be reached by."""

    code = "no_such_point"
    status = 422


class AlreadyMerged(DomainError):
    """One of the two is no customer of their own any more: somebody else was faster."""

    code = "customer_already_merged"
    status = 409


class SamePerson(DomainError):
    """Nobody can be merged with themselves."""

    code = "customer_is_the_same"
    status = 422


class NotMerged(DomainError):
    """There is no such merge, or it was undone already."""

    code = "customer_not_merged"
    status = 409


class MergeCovered(DomainError):
    """A later merge builds on this one and has to be undone first."""

    code = "customer_merge_covered"
    status = 409


class AlreadyErased(DomainError):
    """Nothing is known of this customer any more, and nothing can be done with them."""

    code = "customer_erased"
    status = 409


class ProvenTooOften(DomainError):
    """A code went to this address often enough today, or this visitor had enough of them sent."""

    code = "point_asked_too_often"
    status = 429
