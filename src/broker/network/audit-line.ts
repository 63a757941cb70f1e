/** What became of one connection, for `--log net`. */
export interface ConnectionRecord {
  /** `ok`, `refused`, or the error's name. */
  readonly result: string;
  readonly address: string;
  readonly names: readonly string[];
  readonly proxy?: string | undefined;
  readonly sentBytes?: number;
  readonly receivedBytes?: number;
  readonly durationMs?: number;
  readonly reason?: string | undefined;
}

/** One line of `name=value` pairs, safe to print: whatever a program chose of it is letters, digits, dots and colons. */
export function auditLine(record: ConnectionRecord): string {
  const fields: [string, string | undefined][] = [
    ["result", record.result],
    ["address", record.address],
    ["name", record.names.join(",") || undefined],
    ["proxy", record.proxy],
    ["sent", record.sentBytes?.toString()],
    ["received", record.receivedBytes?.toString()],
    ["duration_ms", record.durationMs?.toFixed(0)],
    ["reason", record.reason && quoted(record.reason)],
  ];
  return `net ${fields.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`)).join(" ")}`;
}

/** In ASCII alone: a reason may hold a proxy's words, or a path. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
