import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync } from "node:fs";
import { parseReadGrant, parseWriteGrant } from "../../src/permissions/parse-paths.ts";
import { notOnLinux, testUnless } from "../support/loud-skip.ts";
import { asNobody } from "../support/privileges.ts";
import { complaint } from "./complaint.ts";
import { Tree } from "./tree.ts";

let tree: Tree;
beforeAll(async () => {
  tree = await Tree.make();
});
afterAll(() => tree[Symbol.asyncDispose]());

const readComplaint = (value: string) => complaint(() => parseReadGrant(value, tree.context));
const writeComplaint = (value: string) => complaint(() => parseWriteGrant(value, tree.context));

describe("--allow-read", () => {
  test("grants the working directory where the user has it", () => {
    expect(parseReadGrant(".", tree.context)).toEqual([
      {
        hostPath: tree.host("work"),
        guestPath: tree.guest("work"),
        access: "read",
        kind: "directory",
        grantedBy: "--allow-read=.",
        writableBy: `--allow-write=${tree.guest("work")}`,
      },
    ]);
  });

  test("grants several files and directories, each named by its own flag", () => {
    const mounts = parseReadGrant(`data,table.csv,${tree.host("elsewhere")}`, tree.context);
    expect(mounts.map(({ guestPath, kind, grantedBy }) => [guestPath, kind, grantedBy])).toEqual([
      [tree.guest("work/data"), "directory", "--allow-read=data"],
      [tree.guest("work/table.csv"), "file", "--allow-read=table.csv"],
      [tree.guest("elsewhere"), "directory", `--allow-read=${tree.host("elsewhere")}`],
    ]);
  });

  test.each([
    ["~", "home"],
    ["~/papers", "home/papers"],
    ["~/", "home"],
    ["./~", "work/~"],
    ["..", "."],
    ["../home/./papers//", "home/papers"],
    ["data/../data", "work/data"],
    ["my data", "work/my data"],
    ["co:lon", "work/co:lon"],
    ["two\nlines", "work/two\nlines"],
    ["a,,b", "work/a,b"],
  ])("takes %j for %s, on both sides", (value, path) => {
    const [mount, ...others] = parseReadGrant(value, tree.context);
    expect([mount?.hostPath, mount?.guestPath]).toEqual([tree.host(path), tree.guest(path)]);
    expect(others).toEqual([]);
  });

  test("gives what a link leads to under the link's name", () => {
    const [mount] = parseReadGrant("link", tree.context);
    expect([mount?.hostPath, mount?.guestPath]).toEqual([tree.host("elsewhere/inner"), tree.guest("work/link")]);
  });

  test("works from the root, and with no home but the root", () => {
    const context = { workingDirectory: "/", home: "/" };
    const name = tree.host("work").slice(1);
    const paths = [...parseReadGrant(name, context), ...parseReadGrant(`~/${name}`, context)].map((mount) => [
      mount.hostPath,
      mount.guestPath,
    ]);
    expect(paths).toEqual(new Array(2).fill([tree.host("work"), tree.guest("work")]));
  });

  test("writes the flag so that it can be typed again", () => {
    const flags = ["my data", "a,,b", "two\nlines"].map((value) => parseReadGrant(value, tree.context)[0]?.grantedBy);
    expect(flags).toEqual(["--allow-read='my data'", "--allow-read=a,,b", "--allow-read=$'two\\x0alines'"]);
    expect(parseReadGrant("a,,b", tree.context)[0]?.writableBy).toBe(`--allow-write=${tree.guest("work/a,,b")}`);
  });
});

describe("--allow-write", () => {
  test("grants reading too, and needs no other flag to be writable", () => {
    expect(parseWriteGrant("data", tree.context)).toEqual([
      {
        hostPath: tree.host("work/data"),
        guestPath: tree.guest("work/data"),
        access: "read-write",
        kind: "directory",
        grantedBy: "--allow-write=data",
        writableBy: `--allow-write=${tree.guest("work/data")}`,
      },
    ]);
  });

  test("is refused in its own name", () => {
    expect(writeComplaint("new.txt")).toBe(
      "error: --allow-write=new.txt: no such file or directory\n\n" +
        "hint: check the spelling; for a file that is yet to be made, grant its directory\n",
    );
  });
});

