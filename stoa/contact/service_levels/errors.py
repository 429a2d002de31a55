"""What can be wrong with a policy."""

from stoa.platform.errors import DomainError


class PolicyExists(DomainError):
    """There is another one for the same queue, inbox, channel or shop."""

    code = "sla_policy_exists"
    status = 409
