"""What the law is proved with for calls: both sides' snapshots, and a day of calls."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from stoa.contact.calls.models import OfferKind
from stoa.contact.calls.queries import current_call, desk_calls, get_call
from stoa.contact.calls.schemas import RingCustomer, StartCall
from stoa.contact.calls.service import (
    Desk,
    accept_call,
    accept_offer,
    ask_callback,
    ask_colleague,
    close_callback,
    complete_transfer,
    decline_offer,
    hang_up,
    hold_call,
    line_is,
    mute_leg,
    page_gone,
    ring_customer,
    sound_failed,
    start_call,
    stop_supervising,
    supervise_call,
)
from stoa.contact.calls.service.supervisors import supervisions
from stoa.contact.calls.supervision import Supervising
from stoa.contact.conversations.models import Sender
from stoa.people.identity.queries import get_staff
from stoa.platform.database.session import ReadSession, Session
from tests.contracts.snapshot_law import Act, Law, View, plain


def customer_call_law(*, visitor_id: UUID, shop_id: UUID) -> Law[View]:
    """The call of a customer's page."""

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        view = await current_call(session, visitor_id=visitor_id, shop_id=shop_id)
        return view.seq, plain(view.model_dump(mode="json", include={"call"}))

    def apply(state: View, type_: str, _seq: int, data: View) -> View:
        assert type_ == "call.changed"
        call = plain(data["call"])
        known = state["call"]
        if known is not None and known["id"] == call["id"] and known["version"] > call["version"]:
            return state
        is_gone = call["state"] == "ended" and call["end_reason"] not in ("lost", "failed")
        return {"call": None if is_gone else call}

    return Law(f"visitor:{visitor_id}", snapshot, apply)


def desk_calls_law() -> Law[View]:
    """The list of calls at every desk."""

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        view = await desk_calls(session)
        return view.seq, {str(one.id): plain(one.model_dump(mode="json")) for one in view.calls}

    def apply(state: View, type_: str, _seq: int, data: View) -> View:
        assert type_ == "call.listed"
        call = plain(data["call"])
        others = {id_: one for id_, one in state.items() if id_ != call["id"]}
        return others if call["state"] == "ended" else others | {call["id"]: call}

    return Law("calls", snapshot, apply)


def supervision_law() -> Law[View]:
    """Who listens to which call, as supervisors see it."""

    async def snapshot(session: ReadSession) -> tuple[int, View]:
        view = await supervisions(session)
        return view.seq, {
            str(one.call_id): one.model_dump(mode="json")["legs"] for one in view.supervisions
        }

    def apply(state: View, type_: str, _seq: int, data: View) -> View:
        assert type_ == "call.supervised"
        supervision = data["supervision"]
        others = {id_: legs for id_, legs in state.items() if id_ != supervision["call_id"]}
        return others | (
            {supervision["call_id"]: supervision["legs"]} if supervision["legs"] else {}
        )

    return Law("supervision", snapshot, apply)


