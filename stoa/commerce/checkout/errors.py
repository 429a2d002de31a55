"""Why an order cannot be placed. In every case nothing was ordered and nothing was paid."""

from stoa.platform.errors import Conflict, DomainError


class CheckoutIncomplete(DomainError):
    """`step` still needs an answer, or its answer does not fit any more."""

    code = "checkout.incomplete"
    status = 409

    def __init__(self, *, step: str) -> None:
        super().__init__(step=step)
        self.step = step


class CartIsEmpty(Conflict):
    code = "checkout.cart_empty"


class LinesNotCovered(Conflict):
    """Something in the cart was sold meanwhile."""

    code = "checkout.lines_not_covered"


class ReviewOutdated(Conflict):
    """Prices, delivery or contents are not what the customer was shown."""

    code = "checkout.review_outdated"


class AttemptFailed(Conflict):
    """This try had failed before; `problem` is why. A new one needs a new key."""

    code = "checkout.attempt_failed"

    def __init__(self, *, problem: str) -> None:
        super().__init__(problem=problem)
        self.problem = problem


class PaymentUnreachable(DomainError):
    """The payment provider did not answer; what it may have held back is being released."""

    code = "checkout.payment_unreachable"
    status = 503
