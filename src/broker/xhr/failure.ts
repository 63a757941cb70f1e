import type { XhrHead } from "../../protocol/messages.ts";
import { ConnectFailure } from "../network/connect-failure.ts";
import { NetworkRefusal } from "../network/network-refusal.ts";

/** What the program is told when there is no answer; the reason goes on after "could not load URL: ". */
export function failureHead(error: unknown): Exclude<XhrHead, { kind: "answered" | "timed-out" }> {
  if (error instanceof NetworkRefusal) return { kind: "refused", reason: error.reason };
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") return { kind: "failed", code: null, reason: message };
  const given = error instanceof ConnectFailure ? error.reason : undefined;
  return { kind: "failed", code, reason: given ?? WORDS[code] ?? wordsOf(code, message) };
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNABORTED: "the connection was given up",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the server closed the connection without an answer",
  EAI_AGAIN: "the host's name could not be looked up now",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "the network is unreachable",
  ENOTFOUND: "no host of that name is known",
  EPIPE: "the server closed the connection without an answer",
  ETIMEDOUT: "the host did not answer in time",
  HPE_HEADER_OVERFLOW: "the server's answer has too many headers",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host",
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is signed by one that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the server's certificate is signed by one that is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate is signed by one that is not trusted",
};

function wordsOf(code: string, message: string): string {
  return code.startsWith("HPE_") ? `the server's answer is not HTTP (${message})` : `${message} (${code})`;
}