class Day:
    """Two agents, the customer of the law, and another one before them in the queue."""

    def __init__(self, *, shop_id: UUID, agents: list[Sender], visitors: list[UUID]) -> None:
        self.shop_id = shop_id
        self.ada, self.bo = (agent.staff_id or shop_id for agent in agents)
        self.agents = dict(zip((self.ada, self.bo), agents, strict=True))
        self.desk = Desk(frozenset(self.agents))
        self.first, self.anna = visitors
        self.numbers = 0

    async def _live(self, session: Session, visitor_id: UUID) -> UUID:
        found: UUID = await session.fetch_value(
            "SELECT id FROM call WHERE visitor_id = $1 AND state <> 'ended'", visitor_id
        )
        return found

    def starts(self, visitor_id: UUID, desk: Desk | None = None) -> Act:
        async def act(session: Session) -> None:
            self.numbers += 1
            form = StartCall(
                shop_id=self.shop_id, client_id=f"law-call-{self.numbers}", locale="en"
            )
            await start_call(
                session,
                desk=desk or self.desk,
                visitor_id=visitor_id,
                connection_id=f"page-{visitor_id}",
                form=form,
            )

        return act

    def answers(self, visitor_id: UUID, staff_id: UUID, *, is_declined: bool = False) -> Act:
        async def act(session: Session) -> None:
            call = await get_call(session, call_id=await self._live(session, visitor_id))
            [offer] = [one.id for one in call.open_offers if one.staff_id == staff_id]
            if is_declined:
                await decline_offer(
                    session, desk=self.desk, call_id=call.id, offer_id=offer, staff_id=staff_id
                )
            else:
                await accept_offer(
                    session,
                    desk=self.desk,
                    call_id=call.id,
                    offer_id=offer,
                    staff_id=staff_id,
                    connection_id=f"desk-{staff_id}",
                )

        return act

    def to_call(self, visitor_id: UUID, verb: Callable[[Session, UUID], Any]) -> Act:
        async def act(session: Session) -> None:
            await verb(session, await self._live(session, visitor_id))

        return act

    def hangs_up(self, visitor_id: UUID, by: Sender) -> Act:
        return self.to_call(
            visitor_id, lambda s, id_: hang_up(s, desk=self.desk, call_id=id_, by=by)
        )

    def rings(self, conversation_id: UUID, *, calls_back: bool) -> Act:
        async def act(session: Session) -> None:
            self.numbers += 1
            waiting = await self._live(session, self.anna) if calls_back else None
            form = RingCustomer(
                conversation_id=conversation_id,
                client_id=f"law-call-{self.numbers}",
                callback_of=waiting,
            )
            await ring_customer(
                session,
                desk=self.desk,
                by=self.agents[self.ada],
                connection_id="desk-ada",
                form=form,
            )

        return act

    def line(self, state: Any) -> Act:
        async def act(session: Session) -> None:
            call = await get_call(session, call_id=await self._live(session, self.anna))
            assert call.customer_leg is not None
            await line_is(session, call_id=call.id, leg_id=call.customer_leg.id, state=state)

        return act

    def supervises(self, how: Supervising | None) -> Act:
        """Bo is Anna's agent's supervisor for a while; None: no longer."""

        async def act(session: Session) -> None:
            call_id = await self._live(session, self.anna)
            if how is None:
                await stop_supervising(session, desk=self.desk, call_id=call_id, staff_id=self.bo)
                return
            staff = await get_staff(session, staff_id=self.bo)
            await supervise_call(
                session,
                desk=self.desk,
                call_id=call_id,
                staff=staff,
                connection_id="desk-bo",
                how=how,
            )

        return act

    def waiting_acts(self) -> list[Act]:
        """Somebody waits before Anna, and moves on."""
        return [
            self.starts(self.first, Desk()),
            self.starts(self.anna, Desk()),
            self.hangs_up(self.first, Sender(visitor_id=self.first)),
        ]

    def talking_acts(self, conversation_id: UUID) -> list[Act]:
        """Anna, who is rung for already, talks with both, and is called back."""
        ada, bo, anna = self.agents[self.ada], self.agents[self.bo], Sender(visitor_id=self.anna)
        attended = OfferKind.ATTENDED
        return [
            self.answers(self.anna, self.bo, is_declined=True),
            self.answers(self.anna, self.ada),
            self.line("connected"),
            self.to_call(self.anna, lambda s, id_: hold_call(s, call_id=id_, by=ada, is_held=True)),
            self.to_call(
                self.anna, lambda s, id_: hold_call(s, call_id=id_, by=ada, is_held=False)
            ),
            self.to_call(
                self.anna, lambda s, id_: mute_leg(s, call_id=id_, by=anna, is_muted=True)
            ),
            lambda s: page_gone(s, connection_id=f"page-{self.anna}"),
            self.supervises("listen"),
            self.supervises("whisper"),
            self.supervises("join"),
            self.supervises("listen"),
            self.supervises(None),
            self.to_call(
                self.anna,
                lambda s, id_: ask_colleague(
                    s, desk=self.desk, call_id=id_, by=ada, staff_id=self.bo, kind=attended
                ),
            ),
            self.answers(self.anna, self.bo),
            self.to_call(
                self.anna,
                lambda s, id_: complete_transfer(s, desk=self.desk, call_id=id_, by=ada),
            ),
            self.hangs_up(self.anna, bo),
            self.starts(self.anna, Desk()),
            self.to_call(
                self.anna,
                lambda s, id_: ask_callback(
                    s, desk=Desk(), call_id=id_, visitor_id=self.anna, phone="+49 30 1"
                ),
            ),
            self.rings(conversation_id, calls_back=True),
            self.hangs_up(self.anna, ada),
            self.rings(conversation_id, calls_back=True),
            self.to_call(
                self.anna,
                lambda s, id_: accept_call(
                    s, desk=self.desk, call_id=id_, visitor_id=self.anna, connection_id="page"
                ),
            ),
            self.to_call(self.anna, lambda s, id_: sound_failed(s, desk=self.desk, call_id=id_)),
            self.starts(self.anna, Desk()),
            self.to_call(
                self.anna,
                lambda s, id_: ask_callback(
                    s, desk=Desk(), call_id=id_, visitor_id=self.anna, phone=None
                ),
            ),
            self.to_call(
                self.anna, lambda s, id_: close_callback(s, desk=self.desk, call_id=id_, by=ada)
            ),
        ]
