const REALM = "woma";
const NONCE = "0123456789abcdef";

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** For RFC 7616 with MD5, which every client knows. */
export function challenge(): string {
  return `Digest realm="${REALM}", nonce="${NONCE}", qop="auth", algorithm=MD5`;
}

export function checkDigest(method: string, authorization: string | undefined, { user, password }: Login): boolean {
  const fields = Object.fromEntries(
    [...(authorization ?? "").matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(([, name, quoted, bare]) => [
      name,
      quoted ?? bare,
    ]),
  );
  const { uri, nc, cnonce, response } = fields;
  const who = md5(`${user}:${REALM}:${password}`);
  return response === md5(`${who}:${NONCE}:${nc}:${cnonce}:auth:${md5(`${method}:${uri}`)}`);
}

function md5(text: string): string {
  return new Bun.CryptoHasher("md5").update(text).digest("hex");
}
