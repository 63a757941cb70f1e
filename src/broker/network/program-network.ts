import type { Socket } from "node:net";
import { allowFlag, checkAddress, checkName, type NetworkTarget } from "../../permissions/check-network.ts";
import { formatAddress, formatZonedAddress, parseZonedAddress } from "../../permissions/ip-address.ts";
import { parseHost, parseHostName, plainSpelling } from "../../permissions/parse-host.ts";
import type { HostName, IpAddress } from "../../permissions/permissions.ts";
import { joinHostPort } from "../../permissions/split-host-port.ts";
import type { LookupResult, Transport } from "../../protocol/messages.ts";
import { auditLine, type ConnectionRecord } from "./audit-line.ts";
import { ConnectFailure } from "./connect-failure.ts";
import { dial } from "./dial.ts";
import { KnownNames } from "./known-names.ts";
import { type LookUp, systemLookUp } from "./name-lookup.ts";
import { NetworkRefusal } from "./network-refusal.ts";
import type { NetworkSettings } from "./network-settings.ts";
import { ProxiedNames } from "./proxied-names.ts";
import { openTunnel } from "./proxy-tunnel.ts";
import { readSearchDomains } from "./search-domains.ts";
import { sendRest } from "./send-rest.ts";
import { TransferMeter } from "./transfer-meter.ts";

/** Where a connection goes: an address, never a name, so that what was checked is what is dialled. */
export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

export interface NameQuery {
  readonly name: string;
  /** 4 or 6 for such addresses only. */
  readonly version: 0 | 4 | 6;
  readonly port: number | null;
}

/** One program's connections: each is checked against the policy, counted, and perhaps logged. */
export class ProgramNetwork {
  readonly meter: TransferMeter;
  readonly #known = new KnownNames();
  readonly #proxied = new ProxiedNames();
  readonly #open = new Set<Socket>();
  #opening = 0;
  #searchDomains: readonly string[] | null = null;

  constructor(
    private readonly settings: NetworkSettings,
    private readonly lookUpName: LookUp = systemLookUp(),
  ) {
    this.meter = new TransferMeter(settings.limits);
  }

  /** By `xhr` the program has no sockets of its own. */
  get transport(): Transport {
    return this.settings.transport;
  }

  /** The certificates that stand for woma's own by the user's will, in PEM; null for none. Throws WomaError. */
  get certificates(): string | null {
    return this.settings.outlet.certificates;
  }

  /** The addresses of a name, or of an address in whatever spelling, that the program may connect to. */
  async lookUp({ name: text, version, port }: NameQuery): Promise<LookupResult> {
    const host = parseHost(plainSpelling(text) ?? text.replace(/\.$/, ""));
    if (host === null) return this.#zoned(text, port);
    if (host.kind === "address") return addressesOf([host.address], version);
    this.#searchDomains ??= readSearchDomains();
    const completions = this.#searchDomains.flatMap((domain) => parseHostName(`${host.name}.${domain}`) ?? []);
    const verdict = checkName(this.settings.policy, { name: host.name, port, completions });
    if (!verdict.allowed) return this.#refuse(host.name, port, verdict.reason);
    const found = await this.lookUpName(host.name);
    if (found.kind !== "found") return this.#leaveToProxy({ name: host.name, version, port }) ?? found;
    const wanted = found.addresses.filter((address) => version === 0 || address.version === version);
    return this.#allowed(host.name, port, wanted.slice(0, MOST_ADDRESSES));
  }

