import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const KEPT = "stoa.desk.theme";

function kept(): Theme {
  const value = localStorage.getItem(KEPT);
  return value === "light" || value === "dark" ? value : "system";
}

export const theme = signal<Theme>(kept());

export function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  localStorage.setItem(KEPT, chosen);
  applyTheme();
}

export function applyTheme(): void {
  const root = document.documentElement;
  root.dataset.density = "compact";
  if (theme.peek() === "system") delete root.dataset.theme;
  else root.dataset.theme = theme.peek();
}
