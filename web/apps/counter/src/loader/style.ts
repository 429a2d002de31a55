/* Lengths are in px: the page may have set any size on its root. "!important" inside a shadow root
   wins over "!important" of the page (CSS Cascade 5, "Context"), so no rule of the page hides us. */
export const STYLE = `
:host {
  all: initial !important;
  position: fixed !important;
  z-index: 2147483647 !important;
  inset: auto 0 0 auto !important;
  display: block !important;
  width: 0 !important;
  height: 0 !important;
  color-scheme: light dark !important;
}
:host([data-position="left"]) { inset: auto auto 0 0 !important; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button {
  font: 600 15px/1.25 "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", sans-serif;
  cursor: pointer;
}
button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; box-shadow: 0 0 0 3px #1f5673; }
.open {
  position: fixed;
  right: max(20px, env(safe-area-inset-right));
  bottom: max(20px, env(safe-area-inset-bottom));
  display: inline-flex;
  align-items: center;
  gap: 10px;
  min-width: 56px;
  min-height: 56px;
  max-width: calc(100vw - 40px);
  margin: 0;
  padding: 0 20px 0 16px;
  border: 0;
  border-radius: 28px;
  background: #1f5673;
  color: #fff;
  box-shadow: 0 1px 2px rgb(28 27 25 / .12), 0 8px 24px rgb(28 27 25 / .22);
  transition: background 150ms, opacity 150ms;
}
.aside:not(:focus-within) { opacity: 0; pointer-events: none; }
.open:hover { background: #174359; }
.open svg { flex: none; }
:host([data-position="left"]) .open { right: auto; left: max(20px, env(safe-area-inset-left)); }
.badge {
  position: absolute;
  top: -4px;
  right: -2px;
  min-width: 22px;
  padding: 0 6px;
  border: 2px solid #fff;
  border-radius: 12px;
  background: #a3262a;
  color: #fff;
  font-size: 12px;
  line-height: 18px;
  text-align: center;
}
.invitation {
  position: fixed;
  right: max(20px, env(safe-area-inset-right));
  bottom: calc(max(20px, env(safe-area-inset-bottom)) + 68px);
  width: min(300px, calc(100vw - 40px));
  padding: 14px 44px 14px 16px;
  border: 1px solid #e4dfd6;
  border-radius: 14px;
  background: #fff;
  color: #1c1b19;
  box-shadow: 0 1px 2px rgb(28 27 25 / .06), 0 8px 24px rgb(28 27 25 / .16);
  font: 400 15px/1.45 "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", sans-serif;
  transition: opacity 150ms;
}
:host([data-position="left"]) .invitation { right: auto; left: max(20px, env(safe-area-inset-left)); }
.invitation p { margin: 0; overflow-wrap: anywhere; }
.invitation .who { color: #5f5b54; font-size: 13px; }
.invitation .accept { margin: 10px 0 0; padding: 9px 14px; border: 0; border-radius: 10px; background: #1f5673; color: #fff; }
.dismiss {
  position: absolute;
  top: 6px;
  right: 6px;
  display: grid;
  place-items: center;
  width: 32px;
  height: 32px;
  padding: 0;
  border: 0;
  border-radius: 8px;
  background: transparent;
  color: #5f5b54;
}
.dismiss:focus-visible { outline: 2px solid #1f5673; outline-offset: 0; box-shadow: none; }
.question { padding: 16px; }
.question p { margin: 0 0 8px; }
.question .asks { font-size: 16px; font-weight: 600; }
.question .point { color: #5f5b54; font-size: 14px; }
.acts { display: flex; flex-wrap: wrap; gap: 8px; }
.refuse { margin: 10px 0 0; padding: 8px 14px; border: 1px solid #8c867b; border-radius: 10px; background: #fff; color: #1c1b19; }
.panel {
  position: fixed;
  right: max(20px, env(safe-area-inset-right));
  bottom: max(20px, env(safe-area-inset-bottom));
  display: grid;
  width: min(400px, calc(100vw - 40px));
  height: min(680px, calc(100vh - 40px));
  overflow: hidden;
  border: 1px solid rgb(28 27 25 / .14);
  border-radius: 14px;
  background: #fff;
  color: #5f5b54;
  box-shadow: 0 1px 2px rgb(28 27 25 / .08), 0 12px 40px rgb(28 27 25 / .24);
  font: 400 15px/1.5 system-ui, sans-serif;
}
:host([data-position="left"]) .panel { right: auto; left: max(20px, env(safe-area-inset-left)); }
.panel.full { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
.panel:focus { outline: 0; }
.panel > * { grid-area: 1 / 1; }
iframe { width: 100%; height: 100%; border: 0; background: transparent; color-scheme: normal; }
.loading { place-self: center; display: grid; justify-items: center; gap: 12px; padding: 24px; text-align: center; }
.loading p { margin: 0; }
.loading button, .loading + button { padding: 10px 16px; border: 1px solid #8c867b; border-radius: 10px; background: transparent; color: inherit; }
.spinner {
  width: 28px;
  height: 28px;
  border: 3px solid currentcolor;
  border-right-color: transparent;
  border-radius: 50%;
  animation: turn 800ms linear infinite;
}
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-color-scheme: dark) {
  .panel { border-color: #33383d; background: #151719; color: #a9a59c; }
}
@media (prefers-reduced-motion: reduce) {
  .open, .invitation { transition: none; }
  .spinner { animation-duration: 4s; }
}
@media (max-width: 479.98px) {
  .open { gap: 0; padding: 0; justify-content: center; }
  .open .label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
}
@media (forced-colors: active) {
  .open, .panel, .invitation { border: 2px solid ButtonBorder; }
}
@media print {
  :host { display: none !important; }
}
`;
