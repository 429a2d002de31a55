"""Facts about webhooks."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from stoa.platform.outbox.event import Event


class WebhookStopped(Event):
    """On `told:<staff id>` of every administrator: nothing arrived for days, so it is off."""

    type: Literal["webhook.stopped"] = "webhook.stopped"
    webhook_id: UUID
    shop_id: UUID
    name: str
    failing_since: datetime
