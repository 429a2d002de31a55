import { signal } from "@preact/signals";
import { Dialog, Kbd } from "@stoa/ui";
import { activeShortcuts, keyCaps, type Shortcut } from "./keyboard.ts";
import { t } from "./texts.ts";

export const isHelpOpen = signal(false);

export function Keys({ keys }: { keys: string }) {
  return (
    <span class="keys">
      {keyCaps(keys).map((press, index) => (
        <span key={press.join("+")}>
          {index > 0 && <span class="quiet"> {t("help.then")} </span>}
          {press.map((cap) => (
            <Kbd key={cap}>{cap}</Kbd>
          ))}
        </span>
      ))}
    </span>
  );
}

function grouped(): [string, Shortcut[]][] {
  const groups = new Map<string, Shortcut[]>();
  for (const shortcut of activeShortcuts.value) {
    const group = shortcut.group();
    groups.set(group, [...(groups.get(group) ?? []), shortcut]);
  }
  return [...groups];
}

/** The sheet behind "?": every key that works right now. */
export function Help() {
  if (!isHelpOpen.value) return null;
  const close = () => {
    isHelpOpen.value = false;
  };
  return (
    <Dialog title={t("help.title")} closeLabel={t("action.close")} onClose={close} wide isReading>
      <div class="help-groups">
        {grouped().map(([group, shortcuts]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {shortcuts.map(({ keys, label }) => (
                <div key={keys}>
                  <dt>{label()}</dt>
                  <dd>
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
