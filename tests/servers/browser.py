"""A real Chromium for tests, and what a test asks of its pages."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

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
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium_path() -> str:
    """The installed Chromium; `STOA_TEST_CHROMIUM` names another one."""
    found = os.environ.get("STOA_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), "")
    if not found:
        raise FileNotFoundError("No Chromium was found; on Debian: apt-get install chromium")
    return found


@asynccontextmanager
async def chromium(*, forbids_frames_storage: bool = False) -> AsyncIterator[Browser]:
    """A headless browser, closed afterwards. Each test takes its own context of it."""
    flags = [*FLAGS, *([] if forbids_frames_storage else [ORDINARY])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=flags, headless=True
        )
        try:
            yield browser
        finally:
            await browser.close()
