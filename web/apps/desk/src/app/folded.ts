/** Lower case without accents, so that "plik" finds what is written with an accent. */
export function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
}

/** Whether every word of the wish begins somewhere in the text. */
export function matches(text: string, wish: string): boolean {
  const hay = folded(text);
  return folded(wish)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}
