/* What an agent proposes for the cart, on the cart's own page. Accepting changes the cart on the
   server; the page then draws it anew. */
import type { OpenProposals, ProposalView } from "@stoa/protocol";
import { released } from "./presses.ts";
import { announce } from "./swap.ts";

const API = "/api/counter/proposals";
const MESSAGE = ":scope > .message";

type Words = Record<
  | "title"
  | "product"
  | "percent"
  | "amount"
  | "delivery"
  | "nothing"
  | "accept"
  | "refuse"
  | "failed"
  | "offline",
  string
>;

function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
}

function price(minor: number, currency: string): string {
  const language = document.documentElement.lang;
  const format = new Intl.NumberFormat(language === "en" ? "en-GB" : language, {
    style: "currency",
    currency,
  });
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

function wordsFor({ card }: ProposalView, words: Words): string {
  const amount = card.product?.price_minor ?? card.amount_minor ?? 0;
  const options = card.product?.options ? ` (${card.product.options})` : "";
  const kind = card.kind === "discount" ? (card.percent ? "percent" : "amount") : card.kind;
  return fill(words[kind], {
    name: card.title + options,
    quantity: String(card.quantity ?? 1),
    percent: String(card.percent ?? 0),
    price: card.currency ? price(amount, card.currency) : "",
  });
}

function element(name: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
}

class Proposals {
  private readonly words: Words;
  private readonly place: HTMLElement;
  private turn = 0;

  constructor(place: HTMLElement) {
    this.place = place;
    this.words = place.dataset as Words; // the template writes one for each
  }

  async load() {
    const mine = ++this.turn;
    const response = await fetch(API).catch(() => null);
    if (!response?.ok) return; // a browser that is no visitor has no proposals
    const { proposals } = (await response.json()) as OpenProposals;
    await released();
    if (mine !== this.turn) return; // a newer look knows more
    const told = this.place.querySelectorAll(MESSAGE);
    this.place.replaceChildren(...told, ...proposals.map((proposal) => this.draw(proposal)));
    this.place.hidden = this.place.childElementCount === 0;
  }

  private draw(proposal: ProposalView): HTMLElement {
    const box = document.createElement("article");
    box.className = "panel proposal";
    const title = element("h2", fill(this.words.title, { name: proposal.staff_name }));
    const reason = proposal.card.reason ? [element("p", proposal.card.reason, "small quiet")] : [];
    const buttons = element("p", "", "actions");
    buttons.append(
      this.button(proposal, "accept", "button"),
      " ",
      this.button(proposal, "refuse", "button quiet-button"),
    );
    box.append(
      title,
      element("p", wordsFor(proposal, this.words)),
      ...reason,
      buttons,
      element("p", this.words.nothing, "small quiet"),
    );
    return box;
  }

  private button(proposal: ProposalView, answer: "accept" | "refuse", className: string) {
    const button = element("button", this.words[answer], className) as HTMLButtonElement;
    button.type = "button";
    button.addEventListener("click", () => void this.answer(proposal, answer, button));
    return button;
  }

  private async answer(proposal: ProposalView, answer: "accept" | "refuse", by: HTMLButtonElement) {
    if (by.getAttribute("aria-disabled") === "true") return;
    by.setAttribute("aria-disabled", "true");
    this.place.querySelector(MESSAGE)?.remove();
    const response = await fetch(`${API}/${proposal.id}/${answer}`, {
      method: "POST",
      headers: { "X-Stoa-Request": "1" },
    }).catch(() => null);
    by.removeAttribute("aria-disabled");
    if (!response) {
      this.tell(this.words.offline);
      return;
    }
    const answered = response.ok ? ((await response.json()) as ProposalView) : null;
    await this.load();
    if (answered?.card.state === "failed") {
      this.tell(`${this.words.failed} ${answered.card.problem_text ?? ""}`.trim());
    }
    if (answered?.card.state === "accepted") {
      window.dispatchEvent(new CustomEvent("stoa:cart-changed"));
    }
  }

  private tell(text: string) {
    this.place.querySelector(MESSAGE)?.remove();
    this.place.prepend(element("p", text, "message"));
    this.place.hidden = false;
    announce(text);
  }
}

let shown: Proposals | null = null;
window.addEventListener("stoa:proposals", () => void shown?.load());

export function startProposals() {
  shown = null;
  const place = document.getElementById("proposals");
  if (!place) return;
  const proposals = new Proposals(place);
  shown = proposals;
  void proposals.load();
}
