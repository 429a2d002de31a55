/* Everything here is an improvement of pages that work without it. */
import { startCart } from "./cart.ts";
import { startCheckout } from "./checkout.ts";
import { startProposals } from "./proposals.ts";
import { startSearch } from "./search.ts";
import { openWide, startSwapping } from "./swap.ts";
import { startTurning } from "./turning.ts";

document.documentElement.classList.add("scripted");
startSwapping();
startCart();

/** What belongs to one page: done again for each that is turned within this one. */
function startPage() {
  startCheckout();
  startProposals();
  startSearch();
  openWide();
}

function follow() {
  const context = document.getElementById("stoa-page")?.textContent;
  if (context) void import("./radar.ts").then(({ followPage }) => followPage(context));
}

startPage();
startTurning();
addEventListener("stoa:turned", () => {
  startPage();
  follow();
});
// Not before the page is there: following a visit must never slow it.
if (document.readyState === "complete") follow();
else addEventListener("load", follow, { once: true });
