"""Queues that are known by their name."""

from dataclasses import replace
from uuid import UUID, uuid5

from stoa.contact.routing.models import Queue, Rule

NAMES = UUID(int=7)


def named(name: str) -> UUID:
    return uuid5(NAMES, name)


def a_queue(name: str = "Chat", *, rule: Rule = Rule.LEAST_BUSY, **more: object) -> Queue:
    return replace(
        Queue(id=named(name), team_id=named("team"), name=name, rule=rule),
        **more,  # type: ignore[arg-type]  # a queue's own fields
    )
