import { existsSync, readdirSync } from "node:fs";
import { chmod, chown, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Obstacle } from "../loud-skip.ts";
import { scratchDirectory } from "../woma.ts";
import type { Certificates } from "./certificates.ts";
import { stop, untilItListens } from "./child-server.ts";
import { freePort } from "./free-port.ts";

/** Where Debian keeps them, out of the PATH, a directory for each version. */
const VERSIONS = "/usr/lib/postgresql";

const USER = "postgres";

export const noPostgresql: Obstacle = programs() === undefined ? "needs PostgreSQL's server" : undefined;

/**
 * A PostgreSQL of the test's own, with users of which each has the password "secret": ada, to whom all belongs;
 * "secure", who must come by TLS; and Ada, who is known by a client's certificate.
 */
export class PostgresqlServer implements AsyncDisposable {
  private constructor(
    readonly port: number,
    private readonly resources: AsyncDisposableStack,
  ) {}

  static async start({ good, authority }: Certificates): Promise<PostgresqlServer> {
    await using starting = new AsyncDisposableStack();
    const { path } = starting.use(await scratchDirectory());
    const owner = await ownerOf(path);
    const data = join(path, "data");
    await ownedFile(join(path, "password"), "secret\n", owner);
    const login = ["--username=ada", `--pwfile=${join(path, "password")}`, "--auth=scram-sha-256"];
    await finished([...as(owner), program("initdb"), "--no-sync", "--locale=C.UTF-8", ...login, data]);
    await ownedFile(join(data, "server.crt"), good.certificate, owner);
    await ownedFile(join(data, "server.key"), good.key, owner);
    await ownedFile(join(data, "authority.crt"), authority, owner);
    await ownedFile(join(data, "pg_hba.conf"), WHO_MAY, owner);
    const port = await freePort();
    const settings = { ...SETTINGS, port };
    const words = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const child = Bun.spawn([...as(owner), program("postgres"), "-D", data, ...words], {
      cwd: path,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    // A fast shutdown: whoever is still connected is not waited for.
    starting.defer(() => stop(child, "SIGINT"));
    await untilItListens(port, child);
    return new PostgresqlServer(port, starting.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}

const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  ssl: "on",
  ssl_ca_file: "authority.crt",
  fsync: "off",
  max_connections: "100",
  shared_buffers: "16MB",
  timezone: "UTC",
  log_min_messages: "panic",
};

const WHO_MAY = `\
hostnossl all secure 127.0.0.1/32 reject
hostssl all Ada 127.0.0.1/32 cert
host all all 127.0.0.1/32 scram-sha-256
`;

interface Owner {
  readonly user: number;
  readonly group: number;
}

/** PostgreSQL refuses to run as root: there it is another user's, which its package has made. */
async function ownerOf(directory: string): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [user, group] = await Promise.all(["-u", "-g"].map(async (flag) => Number(await finished(["id", flag, USER]))));
  if (user === undefined || group === undefined) throw new Error(`no user ${USER}`);
  await chown(directory, user, group);
  return { user, group };
}

function as(owner: Owner | undefined): string[] {
  if (owner === undefined) return [];
  return ["setpriv", `--reuid=${owner.user}`, `--regid=${owner.group}`, "--clear-groups"];
}

async function ownedFile(path: string, text: string, owner: Owner | undefined): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o600);
  if (owner !== undefined) await chown(path, owner.user, owner.group);
}

function program(name: string): string {
  return join(programs() ?? "", name);
}

function programs(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a)) : [];
  const directories = versions.map((version) => join(VERSIONS, version, "bin"));
  return directories.find((directory) => existsSync(join(directory, "initdb")));
}

async function finished(command: readonly string[]): Promise<string> {
  const child = Bun.spawn([...command], { cwd: "/", stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${command.join(" ")}:\n${errors}`);
  return output;
}
