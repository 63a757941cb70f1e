import type { HttpExchange } from "./http-exchange.ts";

/** What a web server answers, by the first part of the path. */
export type Routes = Readonly<Record<string, (exchange: HttpExchange, rest: readonly string[]) => Promise<void>>>;
