"""When a call is recorded: every path to it goes through somebody's yes, every no is the end."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.calls.errors import CallOver, NotPossibleNow
from stoa.contact.calls.models import Call, CallState, LegRole, OfferState
from stoa.contact.calls.recordings import rules
from stoa.contact.calls.recordings.errors import RecordingOff, RecordingRefused
from stoa.contact.calls.steps import new_leg, with_leg
from stoa.contact.calls.voicemail import begin_voicemail
from stoa.platform.errors import DomainError
from stoa.platform.ids import new_id

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def a_call(state: CallState = CallState.ACTIVE, recording: str = "off") -> Call:
    call = Call(
        id=new_id(),
        shop_id=new_id(),
        conversation_id=new_id(),
        visitor_id=new_id(),
        message_id=None,
        client_id="client-1",
        direction="inbound",
        state=CallState.ACTIVE,
        end_reason=None,
        locale="en",
        skill=None,
        page_url="",
        recording="off",
        callback_phone=None,
        callback_of=None,
        queued_at=AT,
        unattended_since=None,
        answered_at=AT,
        ended_at=None,
        media_node=None,
        created_at=AT,
    )
    call = with_leg(call, new_leg(new_id(), role=LegRole.CUSTOMER, at=AT))
    call = with_leg(
        call, new_leg(new_id(), role=LegRole.AGENT, staff_id=new_id(), name="Ada", at=AT)
    )
    return replace(call, state=state, recording=recording)  # type: ignore[arg-type] # of a table


def facts(call: Call) -> list[tuple[str, str | None]]:
    return [(fact.fact, fact.name) for fact in call.facts]


def asked(policy: Literal["ask", "announce"] = "ask") -> Call:
    call = a_call()
    return rules.ask(call, policy=policy, by=call.agent_legs[0], at=AT)


def test_asking_records_nothing_until_the_customer_agrees() -> None:
    call = asked()
    assert call.recording == "asked"
    assert not rules.is_recorded(call)
    agreed = rules.agree(call, at=AT)
    assert rules.is_recorded(agreed)
    assert facts(agreed) == [("recording_asked", "Ada"), ("recording_started", None)]
    assert rules.agree(agreed, at=AT) is agreed


def test_announcing_records_nothing_until_it_was_heard() -> None:
    call = asked("announce")
    assert call.recording == "announced"
    assert not rules.is_recorded(call)
    assert rules.is_recorded(rules.announced(call, at=AT))


def test_a_no_during_the_announcement_counts() -> None:
    refused = rules.refuse(asked("announce"), at=AT)
    assert rules.announced(refused, at=AT) is refused
    assert refused.recording == "refused"


def test_nobody_asks_again_after_a_no_but_the_customer_may_think_again() -> None:
    refused = rules.refuse(asked(), at=AT)
    assert facts(refused)[-1] == ("recording_refused", None)
    with pytest.raises(RecordingRefused):
        rules.ask(refused, policy="ask", by=refused.agent_legs[0], at=AT)
    with pytest.raises(RecordingRefused):
        rules.ask(refused, policy="announce", by=refused.agent_legs[0], at=AT)
    assert rules.agree(refused, at=AT).recording == "on"


def test_a_yes_taken_back_ends_it() -> None:
    call = rules.refuse(rules.agree(asked(), at=AT), at=AT)
    assert (call.recording, facts(call)[-1]) == ("refused", ("recording_stopped", None))
    assert not rules.is_recorded(call)


@pytest.mark.parametrize(
    ("begun", "after", "last"),
    [("on", "off", "recording_stopped"), ("asked", "off", None), ("refused", "refused", None)],
)
def test_the_agent_stops_it_or_takes_the_question_back(
    begun: str, after: str, last: str | None
) -> None:
    call = a_call(recording=begun)
    stopped = rules.stop(call, by=call.agent_legs[0], at=AT)
    assert stopped.recording == after
    assert facts(stopped) == ([(last, "Ada")] if last else [])


def test_a_shop_that_never_records_never_does() -> None:
    call = a_call()
    with pytest.raises(RecordingOff):
        rules.ask(call, policy="never", by=call.agent_legs[0], at=AT)


@pytest.mark.parametrize(
    ("state", "error"),
    [
        (CallState.QUEUED, NotPossibleNow),
        (CallState.VOICEMAIL, NotPossibleNow),
        (CallState.ENDED, CallOver),
    ],
)
def test_only_a_conversation_is_recorded(state: CallState, error: type[DomainError]) -> None:
    call = a_call(state)
    with pytest.raises(error):
        rules.ask(call, policy="ask", by=call.agent_legs[0], at=AT)
    assert not rules.is_recorded(replace(call, recording="on"))


def test_who_was_not_asked_has_nothing_to_say() -> None:
    with pytest.raises(NotPossibleNow):
        rules.agree(a_call(), at=AT)
    with pytest.raises(NotPossibleNow):
        rules.refuse(a_call(), at=AT)


@given(st.lists(st.sampled_from(["ask", "announce", "heard", "yes", "no", "stop"]), max_size=12))
def test_sound_is_kept_only_after_a_yes_that_stands(steps: list[str]) -> None:
    call, is_agreed = a_call(), False
    for step in steps:
        try:
            match step:
                case "ask" | "announce":
                    policy: Literal["ask", "announce"] = "ask" if step == "ask" else "announce"
                    call = rules.ask(call, policy=policy, by=call.agent_legs[0], at=AT)
                case "heard":
                    was = call.recording
                    call = rules.announced(call, at=AT)
                    is_agreed = is_agreed or was == "announced"
                case "yes":
                    call = rules.agree(call, at=AT)
                    is_agreed = True
                case "no":
                    call = rules.refuse(call, at=AT)
                    is_agreed = False
                case _:
                    call = rules.stop(call, by=call.agent_legs[0], at=AT)
        except DomainError:
            continue
        if rules.is_recorded(call):
            assert is_agreed
        if step == "no":
            assert not rules.is_recorded(call)


@pytest.mark.parametrize(
    ("first_byte", "seconds", "counts"),
    [
        (0, None, True),
        (500, None, True),  # whoever begins in the middle listens as well
        (0, 3, False),
        (0, 60, True),
        (500, 60, False),
        (500, 1_900, False),  # the recording itself lasts two minutes
        (500, 2_000, True),
    ],
)
def test_one_listening_is_one_entry(first_byte: int, seconds: int | None, counts: bool) -> None:
    last_at = None if seconds is None else AT - timedelta(seconds=seconds)
    assert counts is rules.begins_listening(
        first_byte=first_byte, last_at=last_at, at=AT, length=timedelta(minutes=2)
    )


def test_sound_is_kept_as_many_days_as_the_shop_says() -> None:
    assert rules.delete_after(AT, retention_days=90) == date(2027, 2, 19)


def test_a_message_is_left_only_when_nobody_is_there() -> None:
    waiting = replace(a_call(), state=CallState.QUEUED, answered_at=None)
    with pytest.raises(NotPossibleNow):
        begin_voicemail(waiting, is_offered=True, at=AT)
    alone = replace(waiting, unattended_since=AT)
    with pytest.raises(NotPossibleNow):
        begin_voicemail(alone, is_offered=False, at=AT)
    speaking = begin_voicemail(alone, is_offered=True, at=AT)
    assert (speaking.state, facts(speaking)) == (CallState.VOICEMAIL, [("voicemail_begun", None)])
    assert all(offer.state is not OfferState.OFFERED for offer in speaking.offers)
    assert begin_voicemail(speaking, is_offered=True, at=AT) is speaking
