import { describe, expect } from "bun:test";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtBinary } from "../support/binary.ts";
import { notOnLinux, type Obstacle, testUnless } from "../support/loud-skip.ts";
import { RunningWoma } from "../support/running.ts";
import { scratchDirectory } from "../support/woma.ts";

const noNative: Obstacle = notOnLinux ?? (Bun.which("python3") ? undefined : "needs a native python3");
const noSqlite: Obstacle = noNative ?? (Bun.which("sqlite3") ? undefined : "needs the sqlite3 command");

/** Who runs a program: woma with the directory mounted, or a python3 of the host's. */
type Party = "woma" | "python3";

/** A directory, and the programs that run in it, which end with it. */
async function sharedDirectory() {
  const scratch = await scratchDirectory();
  const woma = await builtBinary();
  const children: Bun.Subprocess[] = [];
  const start = (party: Party, code: string) => {
    const command = party === "woma" ? [woma, "--mount", ".", "-c", code] : ["python3", "-c", code];
    const child = Bun.spawn(command, {
      cwd: scratch.path,
      env: { PATH: process.env["PATH"] ?? "", HOME: scratch.path },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    children.push(child);
    return new RunningWoma(child, scratch.path);
  };
  const run = async (party: Party, code: string) => {
    const { stdout, stderr, exitCode } = await start(party, code).end();
    return { stdout, stderr, exitCode };
  };
  const stop = async () => {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map((child) => child.exited));
    await scratch[Symbol.asyncDispose]();
  };
  return { path: scratch.path, start, run, [Symbol.asyncDispose]: stop };
}

const fine = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });

const PAIRS = [
  ["woma", "woma"],
  ["woma", "python3"],
  ["python3", "woma"],
] as const satisfies [Party, Party][];

/** Takes a lock, says how that went, and keeps it until Enter. */
const locking = (call: string, mode = "a+") => `
import fcntl
file = open("file", "${mode}")
try: fcntl.${call}; print("locked", flush=True)
except BlockingIOError as error: print(error, flush=True)
input()`;

/** Takes a lock, says how that went, and ends. */
const trying = (call: string, mode?: string) => locking(call, mode).replace("\ninput()", "");

const EXCLUSIVE = "lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)";
const BUSY = "[Errno 11] Resource temporarily unavailable\n";

describe("a record lock", () => {
  for (const [holder, other] of PAIRS) {
    testUnless(noNative, `of ${holder} keeps ${other} out, until it is given back`, async () => {
      await using shared = await sharedDirectory();
      const code = `${locking(EXCLUSIVE)}; fcntl.lockf(file, fcntl.LOCK_UN); print("unlocked", flush=True); input()`;
      const holding = shared.start(holder, code);
      await holding.writes("locked\n");
      expect(await shared.run(other, trying(EXCLUSIVE))).toEqual(fine(BUSY));
      expect(await shared.run(other, trying("lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)", "r"))).toEqual(fine(BUSY));
      holding.type("\n");
      await holding.writes("unlocked\n");
      expect(await shared.run(other, trying(EXCLUSIVE))).toEqual(fine("locked\n"));
      holding.type("\n");
      expect(await holding.end()).toMatchObject({ stderr: "", exitCode: 0 });
    });

    testUnless(noNative, `of ${holder} that is shared, or of other bytes, lets ${other} in`, async () => {
      await using shared = await sharedDirectory();
      await writeFile(join(shared.path, "file"), "x".repeat(100));
      const bytes = (start: number, length: number) =>
        `lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, ${length}, ${start})`;
      const holding = shared.start(holder, locking(bytes(10, 10)));
      await holding.writes("locked\n");
      const outcomes = [];
      for (const [start, length] of [
        [0, 10],
        [20, 0],
        [19, 1],
        [0, 0],
      ] as const)
        outcomes.push((await shared.run(other, trying(bytes(start, length)))).stdout);
      expect(outcomes).toEqual(["locked\n", "locked\n", BUSY, BUSY]);
      const reading = shared.start(holder, locking("lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 5, 50)", "r"));
      await reading.writes("locked\n");
      const sharing = "lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, 5, 50)";
      expect(await shared.run(other, trying(sharing, "r"))).toEqual(fine("locked\n"));
      expect(await shared.run(other, trying(bytes(54, 1)))).toEqual(fine(BUSY));
    });
  }

  for (const [end, code, stop] of [
    ["ends", "", (_: number) => {}],
    ["closes the file", "; file.close(); print('closed', flush=True); input()", (_: number) => {}],
    ["is killed", "", (pid: number) => process.kill(pid, "SIGKILL")],
  ] as const) {
    testUnless(noNative, `of a program that ${end} is gone`, async () => {
      await using shared = await sharedDirectory();
      const holding = shared.start("woma", locking(EXCLUSIVE) + code);
      await holding.writes("locked\n");
      expect(await shared.run("python3", trying(EXCLUSIVE))).toEqual(fine(BUSY));
      stop(holding.pid);
      if (end !== "is killed") holding.type("\n");
      if (end === "closes the file") await holding.writes("closed\n");
      else await holding.end();
      expect(await shared.run("python3", trying(EXCLUSIVE))).toEqual(fine("locked\n"));
    });
  }

  for (const [holder, other] of PAIRS.filter(([, waiting]) => waiting === "woma")) {
    testUnless(noNative, `is waited for: woma gets what ${holder} gives back`, async () => {
      await using shared = await sharedDirectory();
      const holding = shared.start(holder, locking(EXCLUSIVE));
      await holding.writes("locked\n");
      const waiting = shared.start(
        other,
        "import fcntl; file = open('file', 'a'); print('waits', flush=True); fcntl.lockf(file, fcntl.LOCK_EX); print('has it')",
      );
      await waiting.writes("waits\n");
      await Bun.sleep(300);
      expect(waiting.stdout).toBe("waits\n");
      holding.type("\n");
      expect(await waiting.end()).toMatchObject(fine("waits\nhas it\n"));
    });
  }

  testUnless(noNative, "that is waited for can be given up with Ctrl-C", async () => {
    await using shared = await sharedDirectory();
    const holding = shared.start("python3", locking(EXCLUSIVE));
    await holding.writes("locked\n");
    const waiting = shared.start(
      "woma",
      `
import fcntl
file = open("file", "a"); print("waits", flush=True)
try: fcntl.lockf(file, fcntl.LOCK_EX); print("has it")
except KeyboardInterrupt: print("gave up")`,
    );
    await waiting.writes("waits\n");
    await Bun.sleep(300);
    process.kill(waiting.pid, "SIGINT");
    expect(await waiting.end()).toMatchObject(fine("waits\ngave up\n"));
    expect(await shared.run("woma", trying(EXCLUSIVE))).toEqual(fine(BUSY));
  });

  testUnless(noNative, "that is waited for ends with --timeout, and is not left behind", async () => {
    await using shared = await sharedDirectory();
    const holding = shared.start("python3", locking(EXCLUSIVE));
    await holding.writes("locked\n");
    const child = Bun.spawn(
      [
        ...[await builtBinary(), "--mount", ".", "--timeout", "1", "-c"],
        "import fcntl; fcntl.lockf(open('file', 'a'), fcntl.LOCK_EX)",
      ],
      { cwd: shared.path, stdout: "pipe", stderr: "ignore" },
    );
    expect(await child.exited).toBe(124);
    holding.type("\n");
    await holding.end();
    expect(await shared.run("python3", trying(EXCLUSIVE))).toEqual(fine("locked\n"));
  });
});

