"""What an order refuses."""

from stoa.platform.errors import Conflict, NotFound


class NoSuchOrder(NotFound):
    code = "order.none"


class OrderIsCancelled(Conflict):
    code = "order.is_cancelled"


class OrderAlreadyPaid(Conflict):
    code = "order.already_paid"


class OrderAlreadyShipped(Conflict):
    code = "order.already_shipped"


class OrderNotPaid(Conflict):
    """It would leave the house without its money."""

    code = "order.not_paid"
