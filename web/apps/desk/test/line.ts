import type { ClientFrame, ServerFrame } from "@stoa/protocol";
import { openLine } from "../src/app/live.ts";

/** The server's end of the line, in the hand of a test. */
export interface FakeLine {
  readonly say: (frame: ServerFrame) => void;
  readonly sent: ClientFrame[];
  readonly close: () => void;
}

/** Opens the desk's line to a server that says what the test has it say. */
export function openFakeLine(): FakeLine {
  const sent: ClientFrame[] = [];
  let hear: (message: { data: string }) => void = () => {};
  class Socket {
    readonly readyState = 1;
    readonly bufferedAmount = 0;
    set onmessage(listener: typeof hear) {
      hear = listener;
    }
    set onopen(listener: () => void) {
      queueMicrotask(listener);
    }
    send(text: string): void {
      sent.push(JSON.parse(text));
    }
    close(): void {}
  }
  Object.assign(globalThis, { WebSocket: Socket });
  const close = openLine(() => {});
  const say = (frame: ServerFrame) => hear({ data: JSON.stringify(frame) });
  say({
    t: "welcome",
    session: "s",
    version: 1,
    server_time: new Date().toISOString(),
    ping_seconds: 25,
    max_frame_bytes: 65536,
  });
  return { say, sent, close };
}

/** Whoever asks the server waits until the test answers. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly answer: (body: unknown, status?: number) => Promise<void>;
}

/** Takes the place of the server's HTTP; returns the questions in the order in which they came. */
export function holdQuestions(): Asked[] {
  const asked: Asked[] = [];
  globalThis.fetch = ((path: string, { method = "GET", body }: RequestInit = {}) =>
    new Promise<Response>((resolve) => {
      const answer = async (content: unknown, status = 200) => {
        resolve(new Response(JSON.stringify(content), { status }));
        await settled();
      };
      asked.push({ method, path, body: body ? JSON.parse(String(body)) : null, answer });
    })) as typeof fetch;
  return asked;
}

/** Returns once everything that follows from an answer has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
