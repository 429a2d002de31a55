import expand from "lucide:expand";
import maximize from "lucide:maximize-2";
import minimize from "lucide:minimize-2";
import monitorUp from "lucide:monitor-up";
import shrink from "lucide:shrink";
import { Banner, Button, Icon, IconButton } from "@stoa/ui";
import type { Source } from "../messages.ts";
import { captionOf, keyOf, type SightModel } from "./model.ts";
import { vt } from "./texts.ts";
import { Tile } from "./tile.tsx";

/** What stands in the way of the pictures, in words, with what mends it. */
function Line({ model }: { model: SightModel }) {
  const { sight } = model;
  switch (sight.line.value) {
    case "connecting":
      return (
        <p class="sight-line" role="status">
          {vt("line.connecting")}
        </p>
      );
    case "broken":
      return <Banner>{vt("line.broken")}</Banner>;
    case "failed": {
      const again = (
        <Button small onClick={() => sight.tryAgain()}>
          {vt("line.again")}
        </Button>
      );
      return <Banner action={again}>{vt("line.failed")}</Banner>;
    }
    default:
      return null;
  }
}

function Trouble({ model }: { model: SightModel }) {
  const { stage } = model.sight;
  const now = stage.trouble.value;
  if (!now) return null;
  const understood = (
    <Button small onClick={() => (stage.trouble.value = null)}>
      {vt("trouble.dismiss")}
    </Button>
  );
  return (
    <Banner tone="bad" action={understood}>
      {vt(`trouble.${now.source}.${now.trouble}`)}
    </Banner>
  );
}

function Lost({ model, source }: { model: SightModel; source: Source }) {
  const { stage } = model.sight;
  const again = () =>
    source === "camera" ? stage.startCamera() : stage.startScreen(model.firstScreen);
  const acts = (
    <span class="row">
      <Button small look="primary" onClick={() => void again()}>
        {source === "camera" ? vt("lost.cameraAgain") : vt("lost.screenAgain")}
      </Button>
      <Button small look="quiet" onClick={() => stage.forget(source)}>
        {vt("lost.dismiss")}
      </Button>
    </span>
  );
  return (
    <Banner action={acts}>{source === "camera" ? vt("lost.camera") : vt("lost.screen")}</Banner>
  );
}

function Sizes({ model }: { model: SightModel }) {
  const { isLarge, isFilled, main } = model;
  return (
    <div class="sight-sizes">
      {main.value?.source === "camera" && (
        <IconButton
          icon={isFilled.value ? shrink : expand}
          label={isFilled.value ? vt("view.fit") : vt("view.fill")}
          onClick={() => (isFilled.value = !isFilled.peek())}
        />
      )}
      <IconButton
        icon={isLarge.value ? minimize : maximize}
        label={isLarge.value ? vt("view.shrink") : vt("view.grow")}
        onClick={() => (isLarge.value = !isLarge.peek())}
      />
    </div>
  );
}

/** One's own screen is being seen, with the way to stop it always in sight. */
function Sharing({ model }: { model: SightModel }) {
  const { stage, own } = model.sight;
  const screen = own.value.find(({ source }) => source === "screen");
  if (!screen) return null;
  return (
    <div class="sight-sharing" role="status">
      <Icon of={monitorUp} size={16} />
      <span>{captionOf(screen, model.nameOf)}</span>
      <Button small onClick={() => stage.stop("screen")}>
        {vt("screen.stop")}
      </Button>
    </div>
  );
}

/** All pictures of the call, one of them large; nothing where there are none. */
export function SightView({ model }: { model: SightModel }) {
  const { main, beside, sight, isLarge } = model;
  const words = (
    <>
      <Sharing model={model} />
      <Trouble model={model} />
      {sight.stage.lost.value.map((source) => (
        <Lost key={source} model={model} source={source} />
      ))}
    </>
  );
  if (!main.value) {
    return (
      <div class="sight-words">
        <Line model={model} />
        {words}
      </div>
    );
  }
  const isOwnOnly = sight.others.value.length === 0;
  const look = `${isLarge.value ? "is-large" : ""} ${isOwnOnly ? "is-own-only" : ""}`;
  return (
    <section class={`sight ${look}`} aria-label={vt("area")}>
      <div class="sight-words">
        <Line model={model} />
        {words}
      </div>
      <div class="sight-pictures">
        <div class="sight-main">
          <Tile key={keyOf(main.value)} model={model} picture={main.value} isMain />
          <Sizes model={model} />
        </div>
        {beside.value.length > 0 && (
          <div class="sight-beside">
            {beside.value.map((picture) => (
              <Tile key={keyOf(picture)} model={model} picture={picture} isMain={false} />
            ))}
          </div>
        )}
      </div>
    </section>
  );
}
