interface Versioned {
  readonly id: string;
  readonly version: number;
}

/**
 * What was told newest of one thing after the other, by events and by answers that may have been on
 * the way for longer. It is kept when it is over, too, so that a late answer never brings it back.
 */
export class Newest<Told extends Versioned> {
  private readonly past = new Set<string>();
  private newest: Told | null = null;

  get known(): Told | null {
    return this.newest;
  }

  /** Whether this is as new as all that was told before. */
  takes(told: Told): boolean {
    const { newest } = this;
    if (this.past.has(told.id)) return false;
    if (newest?.id === told.id) {
      if (newest.version > told.version) return false;
    } else if (newest) this.past.add(newest.id);
    this.newest = told;
    return true;
  }
}
