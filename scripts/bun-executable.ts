import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WomaError } from "../src/errors.ts";
import { cachedFile, sha256 } from "./build-cache.ts";
import type { Target } from "./targets.ts";

/** The release that is embedded, and the only one that may run the build: bytecode is tied to it. */
export const bunVersion = "1.4.5";

interface PinnedExecutable {
  readonly package: string;
  /** The npm tarball's, as the registry and package-lock.json write it. */
  readonly integrity: string;
  /** The executable's inside. */
  readonly sha256: string;
}

const executables: Readonly<Record<Target, PinnedExecutable>> = {
  "linux-x64": {
    package: "@oven/bun-linux-x64",
    integrity: "sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==",
    sha256: "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083",
  },
  "linux-arm64": {
    package: "@oven/bun-linux-aarch64",
    integrity: "sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==",
    sha256: "04778f1f42399a69d086853e9c7af4acf574b2f21a43d0dc673853d8b84a2923",
  },
  "darwin-arm64": {
    package: "@oven/bun-darwin-aarch64",
    integrity: "sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==",
    sha256: "e2984124f1514e1e6bbda20adedbf07a02c443c6a5828853a15c7c7abf78e19f",
  },
  "darwin-x64": {
    package: "@oven/bun-darwin-x64",
    integrity: "sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==",
    sha256: "88f97645b270aef20f9f9442f1658461cab3e7128e658af4615144e3396f084a",
  },
  "windows-x64": {
    package: "@oven/bun-windows-x64",
    integrity: "sha512-FNvply651vcE/GHgNWz6mZvhmkwBuu8Hw54oNzA+CQog+HW+542rXQmZqNHRkFxazD9L3xi+iTtvO3engAgJfw==",
    sha256: "e06ad0864463c68892ae71a2a64af7eae1585cac5dd9b80bc042f45605587cb1",
  },
};

/**
 * Path of the Bun executable to embed for `target`, under .build/bun. The npm client fetches it, so
 * npm's own registry settings hold and Bun's downloader, which asks another host, is never used.
 *
 * @throws WomaError when npm cannot fetch it, or it is not the pinned one
 */
export async function bunExecutable(target: Target): Promise<string> {
  const pin = executables[target];
  const isPinned = (bytes: Uint8Array) => sha256(bytes) === pin.sha256;
  const name = target.startsWith("windows-") ? "bun.exe" : "bun";
  const { path } = await cachedFile(
    `bun/${bunVersion}-${target}/${name}`,
    isPinned,
    async () => (await runningExecutable(isPinned)) ?? (await packedExecutable(pin, `package/bin/${name}`)),
  );
  return path;
}

// For this machine's own target the executable is already here, and running.
async function runningExecutable(isPinned: (bytes: Uint8Array) => boolean): Promise<Uint8Array | undefined> {
  const bytes = await Bun.file(process.execPath).bytes();
  return isPinned(bytes) ? bytes : undefined;
}

async function packedExecutable(pin: PinnedExecutable, member: string): Promise<Uint8Array> {
  const tarball = await npmPack(`${pin.package}@${bunVersion}`);
  const integrity = `sha512-${new Bun.CryptoHasher("sha512").update(tarball).digest("base64")}`;
  if (integrity !== pin.integrity) {
    throw new WomaError(`${pin.package}@${bunVersion} has integrity ${integrity}, not ${pin.integrity}`, {
      hint: registryHint,
    });
  }
  const files = await new Bun.Archive(tarball).files();
  const executable = files.get(member);
  if (!executable) throw new Error(`${pin.package}@${bunVersion} has no ${member}`);
  return executable.bytes();
}

const registryHint = "check npm's registry setting with `npm config get registry`";

async function npmPack(specifier: string): Promise<Uint8Array> {
  const npm = Bun.which("npm");
  if (!npm) {
    throw new WomaError(`cannot fetch ${specifier}: no npm on this machine`, {
      hint: "install Node.js, which brings npm",
    });
  }
  const directory = await mkdtemp(join(tmpdir(), "woma-bun-"));
  try {
    const command = [npm, "pack", specifier, "--silent", "--ignore-scripts", "--pack-destination", directory];
    const pack = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const [stdout, stderr, exitCode] = await Promise.all([pack.stdout.text(), pack.stderr.text(), pack.exited]);
    if (exitCode !== 0) {
      throw new WomaError(`npm cannot fetch ${specifier}\n${(stderr || stdout).trimEnd()}`, { hint: registryHint });
    }
    return await Bun.file(join(directory, stdout.trim().split("\n").at(-1) ?? "")).bytes();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
