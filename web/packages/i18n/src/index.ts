export { type Formats, formatsFor, type Money } from "./formats.ts";
export type * from "./generated/keys.ts";
export { chooseTag, LANGUAGE_NAMES, TAGS, type Tag } from "./tags.ts";
export { type Catalogue, type Message, type Translate, translator } from "./translator.ts";
