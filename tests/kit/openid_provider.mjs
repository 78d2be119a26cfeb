// A provider of OpenID Connect, certified: npm's oidc-provider, with its own pages for the log-in and the consent. Whoever
// logs in there as "ada" is ada@example.com, verified. Arguments: the address that it leads back to.

import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const { HOST, PORT, KID } = process.env;
const key = { ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), kid: KID ?? "first", use: "sig", alg: "RS256" };

const provider = new Provider(`http://${HOST}:${PORT}`, {
  clients: [{ client_id: "our-client", client_secret: "a-secret-of-ours", redirect_uris: process.argv.slice(2) }],
  claims: { email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["of this run"] },
  jwks: { keys: [key] },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id[0].toUpperCase() + id.slice(1), email: `${id}@example.com`, email_verified: true }),
  }),
});

provider.listen(Number(PORT), HOST);
