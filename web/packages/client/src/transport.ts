import type { PollAnswer, PollRequest } from "@stoa/protocol";

/** A way to the server. It tells of frames, and once of its end: 0 when the line simply failed. */
export interface Transport {
  send(text: string): void;
  /** How much waits on this side of the line, in bytes or a little less. */
  unsent(): number;
  close(): void;
}

export interface Listener {
  frame(text: string): void;
  closed(code: number): void;
}

export function openSocket(base: string, hello: string, listener: Listener): Transport {
  const socket = new WebSocket(`${base.replace(/^http/, "ws")}/realtime`);
  let isOver = false;
  const end = (code: number) => {
    if (isOver) return;
    isOver = true;
    listener.closed(code);
  };
  socket.onopen = () => socket.send(hello);
  socket.onmessage = (message) => isOver || listener.frame(message.data as string);
  socket.onclose = (event) => end(event.code);
  socket.onerror = () => end(0);
  return {
    send: (text) => socket.readyState === 1 && socket.send(text),
    unsent: () => socket.bufferedAmount,
    close: () => {
      isOver = true;
      socket.close();
    },
  };
}

const RETRIES = 4;

/** The same frames over requests. Frames are numbered on both sides, so a repeat is harmless. */
export function openPoll(base: string, hello: string, listener: Listener): Transport {
  const unsent = [hello]; // what the server has not yet said it took
  let first = 0; // the number of unsent[0]
  let received = 0;
  let key: string | undefined;
  let turn = 0; // the newest request; older ones only deliver what they bring
  let isOver = false;
  let isScheduled = false;

  const end = (code: number) => {
    if (isOver) return;
    isOver = true;
    listener.closed(code);
  };

  const post = (body: PollRequest, keepalive = false) =>
    fetch(`${base}/realtime/poll`, {
      method: "POST",
      body: JSON.stringify(body),
      keepalive,
      signal: AbortSignal.timeout(40_000),
    });

  const take = (answer: PollAnswer) => {
    const taken = Math.max(0, answer.taken - first);
    unsent.splice(0, taken);
    first += taken;
    answer.frames.forEach((text, index) => {
      if (isOver || answer.first + index < received) return;
      received = answer.first + index + 1;
      listener.frame(text);
    });
    if (answer.close) end(answer.close);
  };

  const ask = async () => {
    const mine = ++turn;
    for (let failures = 0; !isOver && mine === turn; ) {
      try {
        const response = await post(
          key
            ? { connection: key, received, sent: first, frames: unsent.slice(0, 100) }
            : { frames: unsent.slice(0, 1) },
        );
        if (isOver) return;
        if (response.status === 404 || response.status === 503) return end(0);
        if (!response.ok) throw new Error(String(response.status));
        const answer = (await response.json()) as PollAnswer;
        key = answer.connection;
        failures = 0;
        take(answer);
      } catch {
        if (!key || ++failures > RETRIES) return end(0);
        await new Promise((resolve) => setTimeout(resolve, 500 * failures));
      }
    }
  };

  void ask();
  return {
    send: (text) => {
      unsent.push(text);
      if (isScheduled || !key) return;
      isScheduled = true;
      setTimeout(() => {
        isScheduled = false;
        if (!isOver) void ask();
      });
    },
    unsent: () => unsent.reduce((sum, text) => sum + text.length, 0),
    close: () => {
      isOver = true;
      if (key) void post({ connection: key, is_leaving: true }, true).catch(() => {});
    },
  };
}
