"""A letter comes in, its language is found out, and it waits for somebody who reads it."""

from stoa.contact.channels.receive import take
from stoa.contact.routing.assigning import Desk, route_waiting
from stoa.platform.clock import now
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import a_mail
from tests.factories.routing import a_speaker, a_team

POLISH = (
    "Dzień dobry, zamówiłam u Państwa dwa kubki, ale przyszedł tylko jeden. Kiedy dotrze drugi? "
    "Proszę o odpowiedź, bo to prezent na urodziny mojej siostry."
)
ENGLISH = (
    "Hello, I ordered two mugs from you last week but only one of them has arrived. When will the "
    "other one come? Please answer soon, it is a present for the birthday of my sister."
)


async def test_letters_of_an_inbox_come_to_who_reads_them(place: Place) -> None:
    database = place.node.database
    ada = await a_speaker(database, "Ada", "en", capacity=1)
    ola = await a_speaker(database, "Ola", "pl", capacity=1)
    team, _ = await a_team(
        database, ada, ola, name="Letters", takes_counter=False, inbox_ids=[place.inbox.id]
    )
    for number in range(5):
        text = ENGLISH if number == 3 else POLISH
        sender = f"customer{number}@example.com"
        raw = a_mail(f"<{number}>", sender=sender, text=text, subject="")
        assert await take(place.node, inbox_id=place.inbox.id, raw=raw)
    desk = Desk(at=now(), available=frozenset({ada, ola}), gone_since=lambda _id: now())
    count = -1
    while count:
        async with database.begin() as session:
            count = await route_waiting(session, desk=desk)
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT locale, assignee_id, team_id FROM conversation ORDER BY created_at, id"
        )
    assert {row["team_id"] for row in rows} == {team}
    given = [(row["locale"], row["assignee_id"]) for row in rows]
    # Four letters are as much as one chat, and so as much as Ola has room for.
    assert given == [("pl", ola), ("pl", ola), ("pl", ola), ("en", ada), ("pl", ola)]
