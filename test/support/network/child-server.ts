import { connect } from "node:net";

/** Ends a server by its process id, and waits until it has. */
export async function stop(child: Bun.Subprocess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  const ended = await Promise.race([child.exited.then(() => true), Bun.sleep(10_000).then(() => false)]);
  if (ended) return;
  child.kill("SIGKILL");
  await child.exited;
}

/** Waits until a server takes connections; throws with its own words when it ends before. */
export async function untilItListens(port: number, child: Bun.Subprocess<"ignore", "ignore", "pipe">): Promise<void> {
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt++) {
    if (await listens(port)) return;
    await Bun.sleep(50);
  }
  child.kill("SIGKILL");
  throw new Error(`a server did not start:\n${await new Response(child.stderr).text()}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
