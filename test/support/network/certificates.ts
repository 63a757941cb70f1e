import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Obstacle } from "../loud-skip.ts";
import { scratchDirectory } from "../woma.ts";

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** PEM texts of an authority that nobody trusts unless told to, and of what it has signed. */
export interface Certificates {
  readonly authority: string;
  /** For localhost and 127.0.0.1. */
  readonly good: Certificate;
  readonly wrongHost: Certificate;
  readonly expired: Certificate;
  /** For localhost and 127.0.0.1, signed by itself. */
  readonly selfSigned: Certificate;
  /** For a client. */
  readonly client: Certificate;
}

export const noOpenssl: Obstacle = Bun.which("openssl") === null ? "needs openssl" : undefined;

export async function makeCertificates(): Promise<Certificates> {
  await using scratch = await scratchDirectory();
  const directory = scratch.path;
  await selfSigned(directory, "authority", "/CN=woma's private authority", [
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign",
  ]);
  await selfSigned(directory, "self-signed", "/CN=localhost", [LOCAL_NAMES]);
  const signed = (name: string, subject: string, more: readonly string[], days: number) =>
    signedByAuthority(directory, { name, subject, more, days });
  return {
    good: await signed("good", "/CN=localhost", [LOCAL_NAMES, "extendedKeyUsage=serverAuth"], 30),
    wrongHost: await signed("wrong-host", "/CN=other.example", ["subjectAltName=DNS:other.example"], 30),
    expired: await signed("expired", "/CN=localhost", [LOCAL_NAMES, "extendedKeyUsage=serverAuth"], -1),
    client: await signed("client", "/CN=Ada", ["extendedKeyUsage=clientAuth"], 30),
    selfSigned: await pairIn(directory, "self-signed"),
    authority: await readFile(join(directory, "authority.pem"), "utf8"),
  };
}

const LOCAL_NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

async function selfSigned(directory: string, name: string, subject: string, extensions: string[]): Promise<void> {
  const files = ["-keyout", `${name}.key`, "-out", `${name}.pem`];
  const added = extensions.flatMap((extension) => ["-addext", extension]);
  await openssl(directory, ["req", "-x509", ...NEW_KEY, ...files, "-days", "30", "-subj", subject, ...added]);
}

interface Request {
  readonly name: string;
  readonly subject: string;
  readonly more: readonly string[];
  readonly days: number;
}

async function signedByAuthority(directory: string, { name, subject, more, days }: Request): Promise<Certificate> {
  const files = ["-keyout", `${name}.key`, "-out", `${name}.csr`];
  await openssl(directory, ["req", "-new", ...NEW_KEY, ...files, "-subj", subject]);
  await writeFile(join(directory, `${name}.extensions`), `${more.join("\n")}\n`);
  const authority = ["-CA", "authority.pem", "-CAkey", "authority.key", "-set_serial", `0x${randomSerial()}`];
  const extensions = ["-extfile", `${name}.extensions`];
  const request = ["x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, "-days", `${days}`];
  await openssl(directory, [...request, ...authority, ...extensions]);
  return pairIn(directory, name);
}

function randomSerial(): string {
  return crypto.randomUUID().replaceAll("-", "").replace(/^./, "1");
}

async function pairIn(directory: string, name: string): Promise<Certificate> {
  const [certificate, key] = await Promise.all(
    ["pem", "key"].map((extension) => readFile(join(directory, `${name}.${extension}`), "utf8")),
  );
  return { certificate: certificate ?? "", key: key ?? "" };
}

async function openssl(directory: string, words: readonly string[]): Promise<void> {
  const child = Bun.spawn(["openssl", ...words], { cwd: directory, stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`openssl ${words.join(" ")}:\n${errors}`);
}
