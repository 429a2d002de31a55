"""What others may ask of routing: who is at the desk."""

from stoa.contact.routing.presence import (
    PRESENCE_TOPIC,
    Presence,
    PresenceListener,
    keeping_presence,
)

__all__ = ["PRESENCE_TOPIC", "Presence", "PresenceListener", "keeping_presence"]
