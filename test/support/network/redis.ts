import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Obstacle } from "../loud-skip.ts";
import { scratchDirectory } from "../woma.ts";
import type { Certificates } from "./certificates.ts";
import { stop, untilItListens } from "./child-server.ts";
import { freePort } from "./free-port.ts";

export const noRedis: Obstacle = Bun.which("redis-server") === null ? "needs redis-server" : undefined;

/** A Redis that keeps nothing, with the password "secret", in the plain and with TLS. */
export class RedisServer implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly tlsPort: number,
    private readonly resources: AsyncDisposableStack,
  ) {}

  static async start({ good, authority }: Certificates): Promise<RedisServer> {
    await using starting = new AsyncDisposableStack();
    const { path } = starting.use(await scratchDirectory());
    const [port, tlsPort] = [await freePort(), await freePort()];
    const files = { "server.pem": good.certificate, "server.key": good.key, "authority.pem": authority };
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
    const settings = {
      ...{ port, "tls-port": tlsPort, bind: "127.0.0.1", dir: path, save: "", requirepass: "secret" },
      ...{ "tls-cert-file": join(path, "server.pem"), "tls-key-file": join(path, "server.key") },
      ...{ "tls-ca-cert-file": join(path, "authority.pem"), "tls-auth-clients": "no", maxclients: 500 },
    };
    const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const child = Bun.spawn(["redis-server", ...words], { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
    starting.defer(() => stop(child, "SIGTERM"));
    await untilItListens(port, child);
    return new RedisServer(port, tlsPort, starting.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}
