// Runs the client under Node for tests of the server's side: orders come in as JSON lines, and what
// the client tells goes out as JSON lines.
import { createInterface } from "node:readline";
import { Client, Refusal } from "../src/index.ts";

interface Order {
  op: "subscribe" | "command" | "signal" | "reconnect" | "close";
  topic: string;
  after: number | null;
  name: string;
  data: never;
  tag: string;
}

const tell = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const [base, token] = process.argv.slice(2) as [string, string];
const client = new Client({ base, surface: "counter", locale: "en", token: () => token });
client.onState((state) => tell({ state, transport: client.transport, problem: client.problem }));
client.onSignal("typing" as never, (data, topic) => tell({ signal: data, topic }));

const operations: Record<Order["op"], (order: Order) => void> = {
  subscribe: ({ topic, after }) => {
    client.subscribe(topic, {
      after,
      event: ({ seq, data }) => tell({ event: seq, topic, data }),
      refused: (problem) => tell({ refused: problem.code, topic }),
      resync: async () => {
        tell({ resync: topic });
        return null;
      },
    });
  },
  command: ({ name, data, tag }) => {
    client.command(name as never, data).then(
      () => tell({ done: tag }),
      (error) => tell({ failed: tag, code: error instanceof Refusal ? error.problem.code : "" }),
    );
  },
  signal: ({ name, data }) => client.signal(name as never, data),
  reconnect: () => client.reconnect(),
  close: () => client.close(),
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const order = JSON.parse(line) as Order;
    operations[order.op](order);
  })
  .on("close", () => process.exit(0));
