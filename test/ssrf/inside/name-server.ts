import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { NAME_SERVER } from "../support/addresses.ts";
import type { Failure, Names, Turn } from "../support/messages.ts";
import { type Question, type Resource, readQuestion, writeAnswer } from "./dns-message.ts";
import type { Log } from "./log.ts";

/** Answers as it is told to, which need not be the same twice. Each type of question has its own count of turns. */
export class NameServer {
  #names: Names = {};
  #asked = new Map<string, number>();

  private constructor(
    private readonly socket: Socket,
    private readonly log: Log,
  ) {}

  static async open(log: Log): Promise<NameServer> {
    const socket = createSocket("udp4");
    const server = new NameServer(socket, log);
    socket.on("message", (bytes, { address, port }) => void server.#reply(bytes, { address, port }));
    socket.bind({ address: NAME_SERVER, port: 53 });
    await once(socket, "listening");
    return server;
  }

  answerFrom(names: Names): void {
    this.#names = names;
    this.#asked.clear();
  }

  async #reply(bytes: Uint8Array, to: { address: string; port: number }): Promise<void> {
    const question = readQuestion(bytes);
    if (question === undefined) return;
    this.log.lookup(question.type, question.name);
    const turn = this.#turnFor(question);
    if (turn?.afterMs !== undefined) await Bun.sleep(turn.afterMs);
    const failure = turn === undefined ? "NXDOMAIN" : failureOf(turn, question);
    if (failure === "no answer") return;
    const resources = failure === undefined ? this.#resources(question.name, question, turn) : [];
    this.socket.send(writeAnswer(question, resources, failure), to.port, to.address);
  }

  #turnFor({ name, type }: Pick<Question, "name" | "type">): Turn | undefined {
    const script = this.#names[name.toLowerCase()];
    if (script === undefined) return undefined;
    if (!("turns" in script)) return { addresses: script };
    const key = `${type} ${name.toLowerCase()}`;
    const count = this.#asked.get(key) ?? 0;
    this.#asked.set(key, count + 1);
    const last = script.turns.length - 1;
    return script.turns[script.afterwards === "the last again" ? Math.min(count, last) : count % script.turns.length];
  }

  /** With an alias comes what it stands for, as from a server that asks others. */
  #resources(name: string, question: Question, turn: Turn | undefined): Resource[] {
    if (turn?.alias !== undefined) {
      const onward = this.#turnFor({ ...question, name: turn.alias });
      return [{ name, type: "CNAME", value: turn.alias }, ...this.#resources(turn.alias, question, onward)];
    }
    const { type } = question;
    const own = (turn?.addresses ?? []).filter((address) => type === (isIPv6(address) ? "AAAA" : "A"));
    return type === "other" ? [] : own.map((value) => ({ name, type, value }));
  }
}

function failureOf(turn: Turn, { type }: Question): Failure | undefined {
  return type === "AAAA" ? turn.ipv6 : turn.ipv4;
}
