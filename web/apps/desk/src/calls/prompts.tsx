import play from "lucide:play";
import square from "lucide:square";
import trash from "lucide:trash-2";
import upload from "lucide:upload";
import { useSignal } from "@preact/signals";
import { Badge, Banner, Button, SelectField, Skeleton, showToast } from "@stoa/ui";
import { useEffect, useMemo, useRef } from "preact/hooks";
import {
  dropPrompt,
  listPrompts,
  type PromptsView,
  type PromptText,
  type PromptView,
  promptUrl,
  recordPrompt,
} from "../api/prompts.ts";
import { useAct } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { resource } from "../app/resource.ts";
import { formats, language, maybeText, t } from "../app/texts.ts";
import { openSound } from "./sound.ts";

function nameOf(key: string): string {
  return maybeText(`prompt.${key}`) ?? key.replaceAll("_", " ");
}

/** Listens to a prompt as callers hear it now. A new recording is another sound. */
function Listen({ url, name }: { url: string; name: string }) {
  const act = useAct();
  const isPlaying = useSignal(false);
  const sound = useMemo(() => openSound(url), [url]);
  useEffect(() => {
    sound.listen({ onTime: () => {}, onPlaying: (isOn) => (isPlaying.value = isOn) });
    return sound.close;
  }, [sound]);
  return (
    <Button
      small
      icon={isPlaying.value ? square : play}
      busy={act.isBusy}
      aria-label={`${t(isPlaying.value ? "prompts.stop" : "prompts.listen")}: ${name}`}
      onClick={() => act.run(() => (isPlaying.peek() ? sound.pause() : sound.play()))}
    >
      {t(isPlaying.value ? "prompts.stop" : "prompts.listen")}
    </Button>
  );
}

interface RowProps {
  shopId: string;
  prompt: PromptView;
  text: PromptText;
  take: (prompts: PromptsView) => void;
}

function PromptRow({ shopId, prompt, text, take }: RowProps) {
  const act = useAct();
  const chooser = useRef<HTMLInputElement>(null);
  const { key, max_seconds } = prompt;
  const { locale, own, words } = text;
  const name = nameOf(key);
  const url = promptUrl(shopId, key, locale);
  const send = (file: File | undefined) => {
    if (!file) return;
    void act.run(async () => {
      take(await recordPrompt(shopId, key, locale, file));
      showToast({ text: t("prompts.recorded", { name }), tone: "good" });
    });
  };
  return (
    <li class="block-row prompt-row">
      <span class="grow">
        <strong>{name}</strong> {own && <Badge tone="good">{t("prompts.own")}</Badge>}
        {words && (
          <span class="quiet block" lang={locale}>
            {words}
          </span>
        )}
        <span class="quiet block">
          {own
            ? t("prompts.ownFacts", {
                duration: formats().duration(own.duration_ms / 1000),
                date: formats().date(own.updated_at),
              })
            : t("prompts.longest", { duration: formats().duration(max_seconds) })}
        </span>
      </span>
      <Listen url={`${url}${own ? `#${own.updated_at}` : ""}`} name={name} />
      <input
        ref={chooser}
        type="file"
        accept="audio/*"
        hidden
        onChange={(event) => {
          send(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      <Button
        small
        icon={upload}
        busy={act.isBusy}
        aria-label={`${t("prompts.upload")}: ${name}`}
        onClick={() => chooser.current?.click()}
      >
        {t("prompts.upload")}
      </Button>
      {own && (
        <Button
          small
          look="quiet"
          icon={trash}
          aria-label={`${t("prompts.remove")}: ${name}`}
          onClick={() => act.run(async () => take(await dropPrompt(shopId, key, locale)))}
        >
          {t("prompts.remove")}
        </Button>
      )}
    </li>
  );
}

/** What callers hear while they wait: to be listened to, and to be said in the shop's own voice. */
export function PromptsPart({ shopId, locales }: { shopId: string; locales: readonly string[] }) {
  const source = useMemo(() => resource(() => listPrompts(shopId)), [shopId]);
  useEffect(() => void source.load(), [source]);
  const first = locales.includes(language.peek()) ? language.peek() : (locales[0] ?? "en");
  const chosen = useSignal<string>(first);
  const { value, error } = source.state.value;
  if (error) return <Failed error={error} retry={source.load} small />;
  if (!value) return <Skeleton lines={5} />;
  const rows = value.prompts.flatMap((prompt) =>
    prompt.texts
      .filter(({ locale }) => locale === "" || locale === chosen.value)
      .map((text) => ({ prompt, text })),
  );
  return (
    <div class="stack">
      <p class="page-intro">{t("prompts.intro")}</p>
      {!value.is_spoken && <Banner tone="warn">{t("prompts.mute")}</Banner>}
      <div class="prompt-language">
        <SelectField
          label={t("prompts.language")}
          value={chosen.value}
          options={locales.map((tag) => [tag, formats().languageName(tag)] as const)}
          onChange={(event) => (chosen.value = event.currentTarget.value)}
        />
      </div>
      <ul class="block-list">
        {rows.map(({ prompt, text }) => (
          <PromptRow
            key={`${prompt.key}${text.locale}`}
            take={(prompts) => source.change(() => prompts)}
            {...{ shopId, prompt, text }}
          />
        ))}
      </ul>
    </div>
  );
}
