"""A call's sound in a real browser: tones by FFT, breaks, devices, and the noise suppressor."""

from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.rtc.conftest import Open, noise, tone, write_wav

pytestmark = pytest.mark.journey

# Both speak within the first decibels of full scale; what is not there lies under -90.
HEARD_DB = -45
SILENT_DB = -90
PATIENCE_MS = 30_000


def with_microphone(path: Path) -> list[str]:
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}",
    ]


@pytest.fixture
def speaking(tmp_path: Path) -> list[str]:
    return with_microphone(write_wav(tmp_path / "tone.wav", tone(440)))


async def wait(page: Page, claim: str) -> None:
    """Waits until the expression, which may use `rtc`, is true."""
    await page.wait_for_function(f"() => {claim}", timeout=PATIENCE_MS)


async def start(page: Page, options: str = "{ noiseSuppression: false }") -> str:
    result: str = await page.evaluate(f"rtc.start({options})")
    return result


async def test_both_sides_hear_each_other(open_page: Open, speaking: list[str]) -> None:
    async with open_page(speaking) as page:
        assert await start(page) == "ok"
        await wait(page, f"rtc.far.hears(440).tone > {HEARD_DB}")
        await wait(page, "rtc.levels.own > 0.5 && rtc.levels.other > 0.3")
        states = await page.evaluate("rtc.states")
        assert states == ["asking", "connecting", "connected"]
        # The offer went out at once; the other end learned the address from the checks.
        [offer] = await page.evaluate("rtc.far.offers")
        assert "opus" in offer
        assert "a=candidate" not in offer
        await wait(page, "rtc.quality()?.verdict === 'good'")


async def test_mute_sends_silence_until_it_is_lifted(open_page: Open, speaking: list[str]) -> None:
    async with open_page(speaking) as page:
        await start(page, "{ noiseSuppression: false, isMuted: true }")
        await wait(page, "rtc.audio.state === 'connected' && rtc.levels.other > 0.3")
        assert await page.evaluate("rtc.levels.own") == 0
        assert (await page.evaluate("rtc.far.hears(440)"))["loudest"] < SILENT_DB
        await page.evaluate("rtc.audio.setMuted(false)")
        await wait(page, f"rtc.far.hears(440).tone > {HEARD_DB}")
        await page.evaluate("rtc.audio.setMuted(true)")
        await wait(page, f"rtc.far.hears(440).loudest < {SILENT_DB}")


async def test_whoever_mutes_before_the_sound_begins_stays_muted(
    open_page: Open, speaking: list[str]
) -> None:
    async with open_page(speaking) as page:
        # A loudspeaker that was chosen before is waited for first.
        is_muted = await page.evaluate(
            "async () => { const begun = rtc.start({ speakerId: 'default', isMuted: false });"
            " rtc.audio.setMuted(true); await begun; return rtc.audio.isMuted }"
        )
        assert is_muted


async def test_a_broken_line_comes_back_by_itself(open_page: Open, speaking: list[str]) -> None:
    async with open_page(speaking) as page:
        await start(page)
        await wait(page, f"rtc.far.hears(440).tone > {HEARD_DB}")
        # The server restarts: the line breaks, and the next two tries find nobody.
        await page.evaluate("rtc.fail(); rtc.fail(); rtc.far.hangUp()")
        await wait(page, "rtc.states.includes('away')")
        await wait(page, "rtc.audio.state === 'connected'")
        await wait(page, f"rtc.far.hears(440).tone > {HEARD_DB}")
        assert await page.evaluate("rtc.far.offers.length") == 4
        assert await page.evaluate("rtc.states.slice(3)") == ["away", "connected"]


async def test_a_network_that_returns_is_used_at_once(open_page: Open, speaking: list[str]) -> None:
    async with open_page(speaking) as page:
        await start(page)
        await wait(page, "rtc.audio.state === 'connected'")
        await page.evaluate("dispatchEvent(new Event('online'))")
        await wait(page, "rtc.far.offers.length === 2 && rtc.audio.state === 'connected'")
        await wait(page, f"rtc.far.hears(440).tone > {HEARD_DB}")


