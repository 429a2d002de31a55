"""Making, answering and withdrawing proposals.

An accepted proposal changes the cart in the transaction that records the answer. The card in the
chat always shows how the proposal stands.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import structlog
from pydantic import TypeAdapter

from stoa.assist.proposals.cards import card_of, find_method, kind_of
from stoa.assist.proposals.errors import NobodyToProposeTo, ProposalAnswered
from stoa.assist.proposals.events import ProposalAnswered as AnsweredEvent
from stoa.assist.proposals.events import ProposalMade
from stoa.assist.proposals.queries import proposal_view
from stoa.assist.proposals.schemas import (
    ProposalView,
    Propose,
    ProposeAmount,
    ProposeDelivery,
    ProposePercent,
    ProposeProduct,
    Suggestion,
)
from stoa.commerce.cart.service import add_line, agree_discount, record_step
from stoa.commerce.pricing.models import Discount
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.schemas import MessageView, ProposalCard
from stoa.contact.conversations.service import (
    Place,
    add_message,
    change_card,
    lock_conversation,
    publish_change,
)
from stoa.people.hearing import visitor_topic
from stoa.people.identity.service import record_audit
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import DomainError, NotFound
from stoa.platform.i18n.locale import Locale, as_locale
from stoa.platform.ids import new_id
from stoa.platform.web.problems import text_for

log = structlog.get_logger()

Answer = Literal["accepted", "refused", "withdrawn"]
BASIS_POINTS_PER_PERCENT = 100

_SUGGESTION: TypeAdapter[Suggestion] = TypeAdapter(Suggestion)


@dataclass(frozen=True, slots=True)
class _Locked:
    """A proposal that is this transaction's to answer."""

    id: UUID
    shop_id: UUID
    visitor_id: UUID
    staff_id: UUID
    message_id: UUID
    suggestion: Suggestion
    state: str


async def propose(
    session: Session, *, conversation_id: UUID, by: Sender, form: Propose
) -> ProposalView:
    """The customer sees the proposal in the chat and at the cart; the same `client_id` again gives
    the proposal that is there.

    Raises:
        NotFound: no such conversation, product or way to deliver.
        NobodyToProposeTo: the conversation has no visitor.
    """
    assert by.staff_id is not None, "only staff propose"
    place = await lock_conversation(session, conversation_id=conversation_id)
    if place.visitor_id is None:
        raise NobodyToProposeTo()
    known = await session.fetch_value(
        "SELECT p.id FROM proposal p JOIN message m ON m.id = p.message_id"
        " WHERE m.conversation_id = $1 AND m.client_id = $2",
        conversation_id,
        form.client_id,
    )
    if known is not None:
        return await proposal_view(session, proposal_id=known)
    row = await get_row(session, conversation_id=conversation_id)
    shop = await get_shop(session, shop_id=place.shop_id)
    proposal_id = new_id()
    card = await card_of(
        session,
        shop=shop,
        locale=_locale(shop, row.locale),
        proposal_id=proposal_id,
        suggestion=form.suggestion,
    )
    message = await add_message(
        session,
        place=place,
        kind="proposal",
        sender=by,
        client_id=form.client_id,
        card=card,
        preview=card.title,
    )
    await _record(session, proposal_id=proposal_id, place=place, by=by, message=message, form=form)
    await publish_change(session, conversation_id=conversation_id)
    view = await proposal_view(session, proposal_id=proposal_id)
    session.publish(ProposalMade(proposal=view), topics=[visitor_topic(place.visitor_id)])
    return view


async def _record(
    session: Session,
    *,
    proposal_id: UUID,
    place: Place,
    by: Sender,
    message: MessageView,
    form: Propose,
) -> None:
    suggestion = form.suggestion.model_dump(mode="json")
    await session.execute(
        "INSERT INTO proposal (id, shop_id, conversation_id, visitor_id, staff_id, kind,"
        " suggestion, message_id, state, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9)",
        proposal_id,
        place.shop_id,
        place.id,
        place.visitor_id,
        by.staff_id,
        kind_of(form.suggestion),
        suggestion,
        message.id,
        message.created_at,
    )
    await record_audit(
        session,
        staff_id=by.staff_id,
        action="proposal.made",
        subject=str(proposal_id),
        details=suggestion,
    )


def _locale(shop: Shop, tag: str) -> Locale:
    locale = as_locale(tag)
    return locale if locale in shop.locales else shop.default_locale


async def accept_proposal(
    session: Session, *, proposal_id: UUID, visitor_id: UUID, locale: Locale
) -> ProposalView:
    """The cart holds what was proposed; or the proposal has failed, and its card says why.

    Raises:
        NotFound: no such proposal for this visitor.
        ProposalAnswered: it has another answer.
    """
    proposal = await _lock(session, proposal_id=proposal_id, visitor_id=visitor_id)
    if proposal.state in ("accepted", "failed"):
        return await proposal_view(session, proposal_id=proposal_id)
    _require_open(proposal)
    shop = await get_shop(session, shop_id=proposal.shop_id)
    reading = _locale(shop, locale)
    failure = None
    try:
        # A savepoint: what a refused change began is undone, what is told of it is kept.
        async with session.connection.transaction():
            await _apply(session, shop=shop, proposal=proposal, locale=reading)
    except DomainError as error:
        words = text_for(error.code, error.params, locale=reading)
        failure = {"problem": error.code, "problem_text": words}
    return await _answered(
        session,
        proposal=proposal,
        state="failed" if failure else "accepted",
        failure=failure,
        by_staff_id=None,
    )


