/* Everything here is an improvement of pages that work without it. */
import { startCart } from "./cart.ts";
import { startCheckout } from "./checkout.ts";
import { startSearch } from "./search.ts";
import { startSwapping } from "./swap.ts";

document.documentElement.classList.add("scripted");
startSwapping();
startCart();
startCheckout();
startSearch();