async def test_a_call_that_is_over_is_not_tried_again(open_page: Open, speaking: list[str]) -> None:
    async with open_page(speaking) as page:
        await start(page)
        await wait(page, "rtc.audio.state === 'connected'")
        await page.evaluate("rtc.over(); rtc.audio.reconnect()")
        await wait(page, "rtc.audio.state === 'failed'")
        await page.evaluate("rtc.audio.reconnect()")
        assert await page.evaluate("rtc.far.offers.length") == 2


async def test_a_refused_microphone_is_named_and_one_can_still_listen(open_page: Open) -> None:
    # Without the fake prompt and without a grant a headless browser refuses.
    async with open_page(["--use-fake-device-for-media-stream"]) as page:
        assert await start(page) == "refused"
        assert await page.evaluate("rtc.audio.state") == "idle"
        assert await page.evaluate("rtc.far.offers") == []
        assert await start(page, "{ microphone: false }") == "ok"
        await wait(page, "rtc.audio.state === 'connected' && rtc.levels.other > 0.3")
        assert not await page.evaluate("rtc.audio.hasMicrophone")
        # Silence is sent, so that the far end knows somebody is there.
        await wait(page, "rtc.far.packets().then(count => count > 20)")
        assert (await page.evaluate("rtc.far.hears(440)"))["loudest"] < SILENT_DB


async def test_a_missing_microphone_is_named(open_page: Open) -> None:
    flags = ["--use-fake-ui-for-media-stream", "--disable-audio-input"]
    async with open_page(flags) as page:
        assert await start(page) == "missing"


async def test_noise_is_taken_out_under_the_frames_own_policy(
    open_page: Open, tmp_path: Path
) -> None:
    async with open_page(with_microphone(write_wav(tmp_path / "noise.wav", noise()))) as page:
        await start(page)
        await wait(page, f"rtc.far.hears(1000).loudest > {HEARD_DB - 15}")
        noisy = (await page.evaluate("rtc.far.hears(1000)"))["loudest"]
        assert await page.evaluate("rtc.audio.setNoiseSuppression(true)") is True
        await wait(page, f"rtc.far.hears(1000).loudest < {noisy - 15}")
        assert await page.evaluate("rtc.audio.setNoiseSuppression(false)") is False
        await wait(page, f"rtc.far.hears(1000).loudest > {noisy - 12}")


async def test_on_a_desktop_noise_is_taken_out_unless_told_otherwise(
    open_page: Open, speaking: list[str]
) -> None:
    async with open_page(speaking) as page:
        assert await start(page, "{}") == "ok"
        await wait(page, "rtc.audio.state === 'connected'")
        # A machine with one processor keeps it for the voice.
        await wait(page, "rtc.audio.isSuppressing === (navigator.hardwareConcurrency > 1)")
        await wait(page, "rtc.audio.isSuppressing === (rtc.suppressing.at(-1) ?? false)")


async def test_devices_are_listed_and_changed_during_the_call(
    open_page: Open, speaking: list[str]
) -> None:
    async with open_page(speaking) as page:
        await start(page)
        await wait(page, f"rtc.far.hears(440).tone > {HEARD_DB}")
        devices = await page.evaluate(
            "rtc.listDevices().then(d => [d.microphones.length, d.speakers.length,"
            " d.microphones.at(-1).deviceId, d.speakers.at(-1).deviceId])"
        )
        assert min(devices[:2]) > 0
        await page.evaluate("id => rtc.audio.setMicrophone(id)", devices[2])
        assert await page.evaluate("rtc.audio.microphoneId") == devices[2]
        assert await page.evaluate("id => rtc.audio.setSpeaker(id)", devices[3]) is True
        assert await page.evaluate("rtc.audio.setSpeaker('nothing')") is False
        assert await page.evaluate("rtc.audio.speakerId") == devices[3]
        await wait(page, f"rtc.far.hears(440).tone > {HEARD_DB}")
