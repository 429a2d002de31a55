import { command, serverNow } from "../line.ts";

/** Credentials of relays are asked for again this long before they run out. */
const EARLY_MS = 60_000;
/** Without an end they are asked for again in a while: settings change. */
const USUAL_MS = 600_000;
const KEY = "stoa.counter.relays";

interface Known {
  readonly servers: RTCIceServer[];
  readonly until: number;
}

let known: Known | undefined = recall();

function recall(): Known | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "") as Known;
  } catch {
    return undefined; // nothing was kept, or storage is forbidden here
  }
}

function remember(now: Known) {
  known = now;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // Storage is forbidden here: the next page asks again.
  }
}

/** The relays for networks that let nothing else through; none where the shop has none. Kept for
 * the tab, so that a page turn loses no time over them. */
export async function iceServers(): Promise<RTCIceServer[]> {
  if (known && known.until > serverNow()) return known.servers;
  const { ice_servers, expires_at } = await command("call.ice", {});
  const servers = ice_servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username && { username }),
    ...(credential && { credential }),
  }));
  const until = expires_at ? Date.parse(expires_at) - EARLY_MS : serverNow() + USUAL_MS;
  remember({ servers, until });
  return servers;
}
