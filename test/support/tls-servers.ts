import { once } from "node:events";
import { type AddressInfo, connect, createServer as createPlainServer, type Server, type Socket } from "node:net";
import { createServer, type TLSSocket, type TlsOptions, TLSSocket as TlsSocket } from "node:tls";
import { PrivateAuthority } from "./certificates.ts";
import { type RunOutcome, runWoma } from "./woma.ts";

/** Servers on this machine, by name, with certificates of an authority of their own. */
export class TlsServers implements AsyncDisposable {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly ports: Record<string, number> = {};

  private constructor(readonly authority: PrivateAuthority) {}

  static async open(): Promise<TlsServers> {
    const servers = new TlsServers(await PrivateAuthority.create());
    servers.authority.issue("good", {
      subject: "/C=DE/O=woma test/CN=localhost",
      extensions: ["subjectAltName=DNS:localhost,DNS:*.example.test,IP:127.0.0.1"],
    });
    return servers;
  }

  /** One that speaks TLS, with the certificate of that name. */
  async add(name: string, onConnection: (socket: TLSSocket) => void, options: TlsOptions = {}, identity = "good") {
    const { cert, key } = this.authority.read(identity);
    const server = createServer({ cert, key, ...options }, (socket) => {
      socket.on("error", () => {});
      onConnection(socket);
    });
    server.on("tlsClientError", () => {});
    await this.#listen(name, server);
  }

  async addPlain(name: string, onConnection: (socket: Socket) => void) {
    const server = createPlainServer((socket) => {
      socket.on("error", () => {});
      onConnection(socket);
    });
    await this.#listen(name, server);
  }

  /** Speaks TLS on a connection that has been used without. */
  upgrade(socket: Socket): TLSSocket {
    const wrapped = new TlsSocket(socket, { isServer: true, ...this.authority.read("good") });
    wrapped.on("error", () => {});
    return wrapped;
  }

  /** Runs a program that finds PORTS, CA, at(NAME), default(), connection(NAME) and wrapped(NAME). */
  run(program: string): Promise<RunOutcome> {
    return this.runAs(this.#prelude() + program, {});
  }

  /** Runs a program as it is, as a user with that environment. */
  runAs(program: string, env: Record<string, string>): Promise<RunOutcome> {
    const words = ["--allow-net=127.0.0.1,localhost", `--allow-read=${this.authority.directory}`, "-"];
    return runWoma(words, { stdin: program, env });
  }

  #prelude(): string {
    const ports = JSON.stringify(this.ports);
    return PRELUDE.replace("PORTS_JSON", ports).replace("DIRECTORY", JSON.stringify(this.authority.directory));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
    await this.authority[Symbol.asyncDispose]();
  }

  async #listen(name: string, server: Server): Promise<void> {
    server.on("connection", (socket: Socket) =>
      this.#sockets.add(socket.on("close", () => this.#sockets.delete(socket))),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#servers.push(server);
    this.ports[name] = (server.address() as AddressInfo).port;
  }
}

export function echo(socket: TLSSocket): void {
  socket.on("data", (bytes) => socket.write(bytes));
  socket.on("end", () => socket.end());
}

/** Answers CONNECT, and carries what comes after it. */
export function tunnel(socket: Socket): void {
  socket.once("data", (request) => {
    const port = Number(/^CONNECT [^:]+:(\d+)/.exec(request.toString())?.[1]);
    const far = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(far).pipe(socket);
    });
    far.on("error", () => socket.destroy());
  });
}

const PRELUDE = `
import re, socket, ssl
PORTS = PORTS_JSON
def at(name): return DIRECTORY + "/" + name
CA = at("ca.pem")
def default(**options): return ssl.create_default_context(cafile=CA, **options)
def connection(name, **options): return socket.create_connection(("127.0.0.1", PORTS[name]), **options)
def wrapped(name, context=None, host="localhost", **options):
    return (context or default()).wrap_socket(connection(name), server_hostname=host, **options)
def unnumbered(text): return re.sub(r"_ssl\\.c:\\d+", "_ssl.c", str(text))
def attempt(act):
    try: print(act())
    except Exception as error: print(type(error).__name__, unnumbered(error))
`;
