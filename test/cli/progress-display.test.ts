import { describe, expect, test } from "bun:test";
import { barLine } from "../../src/cli/bar-line.ts";
import { ProgressBars } from "../../src/cli/progress-bars.ts";
import { progressLines } from "../../src/cli/progress-display.ts";
import type { PackageFile } from "../../src/pyodide-manager/package-file.ts";
import { Screen } from "../support/screen.ts";

const MEGABYTE = 1_000_000;

function packageFile(name: string, version: string): PackageFile {
  const fileName = `${name}-${version}-py3-none-any.whl`;
  return { name, version, fileName, sha256: `${name}-${version}`, origin: "lock", url: null, bytes: null };
}

const NUMPY = packageFile("numpy", "2.4.3");
const PANDAS = packageFile("pandas", "3.0.1");

describe("without a terminal", () => {
  test("a package is a line when it is done, and a note is a line", () => {
    let written = "";
    const lines = progressLines((text) => {
      written += text;
    });
    lines.received(NUMPY, 100, 3_000_000);
    lines.note("https://mirror.example/ could not be reached; the next one is asked");
    lines.fetched(NUMPY, 2_916_023);
    lines.fetched(PANDAS, 600);
    lines.clear();
    expect(written).toBe(
      "woma: https://mirror.example/ could not be reached; the next one is asked\n" +
        "woma: fetched numpy 2.4.3 (2.9 MB)\n" +
        "woma: fetched pandas 3.0.1 (600 bytes)\n",
    );
  });

  test("what an index calls a package does not reach the terminal as it is", () => {
    let written = "";
    const lines = progressLines((text) => {
      written += text;
    });
    lines.fetched(packageFile("evil\x1b[2J\n", "1\r"), 2048);
    lines.note("yanked: \x1b]0;title\x07 bad");
    expect(written).toBe("woma: fetched evil�[2J� 1� (2 kB)\nwoma: yanked: �]0;title� bad\n");
  });
});

describe("a bar", () => {
  const state = {
    title: "numpy 2.4.3",
    titleWidth: 11,
    bytes: 1.5 * MEGABYTE,
    total: 3 * MEGABYTE,
    bytesPerSecond: MEGABYTE,
  };

  test.each([
    [100, "numpy 2.4.3 ━━━━━━━━━━━━━━━                    1.5/3.0 MB   1.0 MB/s          2 s"],
    [79, "numpy 2.4.3 ━━━━━━━━━━━━━━                   1.5/3.0 MB   1.0 MB/s          2 s"],
    [60, "numpy 2.4.3 ━━━━╸         1.5/3.0 MB   1.0 MB/s          2 s"],
    [50, "numpy 2.4.3 ━━━━━━           1.5/3.0 MB   1.0 MB/s"],
    [40, "numpy 2.4.3 ━━━━━━╸           1.5/3.0 MB"],
    [30, "numpy 2.4.3 1.5/3.0 MB"],
    [12, "numpy 2.4.3…"],
    [1, "…"],
  ])("fits into %d columns", (width, expected) => {
    const line = barLine(state, width, false);
    expect(line).toBe(expected);
    expect(line.length).toBeLessThanOrEqual(width);
  });

  test("is coloured where that is wanted", () => {
    expect(barLine(state, 40, true)).toBe("numpy 2.4.3 \x1b[32m━━━━━━╸\x1b[0m           1.5/3.0 MB");
  });

  test("has neither share nor remaining time where nobody says how much there is", () => {
    expect(barLine({ ...state, total: null }, 79, false)).toBe(
      "numpy 2.4.3                                      1.5 MB   1.0 MB/s             ",
    );
  });

  test("does not go past the end when more comes than was said", () => {
    expect(barLine({ ...state, bytes: 4 * MEGABYTE }, 79, false)).toBe(
      "numpy 2.4.3 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━     3.0/3.0 MB   1.0 MB/s          0 s",
    );
  });
});

describe("on a terminal", () => {
  function terminal({ columns = 76, lineIsOpen = false } = {}) {
    const screen = new Screen(columns, 24);
    const writes: string[] = [];
    const clock = { ms: 0 };
    const place = {
      write: (text: string) => {
        writes.push(text);
        screen.write(text);
      },
      size: () => ({ columns, rows: 24 }),
      lineIsOpen: () => lineIsOpen,
    };
    return { screen, writes, clock, bars: new ProgressBars(place, false, () => clock.ms) };
  }

  test("each download has a bar, which goes when it is done, and a note stands above them", async () => {
    const { screen, clock, bars } = terminal();
    screen.write(">>> import pandas\r\n");
    bars.received(NUMPY, 0, 3 * MEGABYTE);
    bars.received(PANDAS, 0, 10 * MEGABYTE);
    clock.ms = 1000;
    bars.received(NUMPY, MEGABYTE, 3 * MEGABYTE);
    bars.received(PANDAS, 5 * MEGABYTE, 10 * MEGABYTE);
    await Bun.sleep(150);
    expect(screen.text).toBe(
      [
        ">>> import pandas",
        "numpy 2.4.3  ━━━━━━━╸                    1.0/3.0 MB   1.0 MB/s          2 s",
        "pandas 3.0.1 ━━━━━━━━━━━╸               5.0/10.0 MB   5.0 MB/s          1 s",
      ].join("\n"),
    );
    bars.note("a mirror could not be reached");
    bars.fetched(NUMPY);
    await Bun.sleep(150);
    expect(screen.text).toBe(
      [
        ">>> import pandas",
        "woma: a mirror could not be reached",
        "pandas 3.0.1 ━━━━━━━━━━━╸               5.0/10.0 MB   5.0 MB/s          1 s",
      ].join("\n"),
    );
    bars.fetched(PANDAS);
    expect(screen.text).toBe(">>> import pandas\nwoma: a mirror could not be reached");
    expect(screen.beforeCursor).toBe("");
  });

  test("they are drawn at most ten times a second, and not at all when all is over at once", async () => {
    const { writes, bars } = terminal();
    bars.received(NUMPY, 0, MEGABYTE);
    bars.fetched(NUMPY);
    await Bun.sleep(150);
    expect(writes).toEqual([]);
    const end = performance.now() + 450;
    for (let bytes = 0; performance.now() < end; bytes++) {
      bars.received(NUMPY, bytes, MEGABYTE);
      await Bun.sleep(1);
    }
    expect(writes.length).toBeGreaterThan(1);
    expect(writes.length).toBeLessThanOrEqual(4);
    bars.clear();
  });

  test("they leave a program's unfinished line as it is", async () => {
    const { screen, bars } = terminal({ lineIsOpen: true });
    screen.write("loading ... ");
    for (const bytes of [0, 1]) {
      bars.received(NUMPY, bytes * MEGABYTE, 2 * MEGABYTE);
      await Bun.sleep(120);
    }
    expect(screen.text).toStartWith("loading ...\nnumpy 2.4.3 ");
    bars.clear();
    expect(screen.text).toBe("loading ...");
    expect(screen.beforeCursor).toBe("");
  });
});
