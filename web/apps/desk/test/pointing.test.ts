import "./browser.ts";
import assert from "node:assert/strict";
import { test } from "node:test";

const { Pointer } = await import("../src/cobrowse/pointing.ts");
type Watch = ConstructorParameters<typeof Pointer>[0];
type Pointed = NonNullable<(typeof Pointer.prototype.under)["value"]>;

const at = (x: number, y: number) => ({ node: x, x, y, label: `at ${x}` }) as unknown as Pointed;
const turn = () => new Promise((resolve) => setTimeout(resolve, 50));

test("the place where the mouse rests is asked for, however late the one before is answered", async () => {
  const asked: { x: number; y: number; answer: () => void }[] = [];
  const watch = {
    isActive: { peek: () => true },
    session: { peek: () => null },
    view: { peek: () => ({ x: 0, y: 0 }) },
    link: {
      point: (x: number, y: number) =>
        new Promise((resolve) => asked.push({ x, y, answer: () => resolve(at(x, y)) })),
    },
  } as unknown as Watch;
  const pointer = new Pointer(watch);
  pointer.move(1, 1);
  pointer.move(2, 2);
  pointer.move(3, 3);
  await turn();
  assert.equal(asked.length, 1, "one place at a time");
  asked[0]?.answer();
  await turn();
  assert.deepEqual([asked[1]?.x, asked[1]?.y], [3, 3]);
  asked[1]?.answer();
  await turn();
  assert.equal(pointer.under.value?.label, "at 3");
  assert.equal(asked.length, 2);
});
