"""Callers hear the prompts of their own language, as they were rendered."""

import asyncio
from contextlib import AsyncExitStack

import numpy as np

from stoa.contact.calls.prompts.library import PromptLibrary
from stoa.contact.calls.prompts.lines import Line, Prompt
from stoa.platform.i18n.locale import LOCALES, Locale
from tests.contact.calls.lab import Lab
from tests.contact.calls.people import on_the_page
from tests.contact.calls.sounds import RATE, Samples, read_file
from tests.contact.calls.talking import CUSTOMER, line


def likeness(heard: Samples, said: Samples) -> float:
    """How much of `said` is somewhere in `heard`: 1 is all of it, 0 nothing."""
    size = heard.size + said.size
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)), size)
    energy = np.concatenate([[0.0], np.cumsum(np.square(heard))])
    window = energy[said.size :] - energy[: -said.size]
    scale = np.sqrt(np.maximum(window, 1e-3) * np.sum(np.square(said)))
    return float(np.max(product[: window.size] / scale))


async def welcome(lab: Lab, locale: Locale) -> Samples:
    """Two seconds out of the middle of the welcome."""
    [sound] = await lab.node.part(PromptLibrary).sounds(
        [Line(Prompt.WELCOME)], shop_id=lab.shop.id, locale=locale
    )
    samples: Samples = read_file(sound.path).samples[0]
    return samples[RATE : 3 * RATE]


async def test_the_welcome_is_heard_in_every_language(lab: Lab) -> None:
    said = {locale: await welcome(lab, locale) for locale in LOCALES}
    for locale in LOCALES:
        async with AsyncExitStack() as stack:
            anna = await stack.enter_async_context(on_the_page(lab))
            call = await anna.start(lab.shop, locale=locale)
            client = await line(
                stack, anna.person, call["id"], call["leg_id"], CUSTOMER, keeps_seconds=30
            )
            async with asyncio.timeout(40):
                found = dict.fromkeys(LOCALES, 0.0)
                while found[locale] < 0.6:
                    await asyncio.sleep(0.5)
                    if len(client.heard) > 120:
                        heard = np.concatenate(client.heard)
                        found = {one: likeness(heard, said[one]) for one in LOCALES}
                        print(found, heard.size, np.sqrt(np.mean(heard**2)), np.array([np.sqrt(np.mean(p**2)) for p in np.array_split(heard,20)]).round(3))
            assert max(found, key=lambda one: found[one]) == locale
            await anna.person.ask("call.hang_up", call_id=call["id"])
