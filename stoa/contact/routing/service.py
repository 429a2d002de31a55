"""What others may ask of routing: who is at the desk, and that what waits is given out."""

from stoa.contact.routing.dispatching import keeping_routing
from stoa.contact.routing.passing_on import send_to_queue
from stoa.contact.routing.presence import (
    PRESENCE_TOPIC,
    Presence,
    PresenceListener,
    keeping_presence,
)
from stoa.contact.routing.teams import (
    change_team,
    make_team,
    remove_team,
    set_capacity,
    set_weights,
)

__all__ = [
    "PRESENCE_TOPIC",
    "Presence",
    "PresenceListener",
    "change_team",
    "keeping_presence",
    "keeping_routing",
    "make_team",
    "remove_team",
    "send_to_queue",
    "set_capacity",
    "set_weights",
]
