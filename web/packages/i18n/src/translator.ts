/** A text, or its forms by CLDR plural category of the parameter `count`. */
export type Message = string | Partial<Record<Intl.LDMLPluralRule, string>>;
export type Catalogue = Record<string, Message>;

type Parameters<Texts, Key extends keyof Texts> = keyof Texts[Key] extends never
  ? []
  : [parameters: Texts[Key]];

/** Returns the text of a key in one language; its parameters are checked against the catalogue. */
export type Translate<Texts> = <Key extends keyof Texts & string>(
  key: Key,
  ...parameters: Parameters<Texts, Key>
) => string;

/** Returns the function that speaks one catalogue. `count` chooses the plural and is written as a
 * number of the language; every other parameter goes in as it is. */
export function translator<Texts>(tag: string, catalogue: Catalogue): Translate<Texts> {
  const plurals = new Intl.PluralRules(tag);
  const numbers = new Intl.NumberFormat(tag);

  function form(message: Message, count: unknown): string {
    if (typeof message === "string") return message;
    return message[plurals.select(Number(count))] ?? message.other ?? "";
  }

  return (key, ...[values]) => {
    const message = catalogue[key];
    if (message === undefined) throw new Error(`The ${tag} catalogue has no text "${key}".`);
    const known = (values ?? {}) as Record<string, string | number>;
    return form(message, known.count).replace(/\{(\w+)\}/g, (gap, name: string) => {
      const value = known[name];
      if (value === undefined) return gap;
      return typeof value === "number" ? numbers.format(value) : value;
    });
  };
}
