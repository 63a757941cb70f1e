import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { everyInsideAddress, isPublic, PORT, WEB_PORTS } from "../support/addresses.ts";
import { type Log, localAddress } from "./log.ts";

/** HTTP at every address, HTTPS too, and HTTP on a port that is open on the inside only. */
export async function webServers(log: Log, scratch: string): Promise<void> {
  const serve = (socket: Socket) => {
    log.connection(socket);
    answer(socket, log);
  };
  const listening = WEB_PORTS.map((port) => once(createServer(serve).listen({ host: "::", port }), "listening"));
  for (const host of everyInsideAddress) {
    listening.push(once(createServer(serve).listen({ host, port: PORT.insideWeb }), "listening"));
  }
  const tls = createTlsServer(ownCertificate(scratch), (socket) => answer(socket, log));
  // Who begins with TLS has come already, however it ends.
  tls.on("connection", (socket: Socket) => log.connection(socket));
  tls.on("tlsClientError", () => {});
  listening.push(once(tls.listen({ host: "::", port: PORT.tls }), "listening"));
  await Promise.all(listening);
}

/** Reads the head of one request, and answers it. */
function answer(socket: Socket, log: Log): void {
  let head = "";
  socket.on("error", () => {});
  const read = (bytes: Buffer) => {
    head += bytes.toString("latin1");
    if (!head.includes("\r\n\r\n")) return;
    socket.off("data", read);
    socket.resume();
    respond(socket, log, head);
  };
  socket.on("data", read);
}

function respond(socket: Socket, log: Log, head: string): void {
  const [method = "", target = ""] = head.split(" ");
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1];
  const [path = "", query = ""] = target.split(/\?(.*)/s);
  if (method === "CONNECT") tunnel(socket, log, target);
  else if (path.startsWith("/to/"))
    send(socket, path.slice("/to/".length), `location: ${decodeURIComponent(query)}\r\n`);
  else if (key !== undefined) openWebSocket(socket, key);
  else if (path === "/RPC2") send(socket, "200", "content-type: text/xml\r\n", rpcReply(page(socket)));
  else if (path === "/page.xml") send(socket, "200", "", `<page>${page(socket)}</page>`);
  else send(socket, "200", "access-control-allow-origin: *\r\n", page(socket));
}

/** What an attacker is after lies inside. */
function page(socket: Socket): string {
  return isPublic(localAddress(socket)) ? "PUBLIC" : "SECRET";
}

function send(socket: Socket, status: string, headers = "", body = ""): void {
  const length = Buffer.byteLength(body);
  socket.end(`HTTP/1.1 ${status} Word\r\ncontent-length: ${length}\r\nconnection: close\r\n${headers}\r\n${body}`);
}

/** A proxy's part. */
function tunnel(socket: Socket, log: Log, target: string): void {
  log.other(`CONNECT ${target}`);
  const [, host = "", port = ""] = /^\[?(.*?)\]?:(\d+)$/.exec(target) ?? [];
  const onward = connect({ host, port: Number(port) }, () => {
    socket.write("HTTP/1.1 200 Connected\r\n\r\n");
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => send(socket, "502"));
  socket.on("close", () => onward.destroy());
}

/** Says its word, and goodbye. */
function openWebSocket(socket: Socket, key: string): void {
  const accepted = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const upgrade = `upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accepted}\r\n`;
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${upgrade}\r\n`);
  const text = Buffer.from(page(socket));
  const [textFrame, closeFrame] = [Buffer.from([0x81, text.length]), Buffer.from([0x88, 2, 0x03, 0xe8])];
  socket.end(Buffer.concat([textFrame, text, closeFrame]));
}

function rpcReply(text: string): string {
  return `<methodResponse><params><param><value><string>${text}</string></value></param></params></methodResponse>`;
}

function ownCertificate(scratch: string): { key: Buffer; cert: Buffer } {
  const [key, cert] = [join(scratch, "key.pem"), join(scratch, "certificate.pem")];
  const made = Bun.spawnSync(
    [
      "openssl",
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-days",
      "2",
    ].concat(
      ["-subj", "/CN=inside.test", "-addext", "subjectAltName=DNS:inside.test,IP:127.0.0.1"],
      ["-keyout", key, "-out", cert],
    ),
  );
  if (made.exitCode !== 0) throw new Error(`openssl: ${made.stderr}`);
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
