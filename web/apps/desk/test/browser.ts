/** The parts of a browser that the stores touch while they are loaded outside of one. */
class Kept {
  private readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

Object.assign(globalThis, {
  addEventListener: () => {},
  removeEventListener: () => {},
  localStorage: new Kept(),
  location: { pathname: "/desk", origin: "https://shop.example" },
  window: globalThis,
});
