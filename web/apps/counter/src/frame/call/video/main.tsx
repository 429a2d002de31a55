import { effect } from "@preact/signals";
import { captionOf, prepareTexts, SightTools, SightView, vt } from "@stoa/rtc/video";
import { Banner, Button } from "@stoa/ui";
import { useEffect, useRef } from "preact/hooks";
import { tag } from "../../texts.ts";
import { showing, stage, tools } from "../slots.ts";
import { callId, model, watchSight } from "./sight.ts";
import { answerStill, asked, outcome } from "./still.ts";

/** Asks whether stills of what is shown may be kept, in words that are written down. */
function StillQuestion() {
  const question = useRef<HTMLDivElement>(null);
  const now = model.value;
  const isAsked = asked.value !== null && now !== null;
  useEffect(() => {
    if (isAsked) question.current?.focus();
  }, [isAsked]);
  if (!isAsked) return null;
  const answer = (isAgreed: boolean) => void answerStill(callId.peek(), now.sight, isAgreed);
  return (
    <div
      ref={question}
      class="sight-question"
      role="alertdialog"
      tabIndex={-1}
      aria-labelledby="sight-question"
      aria-describedby="sight-question-once"
    >
      <p id="sight-question">
        <strong>{vt("snapshot.question")}</strong>
      </p>
      <p id="sight-question-once" class="small quiet">
        {vt("snapshot.once")}
      </p>
      <div class="row">
        <Button small look="primary" onClick={() => answer(true)}>
          {vt("snapshot.agree")}
        </Button>
        <Button small onClick={() => answer(false)}>
          {vt("snapshot.refuse")}
        </Button>
      </div>
    </div>
  );
}

function Pictures() {
  if (!model.value) return null;
  return (
    <>
      <SightView model={model.value} />
      <StillQuestion />
      {outcome.value && <Banner tone="neutral">{outcome.value}</Banner>}
    </>
  );
}

const Tools = () => model.value && <SightTools model={model.value} />;

/** Pictures and screens are part of the call from now on. Runs once. */
export async function begin(): Promise<void> {
  await prepareTexts(tag);
  watchSight();
  effect(() => {
    const own = model.value?.sight.own.value ?? [];
    const screen = own.find(({ source }) => source === "screen");
    const words = screen ? captionOf(screen, () => "") : vt("sign.camera");
    showing.value = own.length > 0 ? words : "";
  });
  stage.value = Pictures;
  tools.value = [...tools.peek(), Tools];
}
