import type { HttpExchange } from "./http-exchange.ts";
import type { Routes } from "./routes.ts";

/** Nothing waits longer than this, whatever a client does. */
const LONGEST_WAIT_MS = 15_000;

/** Answers that wait: for a time, for another request, or for ever. */
export class TimedRoutes {
  readonly #gates = new Map<string, PromiseWithResolvers<void>>();
  readonly #gatherings = new Map<string, { arrived: number; complete: PromiseWithResolvers<void> }>();
  readonly #over = Promise.withResolvers<void>();

  readonly routes: Routes = {
    /** Answers after ?ms=. */
    "slow-start": async (exchange) => {
      await this.#wait(Number(exchange.url.searchParams.get("ms") ?? 1000));
      await exchange.respond({ status: 200, body: "slow\n" });
    },

    /** Half of the body at once, the other half after ?ms=. */
    "slow-body": async (exchange) => {
      await exchange.body();
      exchange.start(200, [["Content-Length", "10"]]);
      await exchange.write("first");
      await this.#wait(Number(exchange.url.searchParams.get("ms") ?? 1000));
      await exchange.write("later");
    },

    never: async (exchange) => {
      await this.#wait(LONGEST_WAIT_MS);
      exchange.socket.destroy();
    },

    /** A line, and another each time that /go-on/NAME is asked for: proof that the first was not held back. */
    lines: async (exchange, [name = ""]) => {
      await exchange.body();
      exchange.start(200, [
        ["Content-Type", "text/plain"],
        ["Transfer-Encoding", "chunked"],
      ]);
      for (const line of ["first\n", "second\n"]) {
        this.#gates.set(name, Promise.withResolvers());
        await exchange.chunk(line);
        await Promise.race([this.#gates.get(name)?.promise, this.#wait(LONGEST_WAIT_MS)]);
      }
      await exchange.chunk("third\n");
      await exchange.write("0\r\n\r\n");
    },

    "go-on": async (exchange, [name = ""]) => {
      this.#gates.get(name)?.resolve();
      await exchange.respond({ status: 200, body: "gone on\n" });
    },

    /** Answers when /gather/NAME/COUNT has COUNT requests at the same time. */
    gather: (exchange, [name = "", count]) => this.#gather(exchange, name, Number(count)),
  };

  /** Lets all go that still wait. */
  end(): void {
    this.#over.resolve();
  }

  async #gather(exchange: HttpExchange, name: string, count: number): Promise<void> {
    const gathering = this.#gatherings.get(name) ?? { arrived: 0, complete: Promise.withResolvers<void>() };
    this.#gatherings.set(name, gathering);
    gathering.arrived++;
    if (gathering.arrived === count) {
      this.#gatherings.delete(name);
      gathering.complete.resolve();
    }
    const complete = gathering.complete.promise.then(() => true);
    const all = await Promise.race([complete, this.#wait(LONGEST_WAIT_MS).then(() => false)]);
    await exchange.respond({ status: all ? 200 : 504, body: all ? `all ${count}\n` : "alone\n" });
  }

  async #wait(ms: number): Promise<void> {
    let timer: Timer | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([passed, this.#over.promise]);
    clearTimeout(timer);
  }
}
