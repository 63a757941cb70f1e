import { isIP } from "node:net";
import type { TLSSocket } from "node:tls";
import type { TlsFailure } from "../../protocol/messages.ts";
import type { TlsSettings } from "./tls-settings.ts";

/** Why the peer is not who the program wants it to be, in OpenSSL's numbers and words; null when it is, or need not be. */
export function verifyPeer(socket: TLSSocket, settings: TlsSettings, hostname: string | null): TlsFailure | null {
  if (settings.verification === "none") return null;
  if (!socket.authorized) return chainFailure(String(socket.authorizationError));
  // As in Python: who names no host gets the chain checked.
  if (settings.verification === "chain" || hostname === null) return null;
  return verifyHost(socket, settings, hostname);
}

function chainFailure(name: string): TlsFailure {
  const [code, reason] = CHAIN_FAILURES[name] ?? [1, "unspecified certificate verification error"];
  return { kind: "verification", code, reason };
}

function verifyHost(socket: TLSSocket, { commonNames }: TlsSettings, host: string): TlsFailure | null {
  const certificate = socket.getPeerX509Certificate();
  const isAddress = isIP(host) !== 0;
  const subject = commonNames ? "default" : "never";
  if (isAddress ? namesAddress(certificate, host) : namesHost(certificate, host, subject)) return null;
  const [code, what] = isAddress ? [64, "IP address mismatch"] : [62, "Hostname mismatch"];
  return { kind: "verification", code, reason: `${what}, certificate is not valid for '${host}'.` };
}

type PeerCertificate = ReturnType<TLSSocket["getPeerX509Certificate"]>;

function namesAddress(certificate: PeerCertificate, address: string): boolean {
  try {
    return certificate?.checkIP(address) !== undefined;
  } catch {
    // One with a zone.
    return false;
  }
}

function namesHost(certificate: PeerCertificate, host: string, subject: "default" | "never"): boolean {
  try {
    return certificate?.checkHost(host, { subject, partialWildcards: false }) !== undefined;
  } catch {
    // What can be no host's name.
    return false;
  }
}

/** By node's names for X509_V_ERR_…. BoringSSL goes on after an error: what was an absent issuer becomes 21. */
const CHAIN_FAILURES: Readonly<Record<string, readonly [number, string]>> = {
  UNABLE_TO_GET_ISSUER_CERT: [2, "unable to get issuer certificate"],
  UNABLE_TO_GET_CRL: [3, "unable to get certificate CRL"],
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: [4, "unable to decrypt certificate's signature"],
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: [6, "unable to decode issuer public key"],
  CERT_SIGNATURE_FAILURE: [7, "certificate signature failure"],
  CERT_NOT_YET_VALID: [9, "certificate is not yet valid"],
  CERT_HAS_EXPIRED: [10, "certificate has expired"],
  ERROR_IN_CERT_NOT_BEFORE_FIELD: [13, "format error in certificate's notBefore field"],
  ERROR_IN_CERT_NOT_AFTER_FIELD: [14, "format error in certificate's notAfter field"],
  OUT_OF_MEM: [17, "out of memory"],
  DEPTH_ZERO_SELF_SIGNED_CERT: [18, "self-signed certificate"],
  SELF_SIGNED_CERT_IN_CHAIN: [19, "self-signed certificate in certificate chain"],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [20, "unable to get local issuer certificate"],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [20, "unable to get local issuer certificate"],
  CERT_CHAIN_TOO_LONG: [22, "certificate chain too long"],
  CERT_REVOKED: [23, "certificate revoked"],
  INVALID_CA: [79, "invalid CA certificate"],
  PATH_LENGTH_EXCEEDED: [25, "path length constraint exceeded"],
  INVALID_PURPOSE: [26, "unsuitable certificate purpose"],
  CERT_UNTRUSTED: [27, "certificate not trusted"],
  CERT_REJECTED: [28, "certificate rejected"],
  HOSTNAME_MISMATCH: [62, "hostname mismatch"],
};