  /** What one connection may hold ready for its program, and of what has yet to be sent: the less, the more there are. */
  get bufferBytes(): number {
    return Math.max(Math.min(ALL_BUFFERS_BYTES / this.#open.size, LARGEST_BUFFER_BYTES), SMALLEST_BUFFER_BYTES);
  }

  /** Why a connection there is refused; null when it may be tried. */
  refusalOf(endpoint: Endpoint): string | null {
    const proxied = this.#proxied.nameOf(endpoint.address);
    if (proxied !== undefined) return this.#proxiedRefusal(proxied, endpoint.port);
    const verdict = checkAddress(this.settings.policy, this.#target(endpoint));
    return verdict.allowed ? null : verdict.reason;
  }

  /** Rejects with NetworkRefusal or ConnectFailure. */
  async connect(endpoint: Endpoint, signal: AbortSignal): Promise<Socket> {
    const reason = this.refusalOf(endpoint);
    if (reason !== null) {
      this.#log(endpoint, { result: "refused", reason });
      throw new NetworkRefusal(reason);
    }
    const limit = this.#limitReached();
    if (limit !== null) {
      this.#log(endpoint, { result: limit.code, reason: limit.reason });
      throw limit;
    }
    const started = performance.now();
    this.#opening++;
    try {
      const { socket, proxy } = await this.#dial(endpoint, signal);
      this.#keep(socket, endpoint, { started, proxy });
      return socket;
    } catch (error) {
      const failure = error instanceof ConnectFailure ? error : new ConnectFailure("EIO", (error as Error).message);
      this.#log(endpoint, { result: failure.code, durationMs: performance.now() - started, reason: failure.reason });
      throw failure;
    } finally {
      this.#opening--;
    }
  }

  /** For a name, or any spelling of an address: all of its addresses are tried. Rejects as `connect` does. */
  async connectTo(host: string, port: number, signal: AbortSignal): Promise<Socket> {
    const found = await this.lookUp({ name: host, version: 0, port });
    if (found.kind === "refused") throw new NetworkRefusal(found.reason);
    if (found.kind !== "found") throw new ConnectFailure(found.kind === "unknown" ? "ENOTFOUND" : "EAI_AGAIN");
    let failure: unknown;
    for (const text of found.addresses) {
      const address = parseZonedAddress(text);
      if (address === null) continue;
      try {
        return await this.connect({ address, port }, signal);
      } catch (error) {
        failure ??= error;
        if (signal.aborted) break;
      }
    }
    throw failure ?? new ConnectFailure("ENOTFOUND");
  }

  /** Resolves when all that was written has gone out, or for `patienceMs` nobody has taken any of it. */
  async drained(patienceMs: number): Promise<void> {
    const closed = [...this.#open].map((socket) => new Promise<"closed">((resolve) => socket.once("close", resolve)));
    const all = Promise.all(closed).then(() => "closed" as const);
    for (let before = Number.POSITIVE_INFINITY; before > this.#unsentBytes; ) {
      before = this.#unsentBytes;
      if ((await Promise.race([all, Bun.sleep(patienceMs)])) !== undefined) return;
    }
  }

  /** Ends what is still open, of a program that is no more. */
  close(): void {
    for (const socket of this.#open) sendRest(socket);
  }

  /** An address of one interface (`fe80::1%eth0`) is judged without that. */
  #zoned(text: string, port: number | null): LookupResult {
    const address = parseZonedAddress(text);
    if (address === null) return { kind: "unknown" };
    const verdict = checkAddress(this.settings.policy, { address, port, names: [] });
    if (!verdict.allowed) return this.#refuse(formatAddress(address), port, verdict.reason);
    return { kind: "found", addresses: [formatZonedAddress(address)] };
  }

  get #unsentBytes(): number {
    return [...this.#open].reduce((bytes, socket) => bytes + socket.writableLength, 0);
  }

  #target({ address, port }: Endpoint): NetworkTarget {
    return { address, port, names: this.#known.of(address) };
  }

  #allowed(name: HostName, port: number | null, addresses: readonly IpAddress[]): LookupResult {
    if (addresses.length === 0) return { kind: "unknown" };
    const verdicts = addresses.map((address) => checkAddress(this.settings.policy, { address, port, names: [name] }));
    const allowed = addresses.filter((_, index) => verdicts[index]?.allowed);
    const refusal = verdicts.find((verdict) => !verdict.allowed);
    if (allowed.length === 0 && refusal?.allowed === false) return this.#refuse(name, port, refusal.reason);
    for (const address of allowed) this.#known.add(name, address);
    return addressesOf(allowed, 0);
  }

  #refuse(host: string, port: number | null, reason: string): LookupResult {
    this.settings.audit?.(auditLine({ result: "refused", address: joinHostPort(host, port), names: [], reason }));
    return { kind: "refused", reason };
  }

  /** Where there is a proxy and no name server, as in many companies; null where that is not so. */
  #leaveToProxy({ name, version, port }: NameQuery & { name: HostName }): LookupResult | null {
    if (this.#proxyFor(name, port ?? HTTPS_PORT) === null) return null;
    const refusal = this.#proxiedRefusal(name, port);
    if (refusal !== null) return this.#refuse(name, port, refusal);
    if (this.#proxied.isEmpty) {
      this.settings.notify("names are left to the proxy to look up: what they lead to cannot be checked here");
    }
    return addressesOf([this.#proxied.placeholder(name)], version);
  }

  /** What a proxy looks up cannot be checked, so the name itself has to be allowed. */
  #proxiedRefusal(name: HostName, port: number | null): string | null {
    const { policy } = this.settings;
    const byName = { ...policy, default: policy.default === "all" ? policy.default : "none" } as const;
    const verdict = checkName(byName, { name, port });
    if (verdict.allowed) return null;
    if (policy.default === "none" || verdict.reason.startsWith("denied")) return verdict.reason;
    const flag = allowFlag(name, port);
    return `only the proxy could look ${name} up, and to what it leads could not be checked; allow it with ${flag}`;
  }

  #limitReached(): ConnectFailure | null {
    const { exhausted } = this.meter;
    if (exhausted !== null) return new ConnectFailure("EDQUOT", exhausted);
    const most = this.settings.limits.maximumConnections;
    if (this.#open.size + this.#opening < most) return null;
    return new ConnectFailure("EMFILE", `${most} connections are open; allow more with --max-connections`);
  }

  async #dial(endpoint: Endpoint, signal: AbortSignal): Promise<{ socket: Socket; proxy?: string }> {
    const { address, port } = endpoint;
    const proxied = this.#proxied.nameOf(address);
    const host = proxied ?? formatAddress(address);
    const known = this.#known.of(address)[0];
    const proxy = this.#proxyFor(known ?? host, port);
    if (proxy === null && proxied !== undefined) {
      throw new ConnectFailure(
        "EHOSTUNREACH",
        `only a proxy could look ${proxied} up, and there is none for port ${port}`,
      );
    }
    if (proxy === null) return { socket: await dial(address, port, signal) };
    const certificates = proxy.protocol === "https:" ? this.certificates : null;
    return { socket: await openTunnel(proxy, { host, port }, { certificates, signal }), proxy: proxy.host };
  }

  /** Port 80 by HTTP_PROXY, all others by HTTPS_PROXY: a connection does not say what will be spoken on it. */
  #proxyFor(host: string, port: number): URL | null {
    const scheme = port === HTTP_PORT ? "http" : "https";
    return this.settings.outlet.proxyFor(new URL(`${scheme}://${joinHostPort(host, port)}/`));
  }

  #keep(socket: Socket, endpoint: Endpoint, { started, proxy }: { started: number; proxy: string | undefined }): void {
    this.#open.add(socket);
    // Told to whoever holds the connection; an error that nobody listens to would end the broker.
    socket.on("error", () => {});
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#log(endpoint, {
        result: "ok",
        proxy,
        sentBytes: socket.bytesWritten,
        receivedBytes: socket.bytesRead,
        durationMs: performance.now() - started,
      });
    });
  }

  #log(endpoint: Endpoint, record: Omit<ConnectionRecord, "address" | "names">): void {
    if (this.settings.audit === null) return;
    const proxied = this.#proxied.nameOf(endpoint.address);
    const host = proxied ?? formatAddress(endpoint.address);
    const address = joinHostPort(host, endpoint.port);
    this.settings.audit(auditLine({ ...record, address, names: this.#known.of(endpoint.address) }));
  }
}

/** Of one name: as many as anybody tries. */
const MOST_ADDRESSES = 64;
const ALL_BUFFERS_BYTES = 1 << 26;
const LARGEST_BUFFER_BYTES = 1 << 20;
const SMALLEST_BUFFER_BYTES = 1 << 16;
const HTTP_PORT = 80;
const HTTPS_PORT = 443;

function addressesOf(addresses: readonly IpAddress[], version: 0 | 4 | 6): LookupResult {
  const wanted = addresses.filter((address) => version === 0 || address.version === version);
  return wanted.length > 0 ? { kind: "found", addresses: wanted.map(formatAddress) } : { kind: "unknown" };
}
