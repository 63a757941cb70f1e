import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { isPublic, PORT } from "../support/addresses.ts";
import { type Log, localAddress } from "./log.ts";

/**
 * A server that speaks first, well enough for the clients of SMTP and FTP. As FTP's, it sends whoever wants a file to
 * its port at 127.0.0.1, wherever it was reached itself.
 */
export async function greetingServer(log: Log): Promise<void> {
  const server = createServer((socket) => {
    log.connection(socket);
    greet(socket);
  });
  const files = createServer((socket) => {
    log.connection(socket);
    socket.on("error", () => {});
    socket.end("SECRET");
  });
  const datagrams = createSocket("udp6", (message) => log.other(`udp ${message}`));
  await Promise.all([
    once(server.listen({ host: "::", port: PORT.greeting }), "listening"),
    once(files.listen({ host: "::", port: FILES_PORT }), "listening"),
    once(datagrams.bind({ address: "::", port: PORT.datagrams }), "listening"),
  ]);
}

const FILES_PORT = PORT.greeting + 1;

function greet(socket: Socket): void {
  socket.on("error", () => {});
  socket.write(`220 ${isPublic(localAddress(socket)) ? "PUBLIC" : "SECRET"}\r\n`);
  let heard = "";
  socket.on("data", (bytes) => {
    heard += bytes.toString("latin1");
    for (let end = heard.indexOf("\r\n"); end >= 0; end = heard.indexOf("\r\n")) {
      const [word = ""] = heard.slice(0, end).toUpperCase().split(" ");
      heard = heard.slice(end + 2);
      socket.write(`${REPLIES[word] ?? "250 fine"}\r\n`);
      if (word === "QUIT") socket.end();
    }
  });
}

const REPLIES: Readonly<Record<string, string>> = {
  USER: "230 welcome",
  TYPE: "200 fine",
  PASV: `227 go to (127,0,0,1,${FILES_PORT >> 8},${FILES_PORT & 255})`,
  RETR: "150 look there\r\n226 done",
  QUIT: "221 bye",
};
