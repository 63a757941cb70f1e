/** The attacker uses what every browser has. */
import { afterAll } from "bun:test";
import { attack } from "../support/attack.ts";

let requests = 0;
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch() {
    requests += 1;
    return new Response("reached");
  },
});
afterAll(() => server.stop(true));

attack("fetch", {
  given: { url: server.url.href },
  python: {
    code: `import urllib.request; urllib.request.urlopen(given["url"]).read().decode()`,
    refused: `URLError: <urlopen error [Errno 13] Permission denied: 127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:${server.port}>`,
    control: "reached",
  },
  javascript: {
    run: async ({ given }) => (await fetch(String(given["url"]))).text(),
    refused: "killed by SIGSYS",
    control: "reached",
    cells: "bare",
  },
  aftermath: { look: () => requests, refused: 0, control: 2 },
});

attack("fetch without waiting for the answer", {
  given: { url: server.url.href },
  javascript: {
    run: ({ given }) => {
      fetch(String(given["url"])).catch(() => {});
      Bun.sleepSync(300);
      return "sent";
    },
    refused: "killed by SIGSYS",
    control: "sent",
  },
  aftermath: { look: () => requests, refused: 2, control: 4 },
});
