/* Suggestions while typing: a combobox with a list (ARIA APG). Enter without a choice searches. */
import { announce } from "./swap.ts";

const PAUSE_MS = 120;

export function startSearch() {
  const found = document.querySelector<HTMLInputElement>("input[data-suggest]");
  if (!found?.form) return;
  const input: HTMLInputElement = found;
  const form: HTMLFormElement = found.form;
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.label ?? "");
  list.hidden = true;
  form.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | null = null;
  let chosen = -1;

  /** Nothing that is still on its way changes the list. */
  function stopAsking() {
    clearTimeout(timer);
    asking?.abort();
  }

  function close() {
    stopAsking();
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  /** One further or back; beyond either end no option is chosen. */
  function move(by: 1 | -1) {
    // A list that is chosen from stays as it is.
    stopAsking();
    const options = [...list.querySelectorAll("[role=option]")];
    chosen += by;
    if (chosen < -1) chosen = options.length - 1;
    if (chosen >= options.length) chosen = -1;
    for (const [place, option] of options.entries()) {
      option.setAttribute("aria-selected", String(place === chosen));
    }
    const option = options[chosen];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const text = input.value.trim();
    if (text.length < 2) return close();
    try {
      const url = `${input.dataset.suggest}?q=${encodeURIComponent(text)}`;
      const response = await fetch(url, { signal: mine.signal });
      if (!response.ok) return close();
      list.innerHTML = await response.text();
    } catch {
      return; // a newer question, or no network: the form still works
    }
    const count = list.children.length;
    list.hidden = count === 0;
    input.setAttribute("aria-expanded", String(count > 0));
    chosen = -1;
    announce(count ? `${input.dataset.label}: ${count}` : (input.dataset.none ?? ""));
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter") {
      const link = list.querySelector<HTMLAnchorElement>('[aria-selected="true"] a');
      if (!link) return;
      event.preventDefault();
      location.assign(link.href);
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget as Node | null)) close();
  });
}
