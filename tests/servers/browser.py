"""A real Chromium for tests, and what a test asks of its pages."""

import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright, expect

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
# Playwright's contexts are incognito windows, where Chromium forbids frames of another site their
# storage altogether. An ordinary window gives them a partitioned one.
ORDINARY = "--disable-features=TrackingProtection3pcd,BlockThirdPartyCookiesInIncognito"
# A microphone and a camera that play a tone and a picture, and lines between pages of one machine.
FAKE_DEVICES = "--use-fake-device-for-media-stream"
MEDIA = (
    FAKE_DEVICES,
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
)
# Everybody who is asked for a microphone or a camera says yes; screens are made up.
SAYS_YES = "--use-fake-ui-for-media-stream"
# A page that asks to share itself is shared, with the pixels it has.
SHARES_ITSELF = "--auto-accept-this-tab-capture"
# Two frames, after which a page looks as it should: colours change over one even where motion is
# reduced, and a frame of another site that was just shown is hit by no pointer before it is drawn.
DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
# What a page is waited for: on a busy machine longer than Playwright's five seconds.
expect.set_options(timeout=20_000)
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium_path() -> str:
    """The installed Chromium; `STOA_TEST_CHROMIUM` names another one."""
    found = os.environ.get("STOA_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        raise FileNotFoundError("No Chromium was found; on Debian: apt-get install chromium")
    return found


@asynccontextmanager
async def chromium(
    *,
    forbids_frames_storage: bool = False,
    more: Sequence[str] = (),
    path: str | None = None,
) -> AsyncIterator[Browser]:
    """A headless browser, closed afterwards. Each test takes its own context of it.

    `path` is another program that starts one, as in a network of its own.
    """
    flags = [*FLAGS, *([] if forbids_frames_storage else [ORDINARY]), *more]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path or chromium_path(), args=flags, headless=True
        )
        try:
            yield browser
        finally:
            await browser.close()
