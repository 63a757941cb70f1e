/** A web server in a process of its own, for measurements: prints its port. */
const LARGE = new Uint8Array(100_000_000);

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: ({ url }) => new Response(url.endsWith("/large") ? LARGE : "hello"),
});
console.log(server.port);
