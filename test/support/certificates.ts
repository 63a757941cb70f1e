import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "./woma.ts";

/** A certificate in PEM, and its key. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** What an authority is asked to certify. */
export interface Wish {
  /** As openssl has it: `/CN=localhost`. */
  readonly subject?: string;
  /** Lines of openssl's configuration. */
  readonly extensions?: readonly string[];
  /** Valid in 2020 only. */
  readonly expired?: boolean;
}

/** An authority that nobody knows, and the files that openssl made of it; they are gone when the scope ends. */
export class PrivateAuthority implements AsyncDisposable {
  private constructor(
    private readonly scratch: AsyncDisposable & { readonly path: string },
    readonly certificatePath: string,
  ) {}

  static async create(name = "Test CA"): Promise<PrivateAuthority> {
    const scratch = await scratchDirectory();
    const path = join(scratch.path, "ca.pem");
    const key = join(scratch.path, "ca.key");
    openssl(scratch.path, [
      ...["req", "-x509", ...NEW_KEY, "-keyout", key, "-out", path, "-days", "3650", "-subj", `/CN=${name}`],
      ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    ]);
    return new PrivateAuthority(scratch, path);
  }

  get certificate(): string {
    return readFileSync(this.certificatePath, "utf8");
  }

  get directory(): string {
    return this.scratch.path;
  }

  /** A certificate of its own, by default for localhost. Its files are `NAME.pem` and `NAME.key`. */
  issue(name: string, wish: Wish = {}, issuer = "ca"): Identity {
    const { subject = "/CN=localhost", extensions = ["subjectAltName=DNS:localhost,IP:127.0.0.1"] } = wish;
    const at = (ending: string) => join(this.directory, name + ending);
    openssl(this.directory, ["req", ...NEW_KEY, "-keyout", at(".key"), "-out", at(".csr"), "-subj", subject]);
    writeFileSync(at(".ext"), [...extensions, ...IDENTIFIERS].join("\n"));
    if (wish.expired) this.#issueExpired(name);
    else
      openssl(this.directory, [
        ...["x509", "-req", "-in", at(".csr"), "-CA", join(this.directory, `${issuer}.pem`)],
        ...["-CAkey", join(this.directory, `${issuer}.key`), "-CAcreateserial", "-out", at(".pem"), "-days", "365"],
        ...["-extfile", at(".ext")],
      ]);
    return this.read(name);
  }

  /** A certificate that is its own authority's. */
  selfSigned(name: string): Identity {
    openssl(this.directory, [
      ...["req", "-x509", ...NEW_KEY, "-keyout", join(this.directory, `${name}.key`)],
      ...["-out", join(this.directory, `${name}.pem`), "-days", "365", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
    ]);
    return this.read(name);
  }

  /** A key again, as `NAME-encrypted.key`. */
  encryptKey(name: string, password: string): void {
    const at = (ending: string) => join(this.directory, name + ending);
    openssl(this.directory, [
      ...["ec", "-in", at(".key"), "-aes128", "-passout", `pass:${password}`, "-out", at("-encrypted.key")],
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scratch[Symbol.asyncDispose]();
  }

  /** openssl x509 before 3.4 has no word for dates in the past; its little authority has. */
  #issueExpired(name: string): void {
    const at = (file: string) => join(this.directory, file);
    writeFileSync(at("index.txt"), "");
    writeFileSync(at("serial"), "0a\n");
    writeFileSync(
      at("authority.cnf"),
      [
        ...["[ca]", "default_ca=own", "[own]", `database=${at("index.txt")}`, `serial=${at("serial")}`],
        ...[`new_certs_dir=${this.directory}`, "default_md=sha256", "policy=any", "[any]", "commonName=supplied"],
      ].join("\n"),
    );
    openssl(this.directory, [
      ...["ca", "-config", at("authority.cnf"), "-batch", "-notext", "-cert", at("ca.pem"), "-keyfile", at("ca.key")],
      ...["-in", at(`${name}.csr`), "-out", at(`${name}.pem`), "-extfile", at(`${name}.ext`)],
      ...["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"],
    ]);
  }

  read(name: string): Identity {
    const read = (ending: string) => readFileSync(join(this.directory, name + ending), "utf8");
    return { cert: read(".pem"), key: read(".key") };
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
const IDENTIFIERS = ["subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"];

function openssl(cwd: string, words: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...words], { cwd, stdout: "ignore", stderr: "pipe" });
  if (exitCode !== 0) throw new Error(`openssl ${words[0]}: ${stderr.toString()}`);
}
