import ellipsis from "lucide:ellipsis";
import userPlus from "lucide:user-plus";
import { useSignal } from "@preact/signals";
import { LANGUAGE_NAMES, TAGS, type Tag } from "@stoa/i18n";
import {
  Avatar,
  Badge,
  Button,
  Dialog,
  Icon,
  Menu,
  SelectField,
  Skeleton,
  showToast,
  TextField,
} from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  changeStaff,
  type IssuedLink,
  invite,
  issueLink,
  listStaff,
  type Role,
  type Staff,
} from "../api/session.ts";
import { perform } from "../app/act.ts";
import { useForm, wordsFor } from "../app/form.ts";
import { SinglePane } from "../app/panes.tsx";
import { resource } from "../app/resource.ts";
import { formats, language, t } from "../app/texts.ts";
import { FormProblem } from "../session/gate.tsx";
import { changeStart, me } from "../session/store.ts";
import { SkillsDialog } from "./skills.tsx";

const ROLES = {
  agent: "role.agent",
  supervisor: "role.supervisor",
  administrator: "role.administrator",
} as const;
const ROLE_LIST: readonly Role[] = ["agent", "supervisor", "administrator"];

function IssuedDialog({ issued, onClose }: { issued: IssuedLink; onClose: () => void }) {
  const copy = async () => {
    await navigator.clipboard.writeText(issued.url);
    showToast({ text: t("people.copied"), tone: "good" });
  };
  return (
    <Dialog title={t("people.linkTitle")} closeLabel={t("action.close")} onClose={onClose} wide>
      <div class="stack">
        <p>
          {t("people.linkText", {
            name: issued.staff.name,
            until: formats().dateTime(issued.expires_at),
          })}
        </p>
        <div class="secret">
          <div class="grow">
            <TextField
              label={t("people.linkTitle")}
              hideLabel
              readOnly
              value={issued.url}
              onFocus={(event) => event.currentTarget.select()}
            />
          </div>
          <Button look="primary" onClick={() => perform(copy)}>
            {t("people.copy")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function InviteDialog({
  onDone,
  onClose,
}: {
  onDone: (link: IssuedLink) => void;
  onClose: () => void;
}) {
  const name = useSignal("");
  const email = useSignal("");
  const role = useSignal<Role>("agent");
  const locale = useSignal<Tag>(language.peek());
  const form = useForm(() => [name.peek(), email.peek(), role.peek(), locale.peek()]);
  const onSubmit = form.submit(async () => {
    const body = { name: name.value.trim(), email: email.value.trim() };
    onDone(await invite({ ...body, role: role.value, locale: locale.value }));
  });
  return (
    <Dialog
      title={t("people.invite")}
      closeLabel={t("action.close")}
      onClose={() => form.leave(onClose)}
    >
      <form class="stack" onSubmit={onSubmit} noValidate>
        <FormProblem text={form.summary()} />
        <TextField
          label={t("people.name")}
          value={name.value}
          autofocus
          error={form.errorOf("name")}
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <TextField
          label={t("signin.email")}
          type="email"
          value={email.value}
          error={form.errorOf("email")}
          onInput={(event) => (email.value = event.currentTarget.value)}
        />
        <div class="columns">
          <SelectField
            label={t("people.role")}
            value={role.value}
            options={ROLE_LIST.map((one) => [one, t(ROLES[one])] as const)}
            onChange={(event) => (role.value = event.currentTarget.value as Role)}
          />
          <SelectField
            label={t("signin.language")}
            value={locale.value}
            options={TAGS.map((tag) => [tag, LANGUAGE_NAMES[tag]] as const)}
            onChange={(event) => (locale.value = event.currentTarget.value as Tag)}
          />
        </div>
        <Button look="primary" type="submit" busy={form.isBusy.value}>
          {t("people.invite")}
        </Button>
      </form>
    </Dialog>
  );
}

interface RowProps {
  person: Staff;
  onChange: (changed: Staff) => void;
  onLink: (link: IssuedLink) => void;
}

function PersonRow({ person, onChange, onLink }: RowProps) {
  const isMe = person.id === me.value?.id;
  const isTeaching = useSignal(false);
  const change = (body: Parameters<typeof changeStaff>[1]) =>
    perform(async () => onChange(await changeStaff(person.id, body)));
  const items = [
    { label: t("people.skillsEdit"), run: () => (isTeaching.value = true) },
    {
      label: t(person.has_password ? "people.resetLink" : "people.inviteAgain"),
      run: () => void perform(async () => onLink(await issueLink(person.id))),
    },
    ...ROLE_LIST.filter((role) => role !== person.role && !isMe).map((role) => ({
      label: t("people.makeRole", { role: t(ROLES[role]) }),
      run: () => void change({ role }),
    })),
    ...(isMe
      ? []
      : [
          {
            label: t(person.is_active ? "people.deactivate" : "people.activate"),
            run: () => void change({ is_active: !person.is_active }),
          },
        ]),
  ];
  return (
    <li class="block-row">
      <Avatar name={person.name} />
      <span class="grow">
        {person.name}
        <span class="quiet block">{person.email}</span>
      </span>
      {person.languages.length > 0 && <Badge>{person.languages.join(" ").toUpperCase()}</Badge>}
      {person.skills.map((skill) => (
        <Badge key={skill} tone="action">
          {skill}
        </Badge>
      ))}
      {!person.is_active && <Badge tone="bad">{t("people.inactive")}</Badge>}
      {person.is_active && !person.has_password && <Badge tone="warn">{t("people.invited")}</Badge>}
      <Badge>{t(ROLES[person.role])}</Badge>
      <Menu label={`${t("action.more")}: ${person.name}`} items={items}>
        <Icon of={ellipsis} />
      </Menu>
      {isTeaching.value && (
        <SkillsDialog
          person={person}
          onClose={() => (isTeaching.value = false)}
          onDone={(changed) => {
            isTeaching.value = false;
            onChange(changed);
          }}
        />
      )}
    </li>
  );
}

/** The members of staff, their roles and rights to be here. */
export function PeoplePage() {
  const list = useMemo(() => resource(async () => (await listStaff()).items), []);
  useEffect(() => void list.load(), [list]);
  const isInviting = useSignal(false);
  const issued = useSignal<IssuedLink | null>(null);
  const { value, error } = list.state.value;
  const take = (changed: Staff) => {
    list.change((staff) => staff.map((one) => (one.id === changed.id ? changed : one)));
    changeStart({ staff: [...(list.state.peek().value ?? [])] });
  };
  return (
    <SinglePane>
      <header class="pane-head">
        <h1 class="grow">{t("nav.people")}</h1>
        <Button look="primary" icon={userPlus} onClick={() => (isInviting.value = true)}>
          {t("people.invite")}
        </Button>
      </header>
      <div class="page">
        {error && <FormProblem text={wordsFor(error)} />}
        {!value && !error && <Skeleton lines={5} />}
        <ul class="block-list">
          {value?.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              onChange={take}
              onLink={(link) => (issued.value = link)}
            />
          ))}
        </ul>
      </div>
      {isInviting.value && (
        <InviteDialog
          onClose={() => (isInviting.value = false)}
          onDone={(link) => {
            isInviting.value = false;
            issued.value = link;
            void list.load();
          }}
        />
      )}
      {issued.value && <IssuedDialog issued={issued.value} onClose={() => (issued.value = null)} />}
    </SinglePane>
  );
}
