import { makeCertificates } from "./certificates.ts";
import { REFUSED_PORT } from "./listening.ts";
import { MailServer } from "./mail-server.ts";
import { startSilentServer } from "./silent-server.ts";
import type { Addresses } from "./web-network.ts";

/** SMTP, FTP and IMAP; the names that end in "-tls" are of ports with TLS from the start. */
export class MailNetwork implements AsyncDisposable {
  private constructor(
    readonly addresses: Addresses,
    private readonly servers: AsyncDisposableStack,
  ) {}

  static async start(): Promise<MailNetwork> {
    await using starting = new AsyncDisposableStack();
    const { good, authority, client } = await makeCertificates();
    const smtp = starting.use(await MailServer.start("smtp", good));
    const ftp = starting.use(await MailServer.start("ftp", good));
    const imap = starting.use(await MailServer.start("imap", good));
    const silent = starting.use(await startSilentServer());
    const ports = {
      ...{ smtp: smtp.port, "smtp-tls": smtp.tlsPort, ftp: ftp.port, "ftp-tls": ftp.tlsPort },
      ...{ imap: imap.port, "imap-tls": imap.tlsPort, silent: silent.port, refused: REFUSED_PORT },
    };
    const addresses = { ports, authority, client: `${client.certificate}${client.key}` };
    return new MailNetwork(addresses, starting.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.servers.disposeAsync();
  }
}
