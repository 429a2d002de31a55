import { childrenOf, isElement, shadowOf } from "./untainted.ts";

/** Which node of the replica is which of the customer's page, by the recorder's numbers. */
export class Mirror {
  private readonly nodes = new Map<number, Node>();
  private ids = new WeakMap<Node, number>();

  get size(): number {
    return this.nodes.size;
  }

  node(id: number | null | undefined): Node | null {
    return id == null ? null : (this.nodes.get(id) ?? null);
  }

  id(node: Node | null): number | null {
    return node === null ? null : (this.ids.get(node) ?? null);
  }

  add(id: number, node: Node): void {
    this.nodes.set(id, node);
    this.ids.set(node, id);
  }

  /** Forgets a node and all that is in it. */
  forget(node: Node): void {
    const id = this.ids.get(node);
    // It may have been put elsewhere meanwhile, as another node.
    if (id !== undefined && this.nodes.get(id) === node) this.nodes.delete(id);
    for (const child of childrenOf(node)) this.forget(child);
    const shadow = isElement(node) ? shadowOf(node) : null;
    if (shadow) for (const child of childrenOf(shadow)) this.forget(child);
  }

  clear(): void {
    this.nodes.clear();
    this.ids = new WeakMap();
  }
}
