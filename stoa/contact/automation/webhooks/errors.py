"""What webhooks refuse."""

from stoa.platform.errors import DomainError


class WebhookAddressRefused(DomainError):
    """Not an address that may be called: no `https`, no host, or one within our own network."""

    code = "webhook_address_refused"
    status = 422


class WebhookOff(DomainError):
    """It is switched off, so nothing is sent to it."""

    code = "webhook_off"
    status = 409
