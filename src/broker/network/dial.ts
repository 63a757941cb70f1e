import { connect, type Socket } from "node:net";
import { classOf } from "../../permissions/address-class.ts";
import { formatZonedAddress } from "../../permissions/ip-address.ts";
import type { IpAddress } from "../../permissions/permissions.ts";
import { ConnectFailure } from "./connect-failure.ts";

/** A connection without a proxy. Rejects with ConnectFailure. */
export async function dial(address: IpAddress, port: number, signal: AbortSignal): Promise<Socket> {
  if (signal.aborted) throw new ConnectFailure("ECONNABORTED");
  const started = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: formatZonedAddress(address), port, allowHalfOpen: true, noDelay: true });
  const abort = () => socket.destroy();
  signal.addEventListener("abort", abort, { once: true });
  socket.once("error", reject);
  socket.once("close", reject);
  socket.once("connect", () => resolve(socket));
  try {
    return await promise;
  } catch (error) {
    if (signal.aborted) throw new ConnectFailure("ECONNABORTED");
    const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "EIO";
    throw new ConnectFailure(await realCode(code, { address, elapsedMs: performance.now() - started }));
  } finally {
    signal.removeEventListener("abort", abort);
    socket.off("error", reject);
    socket.off("close", reject);
  }
}

/** Bun says of every failure that the connection was refused. */
export async function realCode(
  code: string,
  { address, elapsedMs }: { readonly address: IpAddress; readonly elapsedMs: number },
): Promise<string> {
  if (code !== "ECONNREFUSED") return code;
  if (elapsedMs > LATEST_REFUSAL_MS) return "ETIMEDOUT";
  return classOf(address) === "multicast" ? "ENETUNREACH" : ((await routeFailure(address)) ?? code);
}

/** A refusal is an answer, and does not take so long; Linux waits two minutes for one. */
const LATEST_REFUSAL_MS = 20_000;
const ANY_PORT = 9;

/** Why this machine would send nothing there, null when it would: connecting a socket of UDP sends nothing. */
async function routeFailure(address: IpAddress): Promise<string | null> {
  try {
    const hostname = address.version === 4 ? "0.0.0.0" : "::";
    const socket = await Bun.udpSocket({
      hostname,
      connect: { hostname: formatZonedAddress(address), port: ANY_PORT },
    });
    socket.close();
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // UDP may go to everybody at once, by those who ask for that; TCP may not.
    return code === "EACCES" ? "ENETUNREACH" : (code ?? null);
  }
}
