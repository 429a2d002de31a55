import { useSignal } from "@preact/signals";
import { Banner, Button, Dialog, Skeleton } from "@stoa/ui";
import { useEffect, useMemo } from "preact/hooks";
import {
  type CustomerPage,
  dismissProposal,
  type Evidence,
  listProposals,
  type MergeProposalView,
} from "../api/customers.ts";
import { useAct } from "../app/act.ts";
import { Failed } from "../app/failed.tsx";
import { resource } from "../app/resource.ts";
import { go } from "../app/router.ts";
import { t } from "../app/texts.ts";
import type { Take } from "./customer.tsx";
import { nameOf } from "./line.tsx";
import { MergeDialog } from "./merging.tsx";
import { loadCustomers } from "./store.ts";
import { ct } from "./words.ts";

function wordsOf({ kind, value, first, second }: Evidence): string {
  if (kind === "same_name") return ct("evidence.name", { value });
  const isProven = first === "verified" || second === "verified";
  return ct(isProven ? "evidence.proven" : "evidence.claimed", { value });
}

interface ProposalProps {
  proposal: MergeProposalView;
  onDone: () => void;
  onMerged: Take;
  /** The one on whose page it is shown stays unless the agent turns it round. */
  stayingId?: string;
}

function Proposal({ proposal, onDone, onMerged, stayingId }: ProposalProps) {
  const act = useAct();
  const isComparing = useSignal(false);
  const { first, second } = proposal;
  const [stays, goes] = stayingId === second.id ? [second, first] : [first, second];
  const dismiss = () =>
    act.run(async () => {
      await dismissProposal(proposal.id);
      onDone();
    });
  return (
    <div class="customer-proposal">
      <strong>
        {nameOf(stays)} · {nameOf(goes)}
      </strong>
      <ul>
        {proposal.evidence.map((evidence) => (
          <li key={evidence.kind + evidence.value}>{wordsOf(evidence)}</li>
        ))}
      </ul>
      <div class="row wrap">
        <Button small look="primary" onClick={() => (isComparing.value = true)}>
          {ct("proposal.look")}
        </Button>
        <Button small busy={act.isBusy} onClick={() => void dismiss()}>
          {ct("proposal.different")}
        </Button>
      </div>
      {isComparing.value && (
        <MergeDialog
          intoId={stays.id}
          fromId={goes.id}
          onClose={() => (isComparing.value = false)}
          onMerged={onMerged}
        />
      )}
    </div>
  );
}

/** On a customer's page: who may be the same person. */
export function Proposals(props: { page: CustomerPage; take: Take; reload: () => void }) {
  const { page, take, reload } = props;
  if (page.proposals.length === 0) return null;
  return (
    <Banner tone="action">
      <div class="stack">
        <strong>{ct("proposals")}</strong>
        {page.proposals.map((proposal) => (
          <Proposal
            key={proposal.id}
            proposal={proposal}
            stayingId={page.id}
            onDone={reload}
            onMerged={(merged) => {
              take(merged);
              go({ page: "customers", id: merged.id });
            }}
          />
        ))}
      </div>
    </Banner>
  );
}

/** All pairs that wait to be decided on. */
export function ProposalsDialog({ onClose }: { onClose: () => void }) {
  const source = useMemo(() => resource(listProposals), []);
  useEffect(() => void source.load(), [source]);
  const { value, error } = source.state.value;
  const reload = () => {
    void source.load();
    void loadCustomers();
  };
  return (
    <Dialog title={ct("proposals")} closeLabel={t("action.close")} onClose={onClose} wide>
      <div class="stack">
        {!value && !error && <Skeleton lines={4} />}
        {error && !value && <Failed error={error} retry={source.load} small />}
        {value?.items.length === 0 && <p class="quiet">{ct("proposals.none")}</p>}
        {value?.items.map((proposal) => (
          <Proposal
            key={proposal.id}
            proposal={proposal}
            onDone={reload}
            onMerged={(merged) => {
              reload();
              onClose();
              go({ page: "customers", id: merged.id });
            }}
          />
        ))}
      </div>
    </Dialog>
  );
}
