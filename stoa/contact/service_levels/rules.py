"""Pure decisions: which policy holds for a wait, and when it is due."""

from collections.abc import Iterable

from stoa.contact.hours.queries import add_business_seconds
from stoa.contact.hours.schemas import OpeningHours
from stoa.contact.service_levels.models import Due, Policy, Wait


def policy_for(policies: Iterable[Policy], wait: Wait) -> Policy | None:
    """The nearest policy of the wait's shop: its queue's, its inbox's, its channel's, the shop's.

    One that promises nothing for this kind of answer leaves it to the next.
    """

    def nearness(policy: Policy) -> int:
        if policy.queue_id is not None:
            return 3 if policy.queue_id == wait.queue_id else 0
        if policy.inbox_id is not None:
            return 2 if policy.inbox_id == wait.inbox_id else 0
        if policy.channel is not None:
            return 1 if policy.channel == wait.channel else 0
        return 0

    fitting = [
        policy
        for policy in policies
        if policy.shop_id == wait.shop_id
        and policy.seconds(wait.kind) is not None
        and (nearness(policy) or _is_for_all(policy))
    ]
    return max(fitting, key=nearness, default=None)


def _is_for_all(policy: Policy) -> bool:
    return policy.queue_id is None and policy.inbox_id is None and policy.channel is None


def due_of(wait: Wait, policy: Policy, hours: OpeningHours | None) -> Due | None:
    """When the wait is due, counted while its channel is open; None when that is never.

    30 minutes, warned at 80 %: of a wait since 16:50 in a shop open 9 to 17, the warning is at 9:14
    and the answer due at 9:20 on the next day.
    """
    seconds = policy.seconds(wait.kind)
    assert seconds is not None
    warn_at, due_at = (
        add_business_seconds(hours, start=wait.waiting_since, seconds=part, channel=wait.channel)
        for part in (seconds * policy.warn_percent / 100, seconds)
    )
    if warn_at is None or due_at is None:
        return None
    return Due(
        policy_id=policy.id,
        kind=wait.kind,
        promised_seconds=seconds,
        warn_at=warn_at,
        due_at=due_at,
    )
