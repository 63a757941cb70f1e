import type { Socket } from "node:net";
import type { Seen } from "../support/messages.ts";

/** Who came, and to which address. */
export class Log {
  #connections: string[] = [];
  #lookups: string[] = [];

  connection(socket: Socket): void {
    this.#connections.push(hostAndPort(localAddress(socket), socket.localPort ?? 0));
  }

  other(what: string): void {
    this.#connections.push(what);
  }

  lookup(type: string, name: string): void {
    this.#lookups.push(`${type} ${name}`);
  }

  clear(): void {
    this.#connections = [];
    this.#lookups = [];
  }

  seen(): Seen {
    return { connections: this.#connections, lookups: this.#lookups };
  }
}

/** A server for both internets sees IPv4 as mapped to IPv6. */
export function localAddress(socket: Socket): string {
  return (socket.localAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
}

function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