describe("a lock of the whole file (flock)", () => {
  for (const [holder, other] of PAIRS) {
    testUnless(noNative, `of ${holder} keeps ${other} out`, async () => {
      await using shared = await sharedDirectory();
      const whole = "flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)";
      const holding = shared.start(holder, locking(whole));
      await holding.writes("locked\n");
      expect(await shared.run(other, trying(whole))).toEqual(fine(BUSY));
      holding.type("\n");
      await holding.end();
      expect(await shared.run(other, trying(whole))).toEqual(fine("locked\n"));
    });
  }
});

/** A database with one table, and a connection that does not wait. */
const CONNECTING = `
import sqlite3
connection = sqlite3.connect("db", timeout=0, isolation_level=None)
def attempt(statement):
    try: print(connection.execute(statement).fetchall(), flush=True)
    except sqlite3.OperationalError as error: print(error, flush=True)
`;

describe("a database that another writes to", () => {
  for (const [holder, other] of PAIRS) {
    testUnless(noNative, `is locked, for ${other} when ${holder} writes`, async () => {
      await using shared = await sharedDirectory();
      await shared.run("python3", `${CONNECTING}connection.execute("create table t (n)")`);
      const holding = shared.start(
        holder,
        `${CONNECTING}
attempt("begin immediate"); attempt("insert into t values (1)"); input()
attempt("begin exclusive") if not connection.in_transaction else attempt("commit"); attempt("begin exclusive"); input()
attempt("commit"); print("over", flush=True)`,
      );
      await holding.writes("[]\n[]\n");
      expect(
        await shared.run(
          other,
          `${CONNECTING}attempt("select count(*) from t"); attempt("insert into t values (2)"); attempt("begin immediate")`,
        ),
      ).toEqual(fine("[(0,)]\ndatabase is locked\ndatabase is locked\n"));
      holding.type("\n");
      await holding.writes("[]\n".repeat(4));
      expect(await shared.run(other, `${CONNECTING}attempt("select count(*) from t")`)).toEqual(
        fine("database is locked\n"),
      );
      const waiting = shared.start(
        other,
        `${CONNECTING}print("waits", flush=True); attempt("pragma busy_timeout = 20000"); attempt("insert into t values (2)"); attempt("select count(*) from t")`,
      );
      await waiting.writes("waits\n");
      await Bun.sleep(300);
      holding.type("\n");
      expect(await waiting.end()).toMatchObject(fine("waits\n[(20000,)]\n[]\n[(2,)]\n"));
    });
  }

  testUnless(noSqlite, "is locked for the sqlite3 command too", async () => {
    await using shared = await sharedDirectory();
    const holding = shared.start(
      "woma",
      `${CONNECTING}attempt("create table t (n)"); attempt("begin exclusive"); input()`,
    );
    await holding.writes("[]\n[]\n");
    const { stderr, exitCode } = Bun.spawnSync(["sqlite3", "db", "insert into t values (1)"], { cwd: shared.path });
    expect({ locked: stderr.toString().includes("database is locked"), exitCode }).toEqual({
      locked: true,
      exitCode: 5,
    });
  });

  testUnless(
    noNative,
    "is locked for a second connection of the same program, and the first is not harmed",
    async () => {
      await using shared = await sharedDirectory();
      const code = `${CONNECTING}
attempt("create table t (n)"); attempt("begin immediate"); attempt("insert into t values (1)")
first, connection = connection, sqlite3.connect("db", timeout=0, isolation_level=None)
attempt("insert into t values (2)"); connection.close(); print("closed", flush=True); input()
connection = first; attempt("commit"); attempt("select * from t")`;
      const holding = shared.start("woma", code);
      await holding.writes("closed\n");
      expect(await shared.run("python3", `${CONNECTING}attempt("insert into t values (3)")`)).toEqual(
        fine("database is locked\n"),
      );
      holding.type("\n");
      expect(await holding.end()).toMatchObject(fine("[]\n[]\n[]\ndatabase is locked\nclosed\n[]\n[(1,)]\n"));
    },
  );

  testUnless(noNative, "loses nothing when three write to it at once", async () => {
    await using shared = await sharedDirectory();
    await shared.run("python3", `${CONNECTING}connection.execute("create table t (who, n)")`);
    const writing = (who: string) => `
import sqlite3
connection = sqlite3.connect("db", timeout=60, isolation_level=None)
for n in range(60):
    connection.execute("begin immediate")
    total, = connection.execute("select count(*) from t").fetchone()
    connection.execute("insert into t values (?, ?)", ("${who}", total)); connection.execute("commit")
print(connection.execute("pragma integrity_check").fetchall())`;
    const outcomes = await Promise.all([
      shared.run("woma", writing("a")),
      shared.run("woma", writing("b")),
      shared.run("python3", writing("c")),
    ]);
    for (const outcome of outcomes) expect(outcome).toEqual(fine("[('ok',)]\n"));
    const counting = `${CONNECTING}attempt("select who, count(*) from t group by who"); print([n for n, in connection.execute("select n from t order by n")] == list(range(180)))`;
    expect(await shared.run("python3", counting)).toEqual(fine("[('a', 60), ('b', 60), ('c', 60)]\nTrue\n"));
  });
});

