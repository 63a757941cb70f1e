/** The versions of TLS that a context can be limited to, the oldest first. */
const TLS_VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;

type TlsVersion = (typeof TLS_VERSIONS)[number];

/** What an SSLContext says, as a cell tells it. */
export interface TlsSettings {
  /** Whether the certificates that woma itself trusts are trusted. */
  readonly defaultRoots: boolean;
  /** Further certificates that are trusted, in PEM. */
  readonly authorities: string;
  /** The client's own certificate and those above it, in PEM; null for none. */
  readonly certificates: string | null;
  readonly key: string | null;
  readonly password: string | null;
  /** Names of cipher suites before TLS 1.3, as OpenSSL has them, the preferred first. */
  readonly ciphers: readonly string[];
  readonly minimumVersion: TlsVersion;
  readonly maximumVersion: TlsVersion;
  /** What ALPN offers, a character a byte. */
  readonly protocols: readonly string[];
  readonly verification: "none" | "chain" | "chain-and-host";
  /** Whether a certificate without alternative names is its common name's. */
  readonly commonNames: boolean;
  /** Whether a trusted certificate may be one that another has issued. */
  readonly partialChain: boolean;
  /** Whether the connection's secrets are told, for SSLKEYLOGFILE. */
  readonly keylog: boolean;
}

/** Reads the settings a cell sent; null for what is none. */
export function parseTlsSettings(json: string): TlsSettings | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const names = Object.keys(CHECKS) as (keyof TlsSettings)[];
  if (Object.keys(value).length !== names.length) return null;
  const fields = value as Record<string, unknown>;
  return names.every((name) => Object.hasOwn(fields, name) && CHECKS[name](fields[name]))
    ? (value as TlsSettings)
    : null;
}

/** A ClientHello fits into one record, with room for the rest of it. */
const LONGEST_PROTOCOLS_BYTES = 8192;
const LONGEST_PASSWORD = 1024;
const MOST_CIPHERS = 256;

const isFlag = (value: unknown) => typeof value === "boolean";
const isText = (value: unknown) => typeof value === "string";
const isTextOrNull = (value: unknown) => value === null || typeof value === "string";
const isVersion = (value: unknown) => TLS_VERSIONS.includes(value as TlsVersion);

const CHECKS: Readonly<Record<keyof TlsSettings, (value: unknown) => boolean>> = {
  defaultRoots: isFlag,
  authorities: isText,
  certificates: isTextOrNull,
  key: isTextOrNull,
  password: (value) => value === null || (typeof value === "string" && value.length <= LONGEST_PASSWORD),
  ciphers: (value) => Array.isArray(value) && value.length <= MOST_CIPHERS && value.every(isCipherName),
  minimumVersion: isVersion,
  maximumVersion: isVersion,
  protocols: (value) => Array.isArray(value) && value.every(isProtocol) && isShortInAll(value),
  verification: (value) => value === "none" || value === "chain" || value === "chain-and-host",
  commonNames: isFlag,
  partialChain: isFlag,
  keylog: isFlag,
};

/** Nothing that a list of ciphers would take for more than a name. */
function isCipherName(value: unknown): boolean {
  return typeof value === "string" && /^[A-Z0-9-]{1,64}$/.test(value);
}

/** RFC 7301: between 1 and 255 bytes. */
function isProtocol(value: unknown): value is string {
  return typeof value === "string" && /^[\0-\xff]{1,255}$/.test(value);
}

function isShortInAll(protocols: readonly string[]): boolean {
  return protocols.reduce((length, protocol) => length + 1 + protocol.length, 0) <= LONGEST_PROTOCOLS_BYTES;
}
