import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Returns the rows to draw: [first, end) of `count`, with `spare` rows before and after. */
export function windowOf(
  scrollTop: number,
  height: number,
  rowHeight: number,
  count: number,
  spare = 6,
): [first: number, end: number] {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + spare);
  return [Math.min(first, end), end];
}

interface VirtualListProps<Item> {
  items: readonly Item[];
  label: string;
  /** Every row is exactly this high, so that 5,000 of them cost no measuring. */
  rowHeight: number;
  keyOf: (item: Item) => string;
  selectedKey: string | null;
  onSelect: (item: Item) => void;
  /** Rows can be marked: by X, by a click with Ctrl, and with Shift from the last one on. */
  onMark?: ((item: Item, isRange: boolean) => void) | undefined;
  /** Whether a plain click marks as well. */
  isMarking?: boolean | undefined;
  children: (item: Item, isSelected: boolean) => ComponentChildren;
  /** Called when the last rows come into sight, to fetch the next page. */
  onEnd?: (() => void) | undefined;
}

/** A listbox that draws only the rows in sight. One tab stop: arrows, Page Up and Down, Home and
 * End move, Enter selects. Screen readers hear each row's place in the whole list. */
export function VirtualList<Item>(props: VirtualListProps<Item>) {
  const { items, label, rowHeight, keyOf, selectedKey, onSelect, children, onEnd } = props;
  const { onMark, isMarking } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const [first, end] = windowOf(view.top, view.height, rowHeight, items.length);
  const current = activeKey ?? selectedKey;
  const activeIndex = current === null ? -1 : items.findIndex((item) => keyOf(item) === current);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (end >= items.length - 10) onEnd?.();
  }, [end, items.length, onEnd]);

  function reveal(index: number) {
    const element = box.current;
    if (!element) return;
    const top = index * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const bottom = top + rowHeight - element.clientHeight;
    if (bottom > element.scrollTop) element.scrollTop = bottom;
  }

  function onKeyDown(event: KeyboardEvent) {
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const last = items.length - 1;
    const targets: Record<string, number> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex === -1 ? last : activeIndex - 1,
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
      Home: 0,
      End: last,
    };
    const active = items[activeIndex];
    if ((event.key === "Enter" || event.key === " ") && active) {
      event.preventDefault();
      onSelect(active);
    }
    if (onMark && active && event.key.toLowerCase() === "x" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      onMark(active, event.shiftKey);
    }
    const target = targets[event.key];
    if (target === undefined || last < 0) return;
    event.preventDefault();
    const index = Math.min(last, Math.max(0, target));
    const item = items[index];
    if (item) setActiveKey(keyOf(item));
    reveal(index);
  }

  return (
    <div
      ref={box}
      class="ui-list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={
        activeIndex >= first && activeIndex < end ? `${id}-${current}` : undefined
      }
      onKeyDown={onKeyDown}
      onScroll={(event) =>
        setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })
      }
    >
      <div
        class="ui-list-canvas"
        role="presentation"
        style={{ height: `${items.length * rowHeight}px` }}
      >
        {items.slice(first, end).map((item, offset) => {
          const key = keyOf(item);
          const isSelected = key === selectedKey;
          return (
            <div
              key={key}
              id={`${id}-${key}`}
              role="option"
              aria-selected={isSelected}
              aria-setsize={items.length}
              aria-posinset={first + offset + 1}
              class={`ui-row ${isSelected ? "is-selected" : ""} ${key === current ? "is-active" : ""}`}
              style={{ top: `${(first + offset) * rowHeight}px`, height: `${rowHeight}px` }}
              onClick={(event) => {
                setActiveKey(key);
                const isMark = isMarking || event.shiftKey || event.ctrlKey || event.metaKey;
                if (onMark && isMark) onMark(item, event.shiftKey);
                else onSelect(item);
              }}
            >
              {children(item, isSelected)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
