import { own } from "./dom.ts";

/** Makes the page behind a full screen unreachable; returns the function that gives it back. */
export function coverPage(panel: HTMLElement): () => void {
  const root = own("documentElement");
  const body = root.querySelector("body");
  const overflow = root.style.overflow;
  const wasInert = body?.inert ?? false;
  root.style.overflow = "hidden";
  if (body) body.inert = true;
  const stopFitting = fitKeyboard(panel);
  return () => {
    root.style.overflow = overflow;
    if (body) body.inert = wasInert;
    stopFitting();
  };
}

/** Keeps the panel above the on-screen keyboard; returns the function that stops it. */
function fitKeyboard(panel: HTMLElement): () => void {
  const viewport = window.visualViewport;
  if (!viewport) return () => undefined;
  const fit = () => {
    panel.style.top = `${viewport.offsetTop}px`;
    panel.style.height = `${viewport.height}px`;
  };
  viewport.addEventListener("resize", fit);
  viewport.addEventListener("scroll", fit);
  fit();
  return () => {
    viewport.removeEventListener("resize", fit);
    viewport.removeEventListener("scroll", fit);
    panel.style.removeProperty("top");
    panel.style.removeProperty("height");
  };
}
