"""Proposals: an agent suggests a change to the cart, the customer decides."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stoa.contact.conversations.schemas import ClientId, ProposalCard

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProposeProduct(Input):
    kind: Literal["product"]
    variant_id: UUID
    quantity: int = Field(default=1, ge=1, le=99)
    reason: Reason = ""


class ProposePercent(Input):
    kind: Literal["percent"]
    percent: int = Field(ge=1, le=100)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ProposeAmount(Input):
    kind: Literal["amount"]
    amount_minor: int = Field(ge=1, le=10**9)
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ProposeDelivery(Input):
    kind: Literal["delivery"]
    shipping_method_id: UUID
    reason: Reason = ""


Suggestion = Annotated[
    ProposeProduct | ProposePercent | ProposeAmount | ProposeDelivery, Field(discriminator="kind")
]


class Propose(Input):
    """`POST /api/desk/conversations/{id}/proposals` -> ProposalView."""

    client_id: ClientId
    suggestion: Suggestion


class AnswerProposal(Input):
    """`proposal.accept`, `proposal.refuse` (customer), `proposal.withdraw` (agent)
    -> ProposalView. The same answer again changes nothing."""

    proposal_id: UUID


class ListProposals(Input):
    """`proposal.list` (customer) -> OpenProposals: what waits for the customer's word."""


class ProposalView(BaseModel):
    id: UUID
    conversation_id: UUID
    staff_name: str
    card: ProposalCard
    created_at: datetime
    answered_at: datetime | None


class OpenProposals(BaseModel):
    """Also `GET /api/counter/proposals`. Subscribe to `visitor:<visitor_id>` after `seq`."""

    visitor_id: UUID
    proposals: list[ProposalView]
    seq: int
