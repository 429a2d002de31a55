/* Everything here is an improvement of pages that work without it. */
import { startCart } from "./cart.ts";
import { startCheckout } from "./checkout.ts";
import { startProposals } from "./proposals.ts";
import { startSearch } from "./search.ts";
import { startSwapping } from "./swap.ts";

document.documentElement.classList.add("scripted");
startSwapping();
startCart();
startCheckout();
startProposals();
startSearch();

const context = document.getElementById("stoa-page")?.textContent;
if (context) {
  // Not before the page is there: following a visit must never slow it.
  const follow = () => void import("./radar.ts").then(({ startRadar }) => startRadar(context));
  if (document.readyState === "complete") follow();
  else addEventListener("load", follow, { once: true });
}
