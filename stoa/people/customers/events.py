"""Facts about customers that others go by, heard inside; `person:<id>` carries to desks only that
there is something new of one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from stoa.people.customers.models import PointKind
from stoa.platform.outbox.event import Event


def customer_topic(customer_id: UUID) -> str:
    """What desks hear that have the customer's page open. It sorts after the topics that some hold
    before they publish the rest (`Session.publish_now`)."""
    return f"person:{customer_id}"


class CustomerTouched(Event):
    """On `person:<id>`: their page or timeline is another now, and is to be asked for again. What
    is said in conversations is not told here: `conversation.listed` on `desk` tells it already."""

    type: Literal["customer.touched"] = "customer.touched"
    customer_id: UUID


class VisitorKnown(Event):
    """This visitor is that customer from now on."""

    type: Literal["visitor.known"] = "visitor.known"
    visitor_id: UUID
    customer_id: UUID


class PointProofAsked(Event):
    """A code is to go to the address, to be given back by the browser that asked for it."""

    type: Literal["point.proof_asked"] = "point.proof_asked"
    proof_id: UUID


class CustomerMerged(Event):
    """Everything of `from_id` is `into_id`'s. Whoever keeps something of a customer moves it in the
    same transaction, and tells `record_moves` what, so that it can go back."""

    type: Literal["customer.merged"] = "customer.merged"
    merge_id: UUID
    from_id: UUID
    into_id: UUID


class CustomerUnmerged(Event):
    """The two are two again: what that merge moved goes back, and so does what has come since the
    merge by a browser or an address that goes back. Everything else that has come since stays."""

    type: Literal["customer.unmerged"] = "customer.unmerged"
    merge_id: UUID
    from_id: UUID
    into_id: UUID
    merged_at: datetime
    visitor_ids: list[UUID]
    points: list[tuple[PointKind, str]]


class CustomerErased(Event):
    """Nothing may be known of this person any more. Whoever keeps something of them forgets it in
    the same transaction, or restricts what the law keeps. `points` are the addresses that nobody
    else holds. It is only heard, never logged: it would keep what it says is gone."""

    type: Literal["customer.erased"] = "customer.erased"
    customer_ids: list[UUID]
    visitor_ids: list[UUID]
    points: list[tuple[PointKind, str]]
