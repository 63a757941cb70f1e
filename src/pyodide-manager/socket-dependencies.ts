/**
 * What packages of the distribution need where there are sockets, and leave out since Pyodide has none. httpx 0.28.1 of
 * the lock is Pyodide's fork, which sends through JavaScript's fetch on Emscripten; woma gives it its own transport back
 * (cell/python/woma_libraries.py), by httpcore.
 */
export const SOCKET_DEPENDENCIES: ReadonlyMap<string, readonly string[]> = new Map([
  ["httpx", ["anyio", "certifi", "httpcore", "idna"]],
]);

/** METADATA of the lock's own wheel, with these among what it requires. */
export function withSocketDependencies(name: string, metadata: Uint8Array): Uint8Array {
  if (!SOCKET_DEPENDENCIES.has(name)) return metadata;
  const text = new TextDecoder().decode(metadata);
  return new TextEncoder().encode(text.replaceAll(/(^Requires-Dist: .*); sys_platform != 'emscripten'/gm, "$1"));
}
