"""Facts about routing. Topic `teams`: how teams and queues are set up."""

from typing import Literal

from stoa.platform.outbox.event import Event

TEAMS_TOPIC = "teams"


class TeamsChanged(Event):
    """On `teams`: teams, queues, weights or capacities are others; whoever shows them asks."""

    type: Literal["teams.changed"] = "teams.changed"
