"""Writes about visitors and customers.

Locks are taken in this order, by everybody: the address (`lock_points`), the visitors, the
customers by id, and only then what belongs to them (conversations, orders).
"""

from stoa.people.customers.service.points import (
    claim_point,
    customer_of_point,
    know_visitor,
    mark_deliverable,
    mark_undeliverable,
)
from stoa.people.customers.service.visitors import ensure_visitor

__all__ = [
    "claim_point",
    "customer_of_point",
    "ensure_visitor",
    "know_visitor",
    "mark_deliverable",
    "mark_undeliverable",
]
