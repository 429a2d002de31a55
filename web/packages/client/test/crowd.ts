// Many customers at once, each with a client of its own, talking until told to stop. What was
// acknowledged and what was heard is told at the end, as one line of JSON.
import { createInterface } from "node:readline";
import { Client } from "../src/index.ts";

interface Member {
  token: string;
  conversation: string;
}

interface Account {
  conversation: string;
  sent: string[];
  acknowledged: string[];
  refused: string[];
  heard: [seq: number, clientId: string][];
  repeats: number;
  states: string[];
  longestMs: number;
}

const [base, pauseMs] = process.argv.slice(2) as [string, string];
let isTalking = true;
const accounts: Account[] = [];
const clients: Client[] = [];

function join({ token, conversation }: Member, number: number): Promise<void> {
  const account: Account = {
    conversation,
    sent: [],
    acknowledged: [],
    refused: [],
    heard: [],
    repeats: 0,
    states: [],
    longestMs: 0,
  };
  accounts.push(account);
  const client = new Client({ base, surface: "counter", locale: "en", token: () => token });
  clients.push(client);
  client.onState((state) => account.states.push(state));
  let last = 0;
  client.subscribe(`conversation:${conversation}`, {
    after: 0,
    event: ({ seq, type, data }) => {
      if (seq <= last) account.repeats++;
      last = seq;
      const { message } = data as { message?: { client_id: string } };
      account.heard.push([seq, type === "message.added" ? (message?.client_id ?? "") : ""]);
    },
    resync: () => Promise.reject(new Error("the log reaches back far enough")),
  });
  const talk = () => {
    if (!isTalking) return;
    const id = `crowd-${number}-${account.sent.length}-${conversation.slice(-8)}`;
    account.sent.push(id);
    const began = Date.now();
    client.command("message.send", { conversation_id: conversation, client_id: id, body: id }).then(
      () => {
        account.acknowledged.push(id);
        account.longestMs = Math.max(account.longestMs, Date.now() - began);
      },
      () => account.refused.push(id),
    );
    setTimeout(talk, Number(pauseMs) * (0.5 + Math.random()));
  };
  return new Promise((resolve) => {
    const stop = client.onState((state) => {
      if (state !== "live") return;
      stop();
      setTimeout(talk, Math.random() * Number(pauseMs));
      resolve();
    });
  });
}

function isSettled({ sent, acknowledged, refused, heard }: Account): boolean {
  const known = new Set(heard.map(([, id]) => id));
  return (
    acknowledged.length + refused.length === sent.length &&
    acknowledged.every((id) => known.has(id))
  );
}

async function settle(): Promise<void> {
  isTalking = false;
  const until = Date.now() + 90_000;
  while (!accounts.every(isSettled) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const orders: Record<string, (argument: string) => Promise<void>> = {
  join: async (members) => {
    await Promise.all((JSON.parse(members) as Member[]).map(join));
    process.stdout.write('{"joined":true}\n');
  },
  stop: async () => {
    await settle();
    process.stdout.write(`${JSON.stringify({ accounts })}\n`);
    for (const client of clients) client.close();
  },
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [name, argument] = line.split(/ (.*)/s) as [string, string];
    void orders[name]?.(argument);
  })
  .on("close", () => process.exit(0));
