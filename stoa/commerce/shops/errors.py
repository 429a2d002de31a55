"""What can be wrong with a shop."""

from stoa.platform.errors import NotFound


class NoShop(NotFound):
    """This installation has no shop yet."""

    code = "shop.none"
