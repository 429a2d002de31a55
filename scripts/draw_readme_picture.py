"""Draws the README's picture from the real pages: a customer with the counter open, and the desk.

python scripts/draw_readme_picture.py     (needs Chromium and the packages of `make test`)
"""

import asyncio
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.async_api import Page, expect

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.journeys.conftest import make_administrator  # noqa: E402 - the checkout is found above
from tests.journeys.people import a_customer, an_agent  # noqa: E402 - as above
from tests.servers.browser import chromium  # noqa: E402 - as above
from tests.servers.stoa import StoaProcess, running_stoa  # noqa: E402 - as above

TARGET = ROOT / "docs" / "pictures" / "shop-and-desk.webp"
GROUND, EDGE = "#e4dfd6", "#cfc8bc"
GAP = 28
HAS_PICTURE = "[...document.querySelectorAll('main img')].some((one) => one.naturalWidth > 0)"


async def until_drawn(page: Page) -> None:
    """The demo shop draws its pictures in the background; the one on this page is there now."""
    async with asyncio.timeout(180):
        while not await page.evaluate(HAS_PICTURE):
            await asyncio.sleep(2)
            await page.reload(wait_until="load")


async def take_pictures(stoa: StoaProcess) -> list[Image.Image]:
    """The customer's page and the agent's, in the middle of the story."""
    anna = await make_administrator(stoa)
    async with (
        chromium() as browser,
        an_agent(browser, stoa.url, anna) as agent,
        a_customer(browser, stoa.url, width=1280, height=860) as customer,
    ):
        await customer.put_something_into_the_cart()
        await until_drawn(customer.page)
        await customer.go_to_checkout()
        await customer.give_contact()
        await customer.give_address(postal_code="30")
        await customer.go_on("delivery")
        await customer.ask("The form does not take my postcode.")
        await agent.open_conversation("The form does not take my postcode.")
        await agent.say("Polish postcodes are written with a dash: 30-001. Then it goes on.")
        await expect(customer.log.get_by_text("with a dash", exact=False)).to_be_visible()
        await customer.say("Thank you, that was quick!")
        await agent.propose_discount(percent=5, reason="For the trouble")
        await expect(customer.chat.get_by_role("group")).to_be_visible()
        await agent.show("mine")
        await agent.page.get_by_role("option").first.click()
        await expect(agent.side.get_by_role("status")).to_be_visible()
        await agent.page.set_viewport_size({"width": 1280, "height": 860})
        shots = [await person.page.screenshot() for person in (customer, agent)]
    return [Image.open(io.BytesIO(shot)).convert("RGB") for shot in shots]


def side_by_side(pictures: list[Image.Image]) -> Image.Image:
    """Both on one ground, each with a fine edge."""
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) + 1)
    height = max(picture.height for picture in pictures) + 2 * GAP
    sheet = Image.new("RGB", (width, height), GROUND)
    pen = ImageDraw.Draw(sheet)
    x = GAP
    for picture in pictures:
        sheet.paste(picture, (x, GAP))
        box = (x - 1, GAP - 1, x + picture.width, GAP + picture.height)
        pen.rectangle(box, outline=EDGE)
        x += picture.width + GAP
    return sheet.resize((width * 2 // 3, height * 2 // 3), Image.Resampling.LANCZOS)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="stoa-") as folder:
        Path(folder).chmod(0o755)  # as root, the database runs as another user
        with running_stoa(Path(folder) / "data") as stoa:
            picture = side_by_side(asyncio.run(take_pictures(stoa)))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    picture.save(TARGET, "WEBP", quality=82, method=6)
    print(TARGET.relative_to(ROOT), picture.size, f"{TARGET.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
