/* Beside the loader's own style, once there is a call. */
export const STYLE = `
.call {
  position: fixed;
  right: max(20px, env(safe-area-inset-right));
  bottom: max(20px, env(safe-area-inset-bottom));
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px;
  max-width: min(360px, calc(100vw - 40px));
  padding: 8px;
  border: 1px solid #174359;
  border-radius: 32px;
  background: #1f5673;
  color: #fff;
  box-shadow: 0 1px 2px rgb(28 27 25 / .12), 0 8px 24px rgb(28 27 25 / .28);
  font: 400 14px/1.35 "Inter Variable", Inter, system-ui, -apple-system, "Segoe UI", sans-serif;
}
.call.incoming { width: min(360px, calc(100vw - 40px)); padding: 16px; border-radius: 18px; }
.call.warn { background: #6b4a00; border-color: #4f3700; }
.call.aside { inset: max(12px, env(safe-area-inset-top)) max(20px, env(safe-area-inset-right)) auto auto; opacity: 1; pointer-events: auto; }
:host([data-position="left"]) .call { right: auto; left: max(20px, env(safe-area-inset-left)); }
.words {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 0 8px;
  flex: 1;
  min-width: 0;
  min-height: 44px;
  align-content: center;
  padding: 0 4px 0 12px;
  border: 0;
  border-radius: 22px;
  background: transparent;
  color: inherit;
  font: inherit;
  text-align: start;
}
.incoming .words { flex-basis: 100%; padding: 0; }
.title { grid-column: 1 / -1; overflow: hidden; font-weight: 600; text-overflow: ellipsis; }
.live .title { white-space: nowrap; }
.time { font-variant-numeric: tabular-nums; }
.detail:empty, .time:empty { display: none; }
.act { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-width: 44px; min-height: 44px; padding: 0; border: 0; border-radius: 22px; background: rgb(255 255 255 / .16); color: #fff; }
.act:hover, button.words:hover { background: rgb(255 255 255 / .26); }
.incoming .act { flex: 1; padding: 0 16px; }
.accept.act { background: #3f6b3a; }
.accept.act:hover { background: #345a30; }
.act.end, .act.decline { background: #a3262a; }
.act.end:hover, .act.decline:hover { background: #861f22; }
.unmute { background: #fff; color: #1f5673; }
.call button:focus-visible { outline: 2px solid #fff; outline-offset: 1px; box-shadow: none; }
@media (forced-colors: active) {
  .call { border: 2px solid ButtonBorder; }
}
`;
