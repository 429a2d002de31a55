import { useSignal } from "@preact/signals";
import { TextField } from "@stoa/ui";
import { language } from "../app/texts.ts";
import { microsOf, priceWords, typedPrice } from "./price.ts";
import { channelText } from "./words.ts";

interface PriceFieldProps {
  readonly label: string;
  readonly error: string | undefined;
  readonly currency: string;
  /** Millionths of the currency's unit; null: none, or what is typed is none. */
  readonly value: number | null;
  readonly change: (micros: number | null) => void;
}

/** A price as people write it; kept in millionths. */
export function PriceField({ label, error, currency, value, change }: PriceFieldProps) {
  const shown = (micros: number | null) =>
    micros === null ? "" : typedPrice(micros, language.value);
  const text = useSignal(shown(value));
  // Another row may have moved up to this place.
  const said = microsOf(text.value) === value ? text.value : shown(value);
  const isNone = value === null && said.trim() !== "";
  const example = channelText("channel.price.example", {
    price: typedPrice(45_000, language.value),
  });
  return (
    <TextField
      label={`${label} (${currency})`}
      hint={value === null ? example : priceWords(value, currency)}
      error={error ?? (isNone ? channelText("channel.price.none") : undefined)}
      inputMode="decimal"
      autocomplete="off"
      value={said}
      onInput={(event) => {
        text.value = event.currentTarget.value;
        change(microsOf(text.value));
      }}
    />
  );
}
