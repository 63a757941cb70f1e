import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import type { ErrnoName, TlsFailure } from "../../protocol/messages.ts";
import type { KernelObject } from "./objects.ts";
import type { TlsSettings } from "./tls-settings.ts";

/** Certificates, key and rules of connections: made once, and used by as many as there are. */
export class TlsContext implements KernelObject {
  readonly kind = "device";

  private constructor(
    readonly settings: TlsSettings,
    readonly secure: SecureContext,
    readonly sizeBytes: number,
    private readonly onClose: (sizeBytes: number) => void,
  ) {}

  /** The default roots are those in `roots`, or woma's own when that is null. A failure says what cannot be read. */
  static create(settings: TlsSettings, given: TlsContextSurroundings): TlsContext | TlsFailure {
    const { defaultRoots, certificates, key, password, ciphers, minimumVersion, maximumVersion } = settings;
    const authorities = authoritiesOf(settings, given.roots);
    try {
      const secure = createSecureContext({
        ...(authorities !== null && { ca: [...authorities] }),
        ...(certificates !== null && { cert: certificates }),
        ...(key !== null && { key }),
        ...(password !== null && { passphrase: password }),
        ...(ciphers.length > 0 && { ciphers: ciphers.join(":") }),
        minVersion: minimumVersion,
        maxVersion: maximumVersion,
        allowPartialTrustChain: settings.partialChain,
      });
      const roots = defaultRoots ? (given.roots?.length ?? 0) : 0;
      const size = settings.authorities.length + (certificates?.length ?? 0) + (key?.length ?? 0) + roots;
      return new TlsContext(settings, secure, size, given.onClose);
    } catch (error) {
      return settingsFailure(error);
    }
  }

  read(): ErrnoName {
    return "EBADF";
  }

  write(): ErrnoName {
    return "EBADF";
  }

  readiness(): number {
    return 0;
  }

  control(): ErrnoName {
    return "ENOTTY";
  }

  close(): void {
    this.onClose(this.sizeBytes);
  }
}

export interface TlsContextSurroundings {
  /** Certificates in PEM that stand for woma's own. */
  readonly roots: string | null;
  onClose(sizeBytes: number): void;
}

/** The certificates that are trusted by default, in PEM. */
export function defaultRootsText(roots: string | null): string {
  return roots ?? getCACertificates("default").join("\n");
}

/** Null for woma's own, which are there without being read again. */
function authoritiesOf({ defaultRoots, authorities }: TlsSettings, roots: string | null): readonly string[] | null {
  if (!defaultRoots) return [authorities === "" ? NOBODY : authorities];
  if (authorities === "") return roots === null ? null : [roots];
  return [...(roots === null ? getCACertificates("default") : [roots]), authorities];
}

function settingsFailure(error: unknown): TlsFailure {
  const { reason, code } = error as { readonly reason?: unknown; readonly code?: unknown };
  return { kind: "settings", reason: typeof reason === "string" ? reason : String(code), code: 0 };
}

/**
 * A list of trusted certificates that is empty means the default ones to node:tls. This one was valid in the first second
 * of 1970, and nobody has its key.
 */
const NOBODY = `-----BEGIN CERTIFICATE-----
MIIBaTCCAQ+gAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFub2JvZHkg
aXMgdHJ1c3RlZDAeFw03MDAxMDEwMDAwMDBaFw03MDAxMDEwMDAwMDFaMBwxGjAY
BgNVBAMMEW5vYm9keSBpcyB0cnVzdGVkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEcvtJZlFFdKfCEFTQgpPkjKfPWwJ4kSV2lTN2tiwUrs2b0ABvp505XUVJ+1Nr
eO1PwlvJ7fJDlkNwoxHPFb6T5qNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8B
Af8EBAMCAgQwHQYDVR0OBBYEFP+eiC3HdbQkJNmM3cW7e5RQCKW/MAoGCCqGSM49
BAMCA0gAMEUCIQDq0tL9t0FC9xgnNgPlhxVovqsq7WR+65E8cvC3C0CTvAIgCkLk
9RN7cuLxWKbKci8pDh+n1WmgKz5GMO5DR2URpBw=
-----END CERTIFICATE-----
`;
