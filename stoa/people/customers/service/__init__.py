"""Writes about visitors and customers.

Locks are taken in this order, by everybody: the address (`lock_points`), the right to merge, part
or erase (`lock_people`), the visitors, the customers by id, their addresses' rows, and only then
what belongs to them: conversations by id, deliveries, and the topics of the log last. None of them
is locked with its key, or a reference to it would wait.
"""

from stoa.people.customers.service.deciding import (
    add_note,
    change_customer,
    dismiss_proposal,
    remove_point,
)
from stoa.people.customers.service.erasing import erase_customer
from stoa.people.customers.service.holding import lock_known
from stoa.people.customers.service.merging import (
    merge_customers,
    record_moves,
    unmerge_customers,
)
from stoa.people.customers.service.points import (
    claim_point,
    customer_of_point,
    know_visitor,
    mark_deliverable,
    mark_undeliverable,
    verify_point,
)
from stoa.people.customers.service.proving import (
    Outcome,
    ask_proof,
    code_of,
    forget_old_proofs,
    prove_point,
)
from stoa.people.customers.service.telling import tell_of, tell_of_holders, tell_of_visitors
from stoa.people.customers.service.visitors import ensure_visitor

__all__ = [
    "Outcome",
    "add_note",
    "ask_proof",
    "change_customer",
    "claim_point",
    "code_of",
    "customer_of_point",
    "dismiss_proposal",
    "ensure_visitor",
    "erase_customer",
    "forget_old_proofs",
    "know_visitor",
    "lock_known",
    "mark_deliverable",
    "mark_undeliverable",
    "merge_customers",
    "prove_point",
    "record_moves",
    "remove_point",
    "tell_of",
    "tell_of_holders",
    "tell_of_visitors",
    "unmerge_customers",
    "verify_point",
]
