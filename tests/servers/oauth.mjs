// An OpenID provider (npm `oidc-provider`), and what a test does to it under /control.
// node oauth.mjs <folder of the package> <port> <redirect url>...

import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [folder, port, ...redirects] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(`${folder}/lib/index.js`).href);

const issuer = `http://127.0.0.1:${port}`;
const switches = { rotates: true, lasts: 3600, isDown: false, delay: 0 };
const seen = [];
const grants = new Set();

const client = (client_id, more) => ({
  client_id,
  client_secret: `the secret of ${client_id}`,
  redirect_uris: redirects,
  grant_types: ["authorization_code", "refresh_token"],
  token_endpoint_auth_method: "client_secret_basic",
  ...more,
});

const provider = new Provider(issuer, {
  clients: [
    client("stoa"),
    client("passing", { grant_types: ["authorization_code"] }),
    client("dovecot", { redirect_uris: [], grant_types: [], response_types: [] }),
  ],
  scopes: ["openid", "offline_access", "email", "mail"],
  claims: { openid: ["sub"], email: ["email"] },
  conformIdTokenClaims: false,
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, email: sub }) }),
  features: { introspection: { enabled: true }, revocation: { enabled: true } },
  rotateRefreshToken: () => switches.rotates,
  pkce: { required: () => true },
  ttl: {
    AccessToken: () => switches.lasts,
    AuthorizationCode: 60,
    Grant: 86400,
    IdToken: 3600,
    Interaction: 600,
    RefreshToken: 86400,
    Session: 86400,
  },
  cookies: { keys: ["only tests know"] },
});

provider.on("access_token.saved", (token) => grants.add(token.grantId));
const note = (isGood) => (ctx) =>
  seen.push({ grant: String(ctx.oidc.params?.grant_type ?? ""), is_good: isGood });
provider.on("grant.success", note(true));
provider.on("grant.error", note(false));

async function control(path, body) {
  if (path === "/control/set") Object.assign(switches, body);
  if (path === "/control/revoke") {
    for (const id of grants) {
      await provider.RefreshToken.revokeByGrantId(id);
      await provider.AccessToken.revokeByGrantId(id);
    }
    grants.clear();
  }
  if (path === "/control/forget") {
    Object.assign(switches, { rotates: true, lasts: 3600, isDown: false, delay: 0 });
    seen.length = 0;
  }
  return { seen };
}

provider.use(async (ctx, next) => {
  if (ctx.path.startsWith("/control/")) {
    let text = "";
    for await (const piece of ctx.req) text += piece;
    ctx.body = await control(ctx.path, JSON.parse(text || "{}"));
    return;
  }
  if (ctx.path === "/token" || ctx.path === "/token/revocation") {
    if (switches.isDown) {
      ctx.status = 503;
      return;
    }
    await new Promise((done) => setTimeout(done, switches.delay));
  }
  await next();
});

createServer(provider.callback()).listen(Number(port), "127.0.0.1", () => console.log("listening"));
process.stdin.on("end", () => process.exit(0)).resume();
