import alert from "lucide:circle-alert";
import file from "lucide:file";
import close from "lucide:x";
import { Icon, IconButton, Spinner } from "@stoa/ui";
import { wordsFor } from "../app/form.ts";
import { formats, t } from "../app/texts.ts";
import type { Composer } from "./composer-store.ts";

/** The files that will go with the message, each with how far it is. */
export function UploadList({ store }: { store: Composer }) {
  const uploads = store.uploads.value;
  if (uploads.length === 0 || store.isNote.value) return null;
  return (
    <ul class="uploads">
      {uploads.map(({ key, file: its, attachment, error }) => (
        <li key={key} class={error ? "has-error" : ""}>
          {error ? (
            <Icon of={alert} size={16} />
          ) : attachment ? (
            <Icon of={file} size={16} />
          ) : (
            <Spinner label={t("upload.running")} />
          )}
          <span class="uploads-name">{its.name}</span>
          <span class="quiet">{error ? wordsFor(error) : formats().fileSize(its.size)}</span>
          <IconButton
            icon={close}
            label={t("upload.remove", { name: its.name })}
            onClick={() => store.removeUpload(key)}
          />
        </li>
      ))}
    </ul>
  );
}
