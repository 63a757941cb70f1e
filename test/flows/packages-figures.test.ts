import { afterAll, beforeAll, describe, expect } from "bun:test";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { testUnless } from "../support/loud-skip.ts";
import { noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { decodePng, shareOf } from "../support/png.ts";
import { Terminal } from "../support/pty.ts";

const obstacle = await noMirror();

let mirror: TestMirror;
/** One for all: each test looks at what matplotlib does, not at how it comes. */
let home: PackageHome;

beforeAll(async () => {
  if (obstacle) return;
  mirror = await TestMirror.start();
  home = await PackageHome.make({ mirror });
});
afterAll(async () => {
  await home?.[Symbol.asyncDispose]();
  await mirror?.[Symbol.asyncDispose]();
});

/** Four inches by three of a red rectangle on the left half and a blue one on the right. */
const DRAWING = `
import matplotlib.pyplot as plt
figure = plt.figure(figsize=(4, 3), dpi=100)
axes = figure.add_axes((0, 0, 1, 1)); axes.axis("off"); axes.set(xlim=(0, 2), ylim=(0, 1))
axes.add_patch(plt.Rectangle((0, 0), 1, 1, color="#ff0000")); axes.add_patch(plt.Rectangle((1, 0), 1, 1, color="#0000ff"))
`;

function expectDrawing(path: string): void {
  const picture = decodePng(readFileSync(path));
  expect([picture.width, picture.height]).toEqual([400, 300]);
  expect(shareOf(picture, [255, 0, 0])).toBeCloseTo(0.5, 1);
  expect(shareOf(picture, [0, 0, 255])).toBeCloseTo(0.5, 1);
}

async function project(name: string): Promise<string> {
  const path = join(home.path, name);
  await mkdir(path);
  return path;
}

describe("a figure of matplotlib's", () => {
  testUnless(obstacle, "is written to a mount, and has the colours drawn", async () => {
    const cwd = await project("saved");
    for (const flags of [[], ["--offline"]]) {
      const code = `${DRAWING}figure.savefig("figure.png"); print(plt.get_backend())`;
      const outcome = await home.run(["-q", ...flags, "--mount", ".", "-c", code], { cwd });
      expect({ ...outcome, stdout: outcome.stdout.trim() !== "" }).toEqual({ stdout: true, stderr: "", exitCode: 0 });
      expectDrawing(join(cwd, "figure.png"));
      rmSync(join(cwd, "figure.png"));
    }
  });

  testUnless(obstacle, "has text, lines and other formats", async () => {
    const cwd = await project("formats");
    const code = `
import matplotlib.pyplot as plt, numpy as np
figure, axes = plt.subplots(); axes.plot(np.linspace(0, 7), np.sin(np.linspace(0, 7)), label="sin $x^2$")
axes.set_title("Titel ü"); axes.legend()
for kind in ["png", "svg", "pdf", "jpg"]: figure.savefig(f"f.{kind}")`;
    const outcome = await home.run(["-q", "--mount", ".", "-c", code], { cwd });
    expect(outcome).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    const begin = (name: string) => readFileSync(join(cwd, name)).subarray(0, 5).toString("latin1");
    expect(["f.png", "f.svg", "f.pdf", "f.jpg"].map(begin)).toEqual([
      "\x89PNG\r",
      "<?xml",
      "%PDF-",
      "\xff\xd8\xff\xe0\0",
    ]);
    const picture = decodePng(readFileSync(join(cwd, "f.png")));
    expect(shareOf(picture, [255, 255, 255])).toBeGreaterThan(0.5);
    expect(shareOf(picture, [0x1f, 0x77, 0xb4])).toBeGreaterThan(0.001);
  });

  testUnless(obstacle, "that is shown is saved in the working directory where that is mounted to write", async () => {
    const cwd = await project("shown");
    const outcome = await home.run(["-q", "--mount", ".", "-c", `${DRAWING}plt.show(); print("on")`], { cwd });
    expect(outcome).toEqual({
      stdout: "on\n",
      stderr: `woma: figure saved to ${join(cwd, "figure-1.png")}\n`,
      exitCode: 0,
    });
    expectDrawing(join(cwd, "figure-1.png"));
    const again = await home.run(["-q", "--mount", ".", "-c", `${DRAWING}plt.show()`], { cwd });
    expect(again.stderr).toBe(`woma: figure saved to ${join(cwd, "figure-2.png")}\n`);
    expect((await readdir(cwd)).sort()).toEqual(["figure-1.png", "figure-2.png"]);
  });

  for (const [words, flags] of [
    ["nothing is mounted", []],
    ["the working directory is mounted read-only", ["--mount", ".:ro"]],
  ] as const)
    testUnless(obstacle, `that is shown is saved in a private directory where ${words}`, async () => {
      const cwd = await project(`unmounted ${flags.length}`);
      const { stderr, ...rest } = await home.run(["-q", ...flags, "-c", `${DRAWING}plt.show()`], { cwd });
      expect(rest).toEqual({ stdout: "", exitCode: 0 });
      const [, path = ""] = /^woma: figure saved to (.+)\n$/.exec(stderr) ?? [];
      expect({ stderr, inTemporary: path.startsWith(`${tmpdir()}/`) }).toEqual({ stderr, inTemporary: true });
      expectDrawing(path);
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
      expect(statSync(path).mode & 0o077).toBe(0);
      expect(await readdir(cwd)).toEqual([]);
      rmSync(dirname(path), { recursive: true });
    });

  testUnless(obstacle, "that is shown twice, or with others, is saved as often", async () => {
    const cwd = await project("several");
    const code = `${DRAWING}plt.show(); plt.figure(); plt.plot([1, 2]); plt.figure(); plt.plot([2, 1]); plt.show(); plt.show()`;
    const { stderr, exitCode } = await home.run(["-q", "--mount", ".", "-c", code], { cwd });
    const paths = [1, 2, 3].map((number) => join(cwd, `figure-${number}.png`));
    expect({ stderr, exitCode }).toEqual({
      stderr: paths.map((path) => `woma: figure saved to ${path}\n`).join(""),
      exitCode: 0,
    });
    expect((await readdir(cwd)).sort()).toEqual(["figure-1.png", "figure-2.png", "figure-3.png"]);
  });

  testUnless(obstacle, "is drawn by a backend that is asked for by name", async () => {
    const cwd = await project("backend");
    const code = `import matplotlib; matplotlib.use("agg")${DRAWING}figure.savefig("f.png"); print(plt.get_backend())`;
    expect(await home.run(["-q", "--mount", ".", "-c", code], { cwd })).toEqual({
      stdout: "agg\n",
      stderr: "",
      exitCode: 0,
    });
    expectDrawing(join(cwd, "f.png"));
  });

  testUnless(obstacle, "that is shown at the prompt is saved and its path told", async () => {
    await using terminal = await Terminal.open(["-q", "--mount", "."], { home: home.path, env: home.environment });
    await terminal.enter("import matplotlib.pyplot as plt");
    await terminal.enter("_ = plt.plot([1, 2, 3])");
    expect((await terminal.enter("plt.show()")).replaceAll("\n", "")).toBe(
      `woma: figure saved to ${join(home.path, "figure-1.png")}`,
    );
    expect(existsSync(join(home.path, "figure-1.png"))).toBe(true);
  });
});
