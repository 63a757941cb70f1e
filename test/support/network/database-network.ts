import { type Certificates, makeCertificates } from "./certificates.ts";
import { REFUSED_PORT } from "./listening.ts";
import { PostgresqlServer } from "./postgresql.ts";
import { RedisServer } from "./redis.ts";
import { startSilentServer } from "./silent-server.ts";
import type { Addresses } from "./web-network.ts";

/** PostgreSQL and Redis. */
export class DatabaseNetwork implements AsyncDisposable {
  private constructor(
    readonly addresses: Addresses,
    private readonly servers: AsyncDisposableStack,
  ) {}

  static async start(): Promise<DatabaseNetwork> {
    await using starting = new AsyncDisposableStack();
    const certificates: Certificates = await makeCertificates();
    const postgresql = starting.use(await PostgresqlServer.start(certificates));
    const redis = starting.use(await RedisServer.start(certificates));
    const silent = starting.use(await startSilentServer());
    const ports = {
      postgresql: postgresql.port,
      redis: redis.port,
      "redis-tls": redis.tlsPort,
      silent: silent.port,
      refused: REFUSED_PORT,
    };
    const { authority, client } = certificates;
    const addresses = { ports, authority, client: `${client.certificate}${client.key}` };
    return new DatabaseNetwork(addresses, starting.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.servers.disposeAsync();
  }
}
