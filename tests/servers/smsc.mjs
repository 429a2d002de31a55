// A short message centre on npm `smpp`, for tests. It keeps what it could not deliver and comes
// again with it when its client is bound anew, as centres do.
//
// node smsc.js SMPP_PACKAGE [KEY CERTIFICATE]: prints {"port": ..., "control": ...} when it listens.
// Control over HTTP: POST /set {switches}, /deliver {system_id, ...}, /drop, /unbind; GET /seen.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [where, key, certificate] = process.argv.slice(2);
const smpp = createRequire(import.meta.url)(where);

const switches = {
  throttle: 0, // so many submits are refused with ESME_RTHROTTLED
  queue_full: 0,
  receipts: "after", // "before" the answer, "after", "hold" until /set, "none"
  stat: "DELIVRD",
  style: "both", // of receipts: "text", "tlv", "both"
  answer_ms: 0, // how long a submit waits for its answer
  answers: true, // false: submits are kept and not answered; "hold": not until /set
  alive: true, // false: enquire_link is not answered
  decimal: false, // ids in receipts are decimal
};
const users = { shop: "secret", kannel: "secret", long: "a password of more than eight" };
const routes = {}; // number -> system_id of the client that has it
const seen = { submits: [], answers: [], enquiries: 0, binds: 0, most_in_flight: 0, refused: 0 };
const held = [];
const heldAnswers = [];
const undelivered = new Map(); // system_id -> deliveries that were not answered with ESME_ROK
let next = 0xa1000;
let inFlight = 0;

const sessions = () => server.sessions.filter((session) => session.system_id);

function deliver(systemId, fields) {
  const list = undelivered.get(systemId) ?? [];
  undelivered.set(systemId, list);
  const delivery = { fields };
  list.push(delivery);
  const session = sessions().find((one) => one.system_id === systemId);
  if (session) offer(session, list, delivery);
}

function offer(session, list, delivery) {
  session.deliver_sm(delivery.fields, (answer) => {
    seen.answers.push({ status: answer.command_status });
    if (answer.command_status === 0) list.splice(list.indexOf(delivery), 1);
  });
}

function receipt(systemId, submit, id, stat) {
  const states = { DELIVRD: 2, EXPIRED: 3, UNDELIV: 5, REJECTD: 8 };
  const shown = switches.decimal ? String(parseInt(id, 16)) : id;
  const text = `id:${shown} sub:001 dlvrd:001 submit date:2611211800 done date:2611211801 stat:${stat} err:0A1 text:`;
  const fields = {
    source_addr: submit.destination_addr,
    source_addr_ton: 1,
    source_addr_npi: 1,
    destination_addr: submit.source_addr,
    esm_class: 4,
    short_message: switches.style === "tlv" ? "" : text,
  };
  if (switches.style !== "text") {
    fields.receipted_message_id = id;
    fields.message_state = states[stat];
  }
  deliver(systemId, fields);
}

function header(elements) {
  const octets = Buffer.concat(elements);
  return Buffer.concat([Buffer.from([octets.length]), octets]);
}

function submitted(session, pdu) {
  if (switches.throttle > 0 || switches.queue_full > 0) {
    seen.refused += 1;
    const isThrottled = switches.throttle > 0;
    switches[isThrottled ? "throttle" : "queue_full"] -= 1;
    const status = isThrottled ? smpp.ESME_RTHROTTLED : smpp.ESME_RMSGQFUL;
    return session.send(pdu.response({ command_status: status }));
  }
  if (pdu.destination_addr.endsWith("999")) {
    return session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
  }
  const id = (next++).toString(16);
  const { udh, message } = pdu.short_message;
  seen.submits.push({
    id,
    from: pdu.source_addr,
    from_ton: pdu.source_addr_ton,
    to: pdu.destination_addr,
    coding: pdu.data_coding,
    esm_class: pdu.esm_class,
    registered: pdu.registered_delivery,
    udh: udh ? udh.map((element) => element.toString("hex")) : null,
    text: Buffer.isBuffer(message) ? message.toString("hex") : message,
  });
  const answer = () => {
    inFlight -= 1;
    session.send(pdu.response({ message_id: id }));
  };
  const tell = () => receipt(session.system_id, pdu, id, stat);
  const stat = pdu.destination_addr.endsWith("777") ? "UNDELIV" : switches.stat;
  inFlight += 1;
  seen.most_in_flight = Math.max(seen.most_in_flight, inFlight);
  if (switches.receipts === "before") tell();
  if (switches.answers === "hold") heldAnswers.push(answer);
  else if (switches.answers) setTimeout(answer, switches.answer_ms);
  else inFlight -= 1;
  if (switches.receipts === "after") setTimeout(tell, switches.answer_ms + 5);
  if (switches.receipts === "hold") held.push(tell);
  const other = routes[pdu.destination_addr];
  if (other) {
    deliver(other, {
      source_addr: pdu.source_addr,
      source_addr_ton: pdu.source_addr_ton,
      source_addr_npi: pdu.source_addr_npi,
      destination_addr: pdu.destination_addr,
      esm_class: pdu.esm_class & 0x40,
      data_coding: pdu.data_coding,
      short_message: udh ? { udh: header(udh), message } : { message },
    });
  }
}

function accept(session) {
  session.on("error", () => {});
  session.on("bind_transceiver", (pdu) => {
    if (users[pdu.system_id] !== pdu.password) {
      session.send(pdu.response({ command_status: smpp.ESME_RBINDFAIL }));
      return session.close();
    }
    session.system_id = pdu.system_id;
    seen.binds += 1;
    session.send(pdu.response({ system_id: "centre" }));
    const list = undelivered.get(pdu.system_id) ?? [];
    for (const delivery of [...list]) offer(session, list, delivery);
  });
  session.on("enquire_link", (pdu) => {
    seen.enquiries += 1;
    if (switches.alive) session.send(pdu.response());
  });
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
  });
  session.on("submit_sm", (pdu) => submitted(session, pdu));
}

const options = key ? { key: readFileSync(key), cert: readFileSync(certificate) } : {};
const server = smpp.createServer(options, accept);

const commands = {
  "/set": (body) => {
    Object.assign(switches, body);
    if (switches.answers !== "hold") for (const answer of heldAnswers.splice(0)) answer();
    if (switches.receipts !== "hold") for (const tell of held.splice(0)) tell();
  },
  "/route": (body) => Object.assign(routes, body),
  "/deliver": ({ system_id, udh, message, octets, ...fields }) => {
    const text = octets === undefined ? message : Buffer.from(octets, "hex");
    const short = udh ? { udh: Buffer.from(udh, "hex"), message: text } : { message: text };
    deliver(system_id ?? "shop", { short_message: short, ...fields });
  },
  "/drop": () => sessions().forEach((session) => session.destroy()),
  "/unbind": () => sessions().forEach((session) => session.unbind()),
  "/raw": ({ hex }) => sessions().forEach((session) => session.socket.write(Buffer.from(hex, "hex"))),
  "/seen": () => {},
};

const control = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = chunks.length ? JSON.parse(Buffer.concat(chunks)) : {};
    commands[request.url](body);
    const left = [...undelivered.values()].reduce((sum, list) => sum + list.length, 0);
    const bound = sessions().map((session) => session.system_id);
    response.end(JSON.stringify({ ...seen, left, bound }));
  });
});

// Ends with whoever started it.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
server.listen(0, "127.0.0.1", () =>
  control.listen(0, "127.0.0.1", () => {
    const ports = { port: server.address().port, control: control.address().port };
    console.log(JSON.stringify(ports));
  }),
);
