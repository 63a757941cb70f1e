import type { Socket } from "node:net";

/** Ends a connection that nobody has any more, when all that was written has gone out. What comes meanwhile is dropped. */
export function sendRest(socket: Socket): void {
  if (socket.destroyed) return;
  socket.resume();
  socket.destroySoon();
  let unsentBytes = socket.writableLength;
  const watch = setInterval(() => {
    if (socket.writableLength === unsentBytes) socket.destroy();
    unsentBytes = socket.writableLength;
  }, PATIENCE_MS);
  socket.once("close", () => clearInterval(watch));
}

/** For so long a peer may take nothing. */
const PATIENCE_MS = 10_000;
