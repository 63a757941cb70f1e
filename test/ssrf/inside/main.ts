/** Started in namespaces of its own: makes a network of the loopback device, serves in it, and tells what came. */
import type { FromInside, ToInside } from "../support/messages.ts";
import { greetingServer } from "./greeting-server.ts";
import { Log } from "./log.ts";
import { NameServer } from "./name-server.ts";
import { makeNetwork } from "./network.ts";
import { webServers } from "./web-server.ts";

/** A connection that has been made may not have been accepted yet. */
const SETTLING_MS = 50;

const [, , scratch = ""] = process.argv;
const log = new Log();
makeNetwork(scratch);
const names = await NameServer.open(log);
await webServers(log, scratch);
await greetingServer(log);

process.on("message", async (message: ToInside) => {
  if (message.kind === "prepare") {
    log.clear();
    names.answerFrom(message.names);
    tell({ kind: "ready" });
  } else {
    await Bun.sleep(SETTLING_MS);
    tell({ kind: "seen", ...log.seen() });
  }
});
process.on("disconnect", () => process.exit(0));
tell({ kind: "ready" });

function tell(message: FromInside): void {
  process.send?.(message);
}
