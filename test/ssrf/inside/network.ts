import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BORDERS, everyInsideAddress, LINK_LOCAL_IPV6, NAME_SERVER, PUBLIC } from "../support/addresses.ts";

/** Gives the loopback device every address, and this mount namespace files of its own that say how names are found. */
export function makeNetwork(scratch: string): void {
  const alone = [...Object.values(PUBLIC), ...BORDERS, ...everyInsideAddress, NAME_SERVER];
  // Loopback's own are there.
  const added = alone.filter((address) => !/^127\.|^::1$/.test(address));
  run(["ip", "-batch", "-"], ["link set lo up", ...added.map(adding), `addr add ${LINK_LOCAL_IPV6}/64 dev lo nodad`]);

  const files = {
    "/etc/resolv.conf": `nameserver ${NAME_SERVER}\nsearch corp.test\noptions timeout:1 attempts:1\n`,
    "/etc/nsswitch.conf": "hosts: files dns\n",
    "/etc/hosts":
      "127.0.0.1 localhost\n::1 localhost ip6-localhost\n10.0.0.5 intranet-file\n169.254.169.254 metadata.google.internal\n",
  };
  for (const [path, text] of Object.entries(files)) {
    const own = join(scratch, path.replaceAll("/", "-"));
    writeFileSync(own, text);
    run(["mount", "--bind", own, path]);
  }
}

function adding(address: string): string {
  return address.includes(":") ? `addr add ${address}/128 dev lo nodad` : `addr add ${address}/32 dev lo`;
}

function run(command: readonly string[], lines: readonly string[] = []): void {
  const { exitCode, stderr } = Bun.spawnSync([...command], {
    stdin: new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")),
  });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
}
