import { language } from "./texts.ts";

export interface FieldProblem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** The server's refusal (RFC 9457), its words already in the reader's language. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldProblem[];

  constructor(status: number, code: string, message: string, fields: readonly FieldProblem[]) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }

  /** Returns what is wrong with one field, if anything. */
  of(field: string): string | undefined {
    return this.fields.find((problem) => problem.field === field)?.message;
  }
}

/** Nothing came back: the network or the server is away. */
export class Unreachable extends Error {}

const listeners = new Set<() => void>();
let session = 0;

/** Somebody has signed in: what was asked before says nothing of them, however late it is answered. */
export function beginSession(): void {
  session += 1;
}

/** Calls `listener` whenever the server says that nobody is signed in. */
export function onSignedOut(listener: () => void): void {
  listeners.add(listener);
}

interface ProblemBody {
  type?: string;
  title?: string;
  detail?: string;
  errors?: FieldProblem[];
}

async function refusal(response: Response): Promise<Problem> {
  const body: ProblemBody = await response.json().catch(() => ({}));
  const code = body.type?.replace(/^urn:stoa:problem:/, "") ?? "error";
  const message = body.detail ?? body.title ?? response.statusText;
  return new Problem(response.status, code, message, body.errors ?? []);
}

/* A server that is there begins its answer within this; whoever waits is told rather than left. */
const ANSWER_MS = 10_000;

async function request(
  method: string,
  path: string,
  body: BodyInit | null,
  extra: Record<string, string> = {},
): Promise<Response> {
  const headers = new Headers({
    Accept: "application/json",
    ...extra,
    "Accept-Language": language.peek(),
    "X-Stoa-Request": "1",
  });
  const askedIn = session;
  const patience = new AbortController();
  // Only what is read: given up, a change might be called failed and have happened.
  const timer = method === "GET" ? setTimeout(() => patience.abort(), ANSWER_MS) : undefined;
  const how = { method, headers, body, signal: patience.signal };
  const response = await fetch(path, { ...how, credentials: "same-origin" })
    .catch((error: unknown) => {
      throw new Unreachable("The server cannot be reached.", { cause: error });
    })
    .finally(() => clearTimeout(timer));
  if (response.ok) return response;
  if (response.status === 401 && askedIn === session) for (const listener of listeners) listener();
  throw await refusal(response);
}

async function send(...how: Parameters<typeof request>) {
  const response = await request(...how);
  return response.status === 204 ? undefined : response.json();
}

type Query = Record<string, string | number | boolean | null | undefined>;

function withQuery(path: string, query: Query): string {
  const known = Object.entries(query).filter(([, value]) => value != null && value !== "");
  const search = new URLSearchParams(known.map(([key, value]) => [key, String(value)]));
  return search.size ? `${path}?${search}` : path;
}

const json = (method: string) => (path: string, body?: unknown) =>
  body === undefined
    ? send(method, path, null)
    : send(method, path, JSON.stringify(body), { "Content-Type": "application/json" });

const file = (method: string) => (path: string, content: File) =>
  send(method, path, content, {
    "Content-Type": content.type || "application/octet-stream",
    "X-File-Name": encodeURIComponent(content.name),
  });

/* The answer's shape is what the server's schemas say; the callers in api.ts name it. */
export const http = {
  get: (path: string, query: Query = {}) => send("GET", withQuery(path, query), null),
  /** Fetches a file's bytes. */
  bytes: async (path: string) => (await request("GET", path, null, { Accept: "*/*" })).blob(),
  post: json("POST"),
  put: json("PUT"),
  patch: json("PATCH"),
  delete: json("DELETE"),
  /** Sends a file's bytes as the body, its name beside it. */
  upload: file("POST"),
  putFile: file("PUT"),
};
