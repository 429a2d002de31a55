/* Lengths are in px: the page may have set any size on its root. One below the counter, whose panel
   may lie over the bar. */
export const STYLE = `
:host {
  all: initial !important;
  position: fixed !important;
  z-index: 2147483646 !important;
  inset: 0 !important;
  display: block !important;
  pointer-events: none !important;
  contain: layout style !important;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.frame { position: fixed; inset: 0; border: 3px solid #b4532a; }
.bar {
  position: fixed;
  bottom: max(14px, env(safe-area-inset-bottom));
  left: max(14px, env(safe-area-inset-left));
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 10px;
  max-width: min(700px, calc(100vw - 28px));
  padding: 5px 6px 5px 12px;
  border: 1px solid #8e3f1d;
  border-radius: 22px;
  background: #fff;
  color: #1c1b19;
  box-shadow: 0 1px 2px rgb(28 27 25 / .1), 0 6px 20px rgb(28 27 25 / .18);
  font: 500 14px/1.3 "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", sans-serif;
  pointer-events: auto;
}
.bar.right { right: max(14px, env(safe-area-inset-right)); left: auto; }
.bar.high { top: 14px; bottom: auto; }
/* Where it would lie under the counter's button or the bar of a call, it lies above, or below. */
@media (max-width: 599.98px) {
  .bar { bottom: calc(max(20px, env(safe-area-inset-bottom)) + 72px); }
  .bar.high { top: calc(max(12px, env(safe-area-inset-top)) + 72px); }
}
.words { display: flex; align-items: center; gap: 8px; margin: 0; overflow-wrap: anywhere; }
.dot { flex: none; width: 9px; height: 9px; border-radius: 50%; background: #b4532a; }
.bar.rests .dot { background: transparent; box-shadow: inset 0 0 0 2px #5f5b54; }
button {
  min-height: 32px;
  margin: 0;
  padding: 4px 12px;
  border: 1px solid #8c867b;
  border-radius: 16px;
  background: #fff;
  color: inherit;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
.acts { display: flex; gap: 8px; }
.stop { border-color: #a3262a; background: #a3262a; color: #fff; }
.stop:hover { background: #861e22; }
button:focus-visible { outline: 3px solid #1f5673; outline-offset: 2px; }
.cursor { position: fixed; top: 0; left: 0; color: #1f5673; transition: transform 90ms linear, opacity 300ms; will-change: transform; }
.cursor svg { display: block; filter: drop-shadow(0 1px 1px rgb(0 0 0 / .35)); }
.cursor span, .label {
  display: inline-block;
  max-width: 240px;
  padding: 2px 8px;
  overflow: hidden;
  border-radius: 9px;
  background: #1f5673;
  color: #fff;
  font: 600 12px/1.4 "Inter Variable", Inter, system-ui, sans-serif;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.cursor span { margin: -2px 0 0 14px; }
.ring { position: fixed; border: 3px solid #1f5673; border-radius: 8px; box-shadow: 0 0 0 2px #fff, 0 0 0 6px rgb(31 86 115 / .25); }
.ring.acts { border-color: #b4532a; box-shadow: 0 0 0 2px #fff, 0 0 0 6px rgb(180 83 42 / .3); }
.ring .label { position: absolute; left: -3px; bottom: calc(100% + 6px); max-width: min(320px, 80vw); }
.ring.under .label { top: calc(100% + 6px); bottom: auto; }
.ring.acts .label { background: #8e3f1d; }
.strokes { position: fixed; inset: 0; width: 100%; height: 100%; overflow: visible; }
.strokes polyline { fill: none; stroke: #b4532a; stroke-width: 4; stroke-linecap: round; stroke-linejoin: round; transition: opacity 1s; }
.strokes .fades { opacity: 0; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
/* Beside the counter's round button. */
@media (max-width: 479.98px) {
  .bar { max-width: calc(100vw - 104px); font-size: 13px; }
  .bar.high { max-width: calc(100vw - 28px); }
}
@media (prefers-reduced-motion: reduce) {
  .cursor, .strokes polyline { transition: none; }
}
@media (prefers-color-scheme: dark) {
  .bar { border-color: #e0916c; background: #1d2023; color: #ecEae5; }
  .bar button:not(.stop) { border-color: #8c867b; background: transparent; }
  .bar.rests .dot { box-shadow: inset 0 0 0 2px #a9a59c; }
}
@media (forced-colors: active) {
  .bar, button, .ring { border: 2px solid ButtonBorder; }
  .frame { border-color: Highlight; }
}
@media print {
  :host { display: none !important; }
}
`;
