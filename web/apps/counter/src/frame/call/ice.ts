import { command, serverNow } from "../line.ts";

/** Credentials of relays are asked for again this long before they run out. */
const EARLY_MS = 60_000;
/** Without an end they are asked for again in a while: settings change. */
const USUAL_MS = 600_000;

let known: { servers: RTCIceServer[]; until: number } | undefined;

/** The relays for networks that let nothing else through; none where the shop has none. */
export async function iceServers(): Promise<RTCIceServer[]> {
  if (known && known.until > serverNow()) return known.servers;
  const { ice_servers, expires_at } = await command("call.ice", {});
  const servers = ice_servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username && { username }),
    ...(credential && { credential }),
  }));
  const until = expires_at ? Date.parse(expires_at) - EARLY_MS : serverNow() + USUAL_MS;
  known = { servers, until };
  return servers;
}
