import type { ClientFrame } from "@stoa/protocol";

export interface Pending {
  frame: ClientFrame;
  resolve(data: never): void;
  reject(error: Error): void;
}

/**
 * Commands that wait for their answer, in a lane for each name: only the first of a lane is under way,
 * so that they are done in the order given, whatever has to be repeated.
 */
export class Lanes {
  private readonly byName = new Map<string, Map<string, Pending>>();
  private readonly names = new Map<string, string>();

  /** Whether it is the first of its lane, and so to be sent now. */
  add(name: string, id: string, pending: Pending): boolean {
    const lane = this.byName.get(name) ?? new Map<string, Pending>();
    this.byName.set(name, lane.set(id, pending));
    this.names.set(id, name);
    return lane.size === 1;
  }

  get(id: string): Pending | undefined {
    return this.byName.get(this.names.get(id) ?? "")?.get(id);
  }

  /** It has been answered; what comes after it in its lane is to be sent now. */
  done(id: string): Pending | undefined {
    const lane = this.byName.get(this.names.get(id) ?? "");
    lane?.delete(id);
    this.names.delete(id);
    return lane?.values().next().value;
  }

  /** What is under way: it is sent again over a new line. */
  *first(): Iterable<Pending> {
    for (const lane of this.byName.values()) {
      const { value } = lane.values().next();
      if (value) yield value;
    }
  }

  /** Nothing waits any more. */
  reject(error: Error): void {
    const lanes = [...this.byName.values()];
    this.byName.clear();
    this.names.clear();
    for (const lane of lanes) for (const pending of lane.values()) pending.reject(error);
  }
}
