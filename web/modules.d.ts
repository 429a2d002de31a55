declare module "lucide:*" {
  /** The markup inside the icon's <svg>. */
  const drawing: string;
  export default drawing;
}

declare module "stoa:catalogues/*" {
  import type { Catalogue } from "@stoa/i18n";

  /** Resolves to the catalogue of one language; an unknown tag gives English. */
  export function load(tag: string): Promise<Catalogue>;
}

declare module "stoa:texts/*" {
  import type { Catalogue } from "@stoa/i18n";

  /** Every language's texts under the prefix, inline. */
  const texts: Record<"en" | "pl" | "de" | "it" | "el", Catalogue>;
  export default texts;
}

declare module "*.css" {
  const text: string;
  export default text;
}

declare module "asset:*" {
  /** The copied file's address, relative to the module that imports it. */
  const address: string;
  export default address;
}
