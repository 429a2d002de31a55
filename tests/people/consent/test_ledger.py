"""The ledger of consent: the last word counts, and no word is ever changed."""

from uuid import UUID

import asyncpg
import pytest

from stoa.people.consent.models import ConsentState, How, Person, Purpose, Wording
from stoa.people.consent.queries import has_consent, list_consents, standing_consent
from stoa.people.consent.service import record_consent
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.people import a_visitor, an_agent

WORDS = Wording("This call will be recorded.", "2026-11", "en")


async def say(database: Database, person: Person, subject: UUID, state: ConsentState) -> None:
    async with database.begin() as session:
        await record_consent(
            session,
            person=person,
            purpose=Purpose.RECORDING,
            subject=subject,
            state=state,
            wording=WORDS,
        )


async def test_the_last_word_counts_and_all_are_kept(database: Database) -> None:
    visitor_id, _ = await a_visitor(database)
    person, subject = Person(visitor_id=visitor_id), new_id()
    said = [ConsentState.REFUSED, ConsentState.GIVEN, ConsentState.WITHDRAWN]
    stood = []
    for state in said:
        await say(database, person, subject, state)
        async with database.read() as session:
            stood.append(
                await has_consent(
                    session, person=person, purpose=Purpose.RECORDING, subject=subject
                )
            )
    async with database.read() as session:
        entries = await list_consents(session, subject=subject)
    assert stood == [False, True, False]
    assert [entry.state for entry in entries] == said
    assert {(entry.wording, entry.wording_version, entry.how) for entry in entries} == {
        (WORDS.text, WORDS.version, How.CLICKED)
    }


async def test_one_persons_yes_is_nobody_elses(database: Database) -> None:
    visitor_id, _ = await a_visitor(database)
    other_id, _ = await a_visitor(database)
    agent = await an_agent(database)
    subject = new_id()
    await say(database, Person(staff_id=agent.staff_id), subject, ConsentState.GIVEN)
    await say(database, Person(visitor_id=visitor_id), subject, ConsentState.GIVEN)
    async with database.read() as session:
        for person, purpose, about, is_given in (
            (Person(visitor_id=visitor_id), Purpose.RECORDING, subject, True),
            (Person(staff_id=agent.staff_id), Purpose.RECORDING, subject, True),
            (Person(visitor_id=other_id), Purpose.RECORDING, subject, False),
            (Person(visitor_id=visitor_id), Purpose.SNAPSHOT, subject, False),
            (Person(visitor_id=visitor_id), Purpose.RECORDING, new_id(), False),
        ):
            found = await standing_consent(session, person=person, purpose=purpose, subject=about)
            assert (found is not None) is is_given


@pytest.mark.parametrize("statement", ["UPDATE consent SET state = 'given'", "DELETE FROM consent"])
async def test_refuses_to_change_what_was_said(database: Database, statement: str) -> None:
    visitor_id, _ = await a_visitor(database)
    subject = new_id()
    await say(database, Person(visitor_id=visitor_id), subject, ConsentState.REFUSED)
    with pytest.raises(asyncpg.RestrictViolationError):
        async with database.begin() as session:
            await session.execute(statement)
    async with database.read() as session:
        [entry] = await list_consents(session, subject=subject)
    assert entry.state is ConsentState.REFUSED


def test_consent_is_somebodys() -> None:
    with pytest.raises(ValueError, match="shopper or by a member of staff"):
        Person()
    with pytest.raises(ValueError, match="shopper or by a member of staff"):
        Person(visitor_id=new_id(), staff_id=new_id())
