import { isMask } from "./allowed.ts";
import { dropFrom, isElement, parentOf, readFrom, setOn, textOf } from "./untainted.ts";

const MARK = "data-stoa-masked";
const MARKS = [MARK, "data-stoa-blocked", "data-stoa-empty"];

/** Marks a field that is masked, so that it is drawn as kept back and not as what was written. */
export function markMasked(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  // By what was sent: a field for numbers holds no mask.
  if (isMask(text)) setOn(field, MARK, "");
  else dropFrom(field, MARK);
}

/** Marks the element that a text is in. */
export function markParent(text: Node): void {
  const parent = parentOf(text);
  if (!isElement(parent)) return;
  if (isMask(textOf(text) ?? "")) setOn(parent, MARK, "");
}

/** Whether what is pointed at is kept back, wholly or by what it is in. */
export function isKeptBack(element: Element): boolean {
  return MARKS.some((mark) => readFrom(element, mark) !== null);
}
