"""What shows that a hostile page did nothing."""

from playwright.async_api import expect

from tests.servers.replica import Describing, Replica

RUNS = "parent.postMessage('ran', '*')"


async def assert_nothing_ran(replica: Replica) -> None:
    """No script of the page's said anything, the frame is the one document it was, and it still
    does what the desk asks."""
    d = Describing()
    await replica.show(d.document(d.element("p", "alive", id="alive")), keyframe=True)
    await expect(replica.frame.locator("#alive")).to_have_text("alive")
    assert await replica.page.evaluate("strays") == []
    assert await replica.page.evaluate("loads") == 1
    assert replica.frame.url.partition("?")[0].endswith("/desk/replica")
