import type { HttpExchange } from "./http-exchange.ts";
import type { Routes } from "./routes.ts";

/** Ways to be sent elsewhere. */
export const REDIRECT_ROUTES: Routes = {
  /** So many steps, then to /hello. */
  redirect: (exchange, [steps]) => {
    const left = Number(steps) - 1;
    return sendTo(exchange, left > 0 ? `/redirect/${left}` : "/hello");
  },

  /** Relative to the path, not to the server. */
  "redirect-relative": (exchange) => sendTo(exchange, "../hello"),

  /** ?status= and ?to=, an absolute URL or a path. */
  "redirect-to": (exchange) => {
    const { searchParams } = exchange.url;
    return sendTo(exchange, searchParams.get("to") ?? "/hello", Number(searchParams.get("status") ?? 302));
  },

  "redirect-loop": (exchange) => sendTo(exchange, "/redirect-loop"),

  "redirect-nowhere": (exchange) => exchange.respond({ status: 302, body: "nowhere to go\n" }),
};

async function sendTo(exchange: HttpExchange, location: string, status = 302): Promise<void> {
  await exchange.respond({
    status,
    headers: [
      ["Content-Type", "text/plain"],
      ["Location", location],
    ],
    body: "elsewhere\n",
  });
}
