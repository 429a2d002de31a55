import file from "lucide:file";
import again from "lucide:rotate-cw";
import cross from "lucide:x";
import { Icon, IconButton } from "@stoa/ui";
import { formats, t } from "./texts.ts";
import { removeUpload, type Upload, uploadAgain, uploads } from "./uploads.ts";

function Line({ upload }: { upload: Upload }) {
  const { name, size } = upload.file;
  const isSending = upload.state === "sending";
  return (
    <li class={`upload ${upload.state === "failed" ? "is-bad" : ""}`}>
      {upload.preview && !upload.isRefused ? (
        <img src={upload.preview} alt="" width="40" height="40" />
      ) : (
        <Icon of={file} size={22} />
      )}
      <div class="upload-words">
        <span class="one-line">{name}</span>
        {isSending ? (
          <progress
            max={1}
            value={upload.fraction}
            aria-label={t("file.progress", {
              name,
              percent: formats.value.percent(upload.fraction),
            })}
          />
        ) : upload.state === "failed" ? (
          <span class="small" role="alert">
            {upload.problem || t("file.failed", { name })}
          </span>
        ) : (
          <span class="small quiet">{formats.value.fileSize(size)}</span>
        )}
      </div>
      {upload.state === "failed" && !upload.isRefused && (
        <IconButton
          icon={again}
          label={t("file.again", { name })}
          onClick={() => uploadAgain(upload.key)}
        />
      )}
      <IconButton
        icon={cross}
        label={isSending ? t("file.cancel", { name }) : t("file.remove", { name })}
        onClick={() => removeUpload(upload.key)}
      />
    </li>
  );
}

export function FileList() {
  if (uploads.value.length === 0) return null;
  return (
    <ul class="uploads" aria-label={t("file.list")}>
      {uploads.value.map((upload) => (
        <Line key={upload.key} upload={upload} />
      ))}
    </ul>
  );
}
