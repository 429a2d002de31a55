/* How the customer was served, asked once after their conversation; fetched when it is. */

import angry from "lucide:angry";
import frown from "lucide:frown";
import laugh from "lucide:laugh";
import meh from "lucide:meh";
import smile from "lucide:smile";
import { load } from "stoa:catalogues/rating";
import { effect, signal, useSignal } from "@preact/signals";
import { type Catalogue, type Rating as Texts, type Translate, translator } from "@stoa/i18n";
import { Button, Icon, TextArea } from "@stoa/ui";
import { command } from "./line.ts";
import { sentence } from "./problem.ts";
import { tag } from "./texts.ts";
import type { RatingCard } from "./types.ts";

const FACES = [angry, frown, meh, smile, laugh] as const;
const LABELS = ["score.1", "score.2", "score.3", "score.4", "score.5"] as const;

const catalogue = signal<Catalogue | null>(null);
effect(() => {
  const wish = tag.value;
  void load(wish).then((texts) => {
    if (tag.peek() === wish) catalogue.value = texts;
  });
});
const words: Translate<Texts> = (key, ...parameters) =>
  translator<Texts>(tag.value, catalogue.value ?? {})(key, ...parameters);

function Form({ card, onDone }: { card: RatingCard; onDone: () => void }) {
  const score = useSignal(card.score);
  const text = useSignal(card.words);
  const problem = useSignal("");
  const isBusy = useSignal(false);
  async function submit(event: Event) {
    event.preventDefault();
    if (score.value === null || isBusy.value) return;
    isBusy.value = true;
    problem.value = "";
    try {
      await command("rating.give", {
        rating_id: card.rating_id,
        score: score.value,
        words: text.value.trim(),
      });
      onDone();
    } catch (error) {
      problem.value = sentence(error);
    } finally {
      isBusy.value = false;
    }
  }
  return (
    <form class="stack" onSubmit={submit}>
      <fieldset class="rating-faces">
        <legend>{words("question")}</legend>
        {FACES.map((face, index) => (
          <label key={LABELS[index]} title={words(LABELS[index] ?? "score.3")}>
            <input
              type="radio"
              name={`rating-${card.rating_id}`}
              class="visually-hidden"
              checked={score.value === index + 1}
              onChange={() => {
                score.value = index + 1;
              }}
            />
            <Icon of={face} size={28} label={words(LABELS[index] ?? "score.3")} />
          </label>
        ))}
      </fieldset>
      {score.value !== null && (
        <>
          <TextArea
            label={words("words")}
            rows={2}
            maxLength={1000}
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
          {problem.value && <p role="alert">{problem.value}</p>}
          <Button type="submit" busy={isBusy.value}>
            {words("send")}
          </Button>
        </>
      )}
    </form>
  );
}

export function RatingView({ card }: { card: RatingCard }) {
  const isChanging = useSignal(false);
  if (!catalogue.value) return null;
  if (card.score === null || isChanging.value) {
    return (
      <Form
        card={card}
        onDone={() => {
          isChanging.value = false;
        }}
      />
    );
  }
  return (
    <div class="stack" role="status">
      <Icon
        of={FACES[card.score - 1] ?? meh}
        size={28}
        label={words(LABELS[card.score - 1] ?? "score.3")}
      />
      <p>{words("thanks")}</p>
      <Button
        small
        onClick={() => {
          isChanging.value = true;
        }}
      >
        {words("change")}
      </Button>
    </div>
  );
}