describe("a database with a write-ahead log, whose memory cells cannot share,", () => {
  testUnless(noNative, "is not made, and the journal stays as it was", async () => {
    await using shared = await sharedDirectory();
    const code = `${CONNECTING}
attempt("create table t (n)"); attempt("pragma journal_mode"); print(">", end=" "); attempt("pragma journal_mode = wal")
attempt("insert into t values (1)"); attempt("pragma journal_mode"); attempt("pragma integrity_check")`;
    const { stdout, stderr, exitCode } = await shared.run("woma", code);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toMatch(
      /^\[\]\n\[\('delete',\)\]\n> (?!\[\('wal',\)\]).*\n\[\]\n\[\('delete',\)\]\n\[\('ok',\)\]\n$/,
    );
    const checking = `${CONNECTING}attempt("pragma integrity_check"); attempt("select n from t"); attempt("pragma journal_mode")`;
    expect(await shared.run("python3", checking)).toEqual(fine("[('ok',)]\n[(1,)]\n[('delete',)]\n"));
  });

  testUnless(noNative, "that a native program uses is refused, and stays whole", async () => {
    await using shared = await sharedDirectory();
    const native = shared.start(
      "python3",
      `${CONNECTING}
attempt("pragma journal_mode = wal"); attempt("create table t (n)"); attempt("insert into t values (1)"); print("ready", flush=True); input()
for n in range(2, 100): connection.execute("insert into t values (?)", (n,))
attempt("select count(*) from t"); attempt("pragma integrity_check")`,
    );
    await native.writes("ready\n");
    const code = `${CONNECTING}
for _ in range(20):
    for statement in ["select count(*) from t", "insert into t values (1000)", "vacuum", "pragma journal_mode = delete"]:
        try: print("done", statement, connection.execute(statement).fetchall())
        except sqlite3.Error: pass
print("over")`;
    const intruding = shared.run("woma", code);
    native.type("\n");
    expect(await intruding).toEqual(fine("over\n"));
    expect(await native.end()).toMatchObject(fine("[('wal',)]\n[]\n[]\nready\n[(99,)]\n[('ok',)]\n"));
    const checking = `${CONNECTING}attempt("pragma integrity_check"); attempt("select count(*), sum(n) from t")`;
    expect(await shared.run("python3", checking)).toEqual(fine("[('ok',)]\n[(99, 4950)]\n"));
    expect((await readdir(shared.path)).filter((name) => !/^db(?:-shm|-wal)?$/.test(name))).toEqual([]);
  });
});
