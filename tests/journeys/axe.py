"""axe-core in a page: what keeps somebody from using it."""

from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page

AXE = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const { violations } = await axe.run(document, {
    iframes: false,
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  });
  return violations.map(({ id, impact, nodes }) => ({
    id, impact, nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
  }));
}"""
GRAVE = {"serious", "critical"}


async def grave_violations(place: Page | Frame) -> list[str]:
    """What axe calls serious or critical, one line each, with the element it is about."""
    # Through the debugger, so that the page's content security policy stays as it is.
    await place.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = await place.evaluate(RUN)
    return [
        f"{violation['id']}: {html[:200]} ({why})"
        for violation in found
        if violation["impact"] in GRAVE
        for html, why in violation["nodes"]
    ]
