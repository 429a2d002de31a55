"""A page's sound in a call, and what the house says as tones."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from stoa.contact.calls.prompts.library import PromptLibrary
from stoa.contact.calls.prompts.lines import Line, Prompt, position_line
from tests.contact.calls.lab import Lab
from tests.contact.calls.media.conftest import write_sound
from tests.contact.calls.people import AtDesk, OnPage
from tests.servers.people import Person
from tests.servers.tones import ToneClient

ANNA, ADA, BO, MUSIC, WELCOME, NOBODY = 620, 880, 1320, 1000, 760, 500
ALL = (ANNA, ADA, BO, MUSIC, WELCOME, NOBODY)


def give_tones(lab: Lab) -> None:
    """The house speaks in tones: welcome, that nobody is there, and all else in a third."""
    library = lab.node.part(PromptLibrary)
    plain = (Prompt.MUSIC, Prompt.HOLD, Prompt.TRANSFER, Prompt.CALLBACK)
    for line in (*(Line(key) for key in plain), position_line(1), position_line(2)):
        path = library.piece(line, "en").path
        path.parent.mkdir(parents=True, exist_ok=True)
        write_sound(path, MUSIC, seconds=6)
    for key, tone in ((Prompt.WELCOME, WELCOME), (Prompt.NOBODY, NOBODY)):
        write_sound(library.piece(Line(key), "en").path, tone, seconds=3)


@dataclass(frozen=True)
class Wire:
    """A page in a call: its socket and its sound."""

    person: Person
    sound: ToneClient
    tone: int
    call_id: str
    leg_id: str

    async def hears(self, *present: int) -> None:
        """These tones, and of all others none."""
        others = [tone for tone in ALL if tone not in present and tone != self.tone]
        await self.sound.hears(*present, absent=others, tones=ALL)


async def connect(person: Person, *, call_id: str, leg_id: str, tone: int) -> Wire:
    sound = ToneClient(tone)

    async def answer(offer: str) -> str:
        made = await person.ask("call.connect", call_id=call_id, leg_id=leg_id, sdp=offer)
        return str(made["sdp"])

    await sound.connect(answer)
    return Wire(person, sound, tone, call_id, leg_id)


@asynccontextmanager
async def talking(lab: Lab, anna: OnPage, ada: AtDesk) -> AsyncIterator[tuple[Wire, Wire]]:
    """Anna has called and Ada answered; both are connected."""
    call = await anna.start(lab.shop)
    page = await connect(anna.person, call_id=call["id"], leg_id=call["leg_id"], tone=ANNA)
    joined = await ada.accept(*await ada.rings(call["id"]))
    desk = await connect(ada.person, call_id=call["id"], leg_id=joined["leg_id"], tone=ADA)
    try:
        yield page, desk
    finally:
        await page.sound.close()
        await desk.sound.close()
