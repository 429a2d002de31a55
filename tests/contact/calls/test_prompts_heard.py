"""Callers hear the prompts of their own language, as they were rendered."""

import asyncio
from contextlib import AsyncExitStack

import numpy as np
import pytest

from stoa.contact.calls.prompts.library import PromptLibrary
from stoa.contact.calls.prompts.lines import Line, Prompt
from stoa.platform.i18n.locale import LOCALES, Locale
from tests.contact.calls.lab import Lab
from tests.contact.calls.people import at_the_desk, on_the_page
from tests.contact.calls.sounds import RATE, Samples, read_file
from tests.contact.calls.talking import CUSTOMER, line


def thinned(samples: Samples) -> Samples:
    """At 6 kHz, which is enough to know a voice by and an eighth of the arithmetic."""
    whole = samples[: samples.size // 8 * 8]
    return np.asarray(whole.reshape(-1, 8).mean(axis=1))


def likeness(heard: Samples, said: Samples) -> float:
    """How much of `said` is in `heard` somewhere: 1 is all of it, 0 nothing. Piece by piece, for a
    line may lose or double 20 ms between two of them.
    """
    return float(np.median([_likeness(heard, piece) for piece in np.array_split(said, 6)]))


def _likeness(heard: Samples, piece: Samples) -> float:
    size = heard.size + piece.size
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size)), size)
    energy = np.concatenate([[0.0], np.cumsum(np.square(heard))])
    window = energy[piece.size :] - energy[: -piece.size]
    scale = np.sqrt(np.maximum(window, 1e-2) * np.sum(np.square(piece)))
    return float(np.max(product[: window.size] / scale))


async def welcome(lab: Lab, locale: Locale) -> Samples:
    """Two seconds out of the middle of the welcome."""
    [sound] = await lab.node.part(PromptLibrary).sounds(
        [Line(Prompt.WELCOME)], shop_id=lab.shop.id, locale=locale
    )
    samples: Samples = read_file(sound.path).samples[0]
    return thinned(samples[RATE : 3 * RATE])


@pytest.mark.parametrize("locale", LOCALES)
async def test_the_welcome_is_heard_in_the_callers_language(lab: Lab, locale: Locale) -> None:
    said = {one: await welcome(lab, one) for one in LOCALES}
    async with AsyncExitStack() as stack:
        # Somebody is there, who does not answer yet.
        await stack.enter_async_context(at_the_desk(lab, "Ada"))
        anna = await stack.enter_async_context(on_the_page(lab))
        call = await anna.start(lab.shop, locale=locale)
        client = await line(
            stack, anna.person, call["id"], call["leg_id"], CUSTOMER, keeps_seconds=60
        )
        found = dict.fromkeys(LOCALES, 0.0)
        async with asyncio.timeout(60):
            while found[locale] < 0.6:
                await asyncio.sleep(1)
                if len(client.heard) > 250:
                    heard = thinned(np.concatenate(client.heard))
                    found = {one: likeness(heard, said[one]) for one in LOCALES}
        assert max(found, key=lambda one: found[one]) == locale, found
        await anna.person.ask("call.hang_up", call_id=call["id"])
