"""What a cart refuses."""

from stoa.platform.errors import Conflict, DomainError, NotFound


class NotEnoughStock(DomainError):
    """Fewer are left than were asked for; `available` says how many."""

    code = "cart.not_enough_stock"
    status = 409


class SoldOut(DomainError):
    code = "cart.sold_out"
    status = 409


class VariantUnavailable(NotFound):
    """There is no such variant, or it is not sold any more."""

    code = "cart.variant_unavailable"


class CartChangedElsewhere(Conflict):
    """Another tab, or an accepted proposal, was first; nothing of this change was kept."""

    code = "cart.changed_elsewhere"


class NoCart(NotFound):
    """The visitor has no open cart: it never had one, or it was ordered."""

    code = "cart.none"


class TooMany(DomainError):
    """More than `max` pieces of one thing or lines in one cart."""

    code = "cart.too_many"
    status = 422
