// A real OpenID Connect provider for tests, on a free port of loopback. Its own pages let anybody in by the name that is
// typed; the whole name stands for what the provider knows of them: an address, and whether it has verified it.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const server = createServer((request, response) => provider.callback()(request, response));
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  features: { registration: { enabled: true } },
  claims: { email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  cookies: { keys: ["a key for tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => {
      // Who is `2:mina@example.org` has the same address as `mina@example.org`, and is somebody else.
      const email = id.replace(/^(unverified|\d+):/, "");
      return { sub: id, name: `${email.split("@")[0]} of the school`, email, email_verified: !id.startsWith("unverified:") };
    },
  }),
});

console.log(issuer);
// It ends with whoever started it.
process.stdin.on("end", () => process.exit(0)).resume();