async def _apply(session: Session, *, shop: Shop, proposal: _Locked, locale: Locale) -> None:
    match proposal.suggestion:
        case ProposeProduct() as product:
            await add_line(
                session,
                shop=shop,
                visitor_id=proposal.visitor_id,
                locale=locale,
                variant_id=product.variant_id,
                quantity=product.quantity,
            )
        case ProposePercent() as percent:
            await _agree(
                session, shop, proposal, "percent", percent.percent * BASIS_POINTS_PER_PERCENT
            )
        case ProposeAmount() as amount:
            await _agree(session, shop, proposal, "amount", amount.amount_minor)
        case ProposeDelivery() as delivery:
            method = await find_method(
                session, shop=shop, locale=locale, method_id=delivery.shipping_method_id
            )
            await record_step(
                session,
                shop=shop,
                visitor_id=proposal.visitor_id,
                step="delivery",
                values={"method": method.code},
            )


async def _agree(
    session: Session, shop: Shop, proposal: _Locked, kind: Literal["percent", "amount"], value: int
) -> None:
    discount = Discount(
        kind=kind, value=value, reason=proposal.suggestion.reason, staff_id=proposal.staff_id
    )
    await agree_discount(session, shop=shop, visitor_id=proposal.visitor_id, discount=discount)


async def refuse_proposal(session: Session, *, proposal_id: UUID, visitor_id: UUID) -> ProposalView:
    """The customer does not want it; the cart is as it was.

    Raises:
        NotFound: no such proposal for this visitor.
        ProposalAnswered: it has another answer.
    """
    proposal = await _lock(session, proposal_id=proposal_id, visitor_id=visitor_id)
    return await _end(session, proposal=proposal, state="refused", by_staff_id=None)


async def withdraw_proposal(session: Session, *, proposal_id: UUID, by: Sender) -> ProposalView:
    """The proposal is off the table.

    Raises:
        NotFound: no such proposal.
        ProposalAnswered: the customer was faster.
    """
    proposal = await _lock(session, proposal_id=proposal_id, visitor_id=None)
    return await _end(session, proposal=proposal, state="withdrawn", by_staff_id=by.staff_id)


async def _end(
    session: Session, *, proposal: _Locked, state: Answer, by_staff_id: UUID | None
) -> ProposalView:
    if proposal.state == state:
        return await proposal_view(session, proposal_id=proposal.id)
    _require_open(proposal)
    return await _answered(
        session, proposal=proposal, state=state, failure=None, by_staff_id=by_staff_id
    )


def _require_open(proposal: _Locked) -> None:
    if proposal.state != "open":
        raise ProposalAnswered()


async def _lock(session: Session, *, proposal_id: UUID, visitor_id: UUID | None) -> _Locked:
    row = await session.fetch_one(
        "SELECT id, shop_id, visitor_id, staff_id, message_id, suggestion, state FROM proposal"
        " WHERE id = $1 AND ($2::uuid IS NULL OR visitor_id = $2) FOR UPDATE",
        proposal_id,
        visitor_id,
    )
    if row is None:
        raise NotFound()
    values = dict(row)
    values["suggestion"] = _SUGGESTION.validate_python(row["suggestion"])
    return _Locked(**values)


async def _answered(
    session: Session,
    *,
    proposal: _Locked,
    state: Literal["accepted", "refused", "withdrawn", "failed"],
    failure: dict[str, str] | None,
    by_staff_id: UUID | None,
) -> ProposalView:
    """State, card, audit and both screens agree. `failure`: the card's fields that say why."""
    problem = failure["problem"] if failure else None
    await session.execute(
        "UPDATE proposal SET state = $2, answered_at = $3 WHERE id = $1", proposal.id, state, now()
    )
    shown = await proposal_view(session, proposal_id=proposal.id)
    card: ProposalCard = shown.card.model_copy(update={"state": state, **(failure or {})})
    await change_card(session, message_id=proposal.message_id, card=card)
    await record_audit(
        session,
        staff_id=by_staff_id,
        action=f"proposal.{state}",
        subject=str(proposal.id),
        details={"problem": problem} if problem else None,
    )
    session.after_commit(
        lambda: log.info(f"proposal.{state}", proposal=str(proposal.id), problem=problem)
    )
    view = await proposal_view(session, proposal_id=proposal.id)
    session.publish(AnsweredEvent(proposal=view), topics=[visitor_topic(proposal.visitor_id)])
    return view