describe("a path is refused when it", () => {
  const spelling = "check the spelling; for a file that is yet to be made, grant its directory";
  const comma = "write ',,' for a comma in a path";

  test.each([
    ["", "--allow-read='': nothing where a path should be", "is the variable that it comes from set?"],
    [",", "--allow-read=,: a comma without a path on both sides", comma],
    [",,,", "--allow-read=,,,: a comma without a path on both sides", comma],
    ["data,", "--allow-read=data,: a comma without a path on both sides", comma],
    [",data", "--allow-read=,data: a comma without a path on both sides", comma],
    [",,", "--allow-read=,,: no such file or directory", spelling],
    ["data,,table.csv", "--allow-read=data,,table.csv: no such file or directory", spelling],
    ["nowhere", "--allow-read=nowhere: no such file or directory", spelling],
    ["data,nowhere", "--allow-read=nowhere: no such file or directory", spelling],
    ["dangling", "--allow-read=dangling: no such file or directory", spelling],
    ["~nobody", "--allow-read=~nobody: no such file or directory", spelling],
    [" ", "--allow-read=' ': no such file or directory", spelling],
    ["\u001b[2J", "--allow-read=$'\\x1b[2J': no such file or directory", spelling],
    ["nowhere/../data", "--allow-read=nowhere/../data: no such file or directory", spelling],
    ["table.csv/x", "--allow-read=table.csv/x: not a directory", "a part of the path is a file"],
    ["table.csv/", "--allow-read=table.csv/: not a directory", "a part of the path is a file"],
    ["table.csv/..", "--allow-read=table.csv/..: not a directory", "a part of the path is a file"],
    ["circle", "--allow-read=circle: too many levels of symbolic links", "the links lead round in a circle"],
    ["da\0ta", "--allow-read=$'da\\x00ta': a NUL character in a path", "no path can hold one"],
    ["link/..", "--allow-read=link/..: '..' after a link, which can mean two places", "write the path without '..'"],
    [
      "link/../inner",
      "--allow-read=link/../inner: '..' after a link, which can mean two places",
      "write the path without '..'",
    ],
  ])("is %j", (value, message, hint) => {
    expect(readComplaint(value)).toBe(`error: ${message}\n\nhint: ${hint}\n`);
  });

  test("is too long", () => {
    const path = "x".repeat(100_000);
    expect(readComplaint(path)).toBe(`error: --allow-read=${path}: file name too long\n\nhint: no path is that long\n`);
  });

  test("cannot be looked up", () => {
    const locked = tree.host("locked");
    mkdirSync(`${locked}/inside`, { recursive: true });
    chmodSync(tree.host("."), 0o711);
    chmodSync(locked, 0);
    const refused = asNobody(() => readComplaint(`${locked}/inside`));
    chmodSync(locked, 0o700);
    expect(refused).toBe(
      `error: --allow-read=${locked}/inside: permission denied\n\n` +
        "hint: woma itself needs the right to look it up: check with ls -l\n",
    );
  });

  test("is a socket, a pipe or a device", () => {
    using _server = Bun.listen({ unix: tree.host("work/socket"), socket: { data() {} } });
    expect(Bun.spawnSync(["mkfifo", tree.host("work/pipe")]).success).toBe(true);
    const refused = ["socket", "pipe", "/dev/null"].map(readComplaint);
    expect(refused).toEqual([
      "error: --allow-read=socket: a socket, neither a file nor a directory\n\nhint: grant a file or a directory\n",
      "error: --allow-read=pipe: a named pipe, neither a file nor a directory\n\nhint: grant a file or a directory\n",
      "error: --allow-read=/dev/null: a device, neither a file nor a directory\n\nhint: grant a file or a directory\n",
    ]);
  });

  testUnless(notOnLinux, "is what the kernel makes, by whatever way", async () => {
    const paths = ["/proc", "/proc/self/environ", "/sys", "process", "process/environ", `${"../".repeat(20)}proc/self`];
    for (const path of paths) {
      expect(readComplaint(path)).toBe(
        `error: --allow-read=${path}: what the kernel shows in /proc and /sys is never granted\n\n` +
          "hint: copy it to a file first\n",
      );
    }
  });

  testUnless(notOnLinux, "is where the interpreter has its own", async () => {
    for (const [path, place, mount] of [
      ["/", "/dev", "/:/host:ro"],
      ["/usr", "/usr/bin", "/usr:/host/usr:ro"],
      ["/usr/bin", "/usr/bin", "/usr/bin:/host/usr/bin:ro"],
      ["/usr/bin/env", "/usr/bin", "/usr/bin/env:/host/usr/bin/env:ro"],
      ["/lib", "/lib", "/lib:/host/lib:ro"],
      ["/dev/../lib/", "/lib", "/lib:/host/lib:ro"],
      ["/dev", "/dev", "/dev:/host/dev:ro"],
    ]) {
      expect(readComplaint(path ?? "")).toBe(
        `error: --allow-read=${path}: clashes with the interpreter's own ${place}\n\n` +
          `hint: --mount ${mount} puts it elsewhere\n`,
      );
    }
  });

  test("is the interpreter's own, for writing", () => {
    expect(writeComplaint("/")).toBe(
      "error: --allow-write=/: clashes with the interpreter's own /dev\n\nhint: --mount /:/host puts it elsewhere\n",
    );
  });
});

test("a path beside the interpreter's own is granted", () => {
  expect(parseReadGrant("/usr/share", tree.context)[0]?.guestPath as string).toBe("/usr/share");
});
