import { computed, signal } from "@preact/signals";
import { boot } from "./boot.ts";
import { authorization } from "./line.ts";
import { formats, t, tag } from "./texts.ts";
import { newClientId } from "./timeline.ts";
import type { AttachmentView } from "./types.ts";

export const FILES_MAX = 10;
/** Too large, or of a kind that is not passed on. */
const REFUSALS = new Set([413, 415]);

export interface Upload {
  readonly key: string;
  readonly file: File;
  /** The address of a picture's bytes in this page, "" for other files. */
  readonly preview: string;
  readonly fraction: number;
  readonly state: "sending" | "done" | "failed";
  readonly problem?: string;
  /** The same file would be refused again. */
  readonly isRefused?: boolean;
  readonly attachment?: AttachmentView;
}

export const uploads = signal<readonly Upload[]>([]);
/** One sentence about files that were not taken. */
export const refusal = signal("");
export const isUploading = computed(() => uploads.value.some((one) => one.state === "sending"));

const requests = new Map<string, XMLHttpRequest>();

function change(key: string, to: Partial<Upload>) {
  uploads.value = uploads.value.map((one) => (one.key === key ? { ...one, ...to } : one));
}

/** The files are on their way, each with its own progress; what cannot be taken is named. */
export function addFiles(files: Iterable<File>): void {
  refusal.value = "";
  for (const file of files) {
    if (uploads.value.length >= FILES_MAX) {
      refusal.value = t("file.tooMany", { count: FILES_MAX });
      return;
    }
    if (file.size > boot.attachment_max_bytes) {
      const size = formats.value.fileSize(boot.attachment_max_bytes);
      refusal.value = t("file.tooLarge", { name: file.name, size });
      continue;
    }
    const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : "";
    const upload: Upload = { key: newClientId(), file, preview, fraction: 0, state: "sending" };
    uploads.value = [...uploads.value, upload];
    start(upload);
  }
}

/* XMLHttpRequest, because fetch cannot tell how much has been sent. */
function start({ key, file }: Upload) {
  const request = new XMLHttpRequest();
  requests.set(key, request);
  request.open("POST", "/api/attachments");
  request.responseType = "json";
  request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
  request.setRequestHeader("X-Stoa-Locale", tag.value);
  const bearer = authorization();
  if (bearer) request.setRequestHeader("Authorization", bearer);
  request.upload.onprogress = ({ loaded, total }) =>
    change(key, { fraction: loaded / (total || 1) });
  request.onload = () => {
    if (request.status >= 200 && request.status < 300) {
      change(key, { state: "done", fraction: 1, attachment: request.response as AttachmentView });
    } else {
      const problem = (request.response as Problem | null)?.title ?? "";
      change(key, { state: "failed", problem, isRefused: REFUSALS.has(request.status) });
    }
  };
  request.onerror = () => change(key, { state: "failed", problem: "" });
  request.send(file);
}

interface Problem {
  readonly title?: string;
}

export function uploadAgain(key: string): void {
  const upload = uploads.value.find((one) => one.key === key);
  if (!upload) return;
  change(key, { state: "sending", fraction: 0, problem: "" });
  start(upload);
}

/** The file is not sent, or no longer part of the message. */
export function removeUpload(key: string): void {
  requests.get(key)?.abort();
  requests.delete(key);
  const upload = uploads.value.find((one) => one.key === key);
  if (upload?.preview) URL.revokeObjectURL(upload.preview);
  uploads.value = uploads.value.filter((one) => one.key !== key);
  refusal.value = "";
}

/** Returns what has been stored and empties the list. */
export function takeUploads(): AttachmentView[] {
  const done = uploads.value.flatMap((one) => one.attachment ?? []);
  for (const { key } of uploads.value) removeUpload(key);
  return done;
}
