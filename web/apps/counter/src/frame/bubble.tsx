import again from "lucide:rotate-cw";
import trash from "lucide:trash-2";
import { Button } from "@stoa/ui";
import { CardView } from "./cards.tsx";
import { attachmentKey, discard, sendAgain } from "./chat.ts";
import { isOnlyEmoji, linked } from "./links.ts";
import { sentence } from "./problem.ts";
import { formats, t } from "./texts.ts";
import type { Pending } from "./timeline.ts";
import type { AttachmentView, MessageView } from "./types.ts";

function Words({ text }: { text: string }) {
  return (
    <p class={`words ${isOnlyEmoji(text) ? "is-large" : ""}`}>
      {linked(text).map(({ text: part, href }, index) =>
        href ? (
          <a key={index} href={href} target="_blank" rel="noopener noreferrer nofollow ugc">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </p>
  );
}

function address(attachment: AttachmentView, part = ""): string {
  const key = attachmentKey.value ? `?key=${encodeURIComponent(attachmentKey.value)}` : "";
  return `/api/attachments/${attachment.id}${part}${key}`;
}

function FileLink({ file }: { file: AttachmentView }) {
  const label = t("file.open", { name: file.file_name });
  const isPicture = file.has_preview && file.width && file.height;
  return (
    <a
      class={isPicture ? "picture" : "file"}
      href={address(file)}
      target="_blank"
      rel="noopener"
      aria-label={label}
    >
      {isPicture ? (
        <img
          src={address(file, "/preview")}
          alt=""
          width={file.width ?? undefined}
          height={file.height ?? undefined}
          loading="lazy"
        />
      ) : (
        <>
          <span class="file-name">{file.file_name}</span>
          <span class="quiet">{formats.value.fileSize(file.size_bytes)}</span>
        </>
      )}
    </a>
  );
}

function Files({ list }: { list: readonly AttachmentView[] | undefined }) {
  if (!list?.length) return null;
  return (
    <div class="files">
      {list.map((file) => (
        <FileLink key={file.id} file={file} />
      ))}
    </div>
  );
}

export function Bubble({ message, isMine }: { message: MessageView; isMine: boolean }) {
  const { card, body } = message;
  return (
    <div class={`bubble ${isMine ? "is-mine" : ""} ${card ? "is-card" : ""}`}>
      {body && <Words text={body} />}
      {card && <CardView card={card} />}
      <Files list={message.attachments} />
    </div>
  );
}

/** A message that is on its way, or did not get there. */
export function PendingBubble({ message }: { message: Pending }) {
  const isFailed = message.state === "failed";
  const status = t(`message.${message.state}`);
  return (
    <li class="group is-mine">
      <div class="bubble is-mine">
        {message.body && <Words text={message.body} />}
        <Files list={message.attachments} />
      </div>
      <p class={`group-foot ${isFailed ? "is-bad" : ""}`} role={isFailed ? "alert" : undefined}>
        {isFailed ? (
          `${status}. ${sentence(message.problem)}`
        ) : (
          <span class="receipt">{status}</span>
        )}
      </p>
      {isFailed && (
        <div class="row">
          <Button small icon={again} onClick={() => sendAgain(message.client_id)}>
            {t("message.again")}
          </Button>
          <Button small look="quiet" icon={trash} onClick={() => discard(message.client_id)}>
            {t("message.discard")}
          </Button>
        </div>
      )}
    </li>
  );
}
