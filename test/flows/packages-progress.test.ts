import { describe, expect } from "bun:test";
import { testUnless } from "../support/loud-skip.ts";
import { fileOf, noMirror, TestMirror } from "../support/mirror.ts";
import { PackageHome } from "../support/package-home.ts";
import { eventually } from "../support/processes.ts";
import { Terminal } from "../support/pty.ts";

const obstacle = await noMirror();

describe("while packages come, standard error", () => {
  testUnless(obstacle, "has one line a package where it is no terminal, and none the second time", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    const code = "import bs4; print(bs4.__name__)";
    const first = await home.run(["-c", code]);
    expect({ ...first, stderr: "" }).toEqual({ stdout: "bs4\n", stderr: "", exitCode: 0 });
    const lines = first.stderr.trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    for (const name of ["beautifulsoup4", "soupsieve", "typing-extensions"])
      expect(lines.filter((line) => line.startsWith("woma: ") && line.includes(name))).toHaveLength(1);
    for (const control of ["\r", "\x1b"]) expect(first.stderr).not.toContain(control);
    expect(await home.run(["-c", code])).toEqual({ stdout: "bs4\n", stderr: "", exitCode: 0 });
  });

  testUnless(obstacle, "has nothing with -q", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    expect(await home.run(["-q", "-c", "import bs4"])).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    const { stderr, exitCode } = await home.run(["install", "-q", "sympy"]);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  });

  testUnless(obstacle, "has a bar with bytes, rate and time to go on a terminal, and not for long", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "slow", bytesPerSecond: 800_000 });
    await using terminal = await Terminal.open(["-c", "import numpy; print('used', numpy.array([1, 2]).sum())"], {
      home: home.path,
      env: home.environment,
    });
    await terminal.shows(/numpy.*MB/);
    await terminal.shows(/\d+(\.\d+)? ?[kM]B\/s/);
    await terminal.shows("used 3");
    expect(await terminal.ends()).toBe(0);
    expect(terminal.raw).toMatch(/\d ?s\b/);
    // The bar itself is gone; at most a line of what was fetched is left.
    expect(terminal.screen.text).not.toMatch(/[kM]B\/s/);
    expect(terminal.screen.text.split("\n").length).toBeLessThanOrEqual(2);
  });

  testUnless(obstacle, "has colours only where they are wanted", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    await using terminal = await Terminal.open(["-c", "import six; print('used')"], {
      home: home.path,
      env: { ...home.environment, NO_COLOR: "1" },
    });
    await terminal.shows("used");
    await terminal.ends();
    expect(terminal.raw.split("\x1b[").filter((rest) => /^[\d;]*3\dm/.test(rest))).toEqual([]);
  });

  testUnless(obstacle, "is left alone by Ctrl-C, which ends the download and the program", async () => {
    await using mirror = await TestMirror.start();
    await using home = await PackageHome.make({ mirror });
    mirror.fault(/numpy/, { kind: "slow", bytesPerSecond: 100_000 });
    await using terminal = await Terminal.open(["-c", "import numpy"], { home: home.path, env: home.environment });
    await terminal.shows(/numpy/);
    await Bun.sleep(500);
    terminal.press("\x03");
    expect(await terminal.ends()).toBe("SIGINT");
    expect(terminal.screen.text).toContain("KeyboardInterrupt");
    expect(mirror.files).toEqual([fileOf("numpy")]);
  });
});

describe("a program that waits for a download", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    testUnless(obstacle, `ends at once by ${signal}, and keeps what has come`, async () => {
      await using mirror = await TestMirror.start();
      await using home = await PackageHome.make({ mirror });
      const commands = [
        ["-c", "import numpy; print('ran')"],
        ["install", "-q", "numpy"],
      ];
      for (const [earlier, args] of commands.entries()) {
        mirror.fault(/numpy/, { kind: "stall", afterBytes: 1_200_000 }, 1);
        await using started = await home.start(args);
        const stalls = () => mirror.requests.length > earlier && home.partialBytes > 600_000;
        await eventually("a download is under way", stalls);
        const start = performance.now();
        started.woma.child.kill(signal);
        const ended = await started.woma.end();
        expect({ args, signal: ended.signal, ran: ended.stdout.includes("ran") }).toEqual({ args, signal, ran: false });
        expect(performance.now() - start).toBeLessThan(3000);
        expect(home.partialBytes).toBeGreaterThan(600_000);
      }
      expect((await home.run(["-q", "-c", "import numpy; print('ran')"])).stdout).toBe("ran\n");
    });
});
