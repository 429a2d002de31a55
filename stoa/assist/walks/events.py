"""Facts about walks."""

from typing import Literal

from stoa.assist.walks.schemas import WalkView
from stoa.platform.outbox.event import Event


class WalkChanged(Event):
    """On `visitor:<id>`: replaces the walk of both sides. A higher `step` while walking: the page
    that the customer looks at turns to `url`.
    """

    type: Literal["walk.changed"] = "walk.changed"
    walk: WalkView
