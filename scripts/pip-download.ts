import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PinnedWheel } from "./core-pins.ts";

/** An installed pip brings its own settings, certificates and default index. */
export async function pipDownload(pin: PinnedWheel): Promise<Uint8Array> {
  const python = ["python3", "python"].map((name) => Bun.which(name)).find((path) => path !== null);
  if (!python) throw new Error("no python3 on this machine");
  const directory = await mkdtemp(join(tmpdir(), "woma-wheels-"));
  try {
    await runPip(python, directory, pin);
    return await Bun.file(join(directory, pin.file)).bytes();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runPip(python: string, directory: string, pin: PinnedWheel): Promise<void> {
  const requirements = join(directory, "requirements.txt");
  await Bun.write(requirements, `${pin.name}==${pin.version} --hash=sha256:${pin.sha256}\n`);
  // The wheels are for the cell's Python; pip's own may be older than what they require.
  const options = [
    "--no-deps",
    "--only-binary=:all:",
    `--python-version=${cellPython}`,
    "--ignore-requires-python",
    "--disable-pip-version-check",
  ];
  const command = [python, "-m", "pip", "download", "--quiet", ...options, "-d", directory, "-r", requirements];
  const pip = Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "pipe" });
  const [stderr, exitCode] = await Promise.all([pip.stderr.text(), pip.exited]);
  if (exitCode !== 0) throw new Error(lastLine(stderr) || `exit code ${exitCode}`);
}

const cellPython = "3.14";

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
