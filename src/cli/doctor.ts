import { release } from "node:os";
import { Files } from "../broker/kernel/files.ts";
import type { ProgramEnd } from "../broker/program.ts";
import { Session } from "../broker/session.ts";
import { SIGKILL } from "../broker/signals.ts";
import { WomaError } from "../errors.ts";
import { parseMount } from "../permissions/parse-mount.ts";
import { compiled, leadingWords } from "../protocol/compiled.ts";
import { type Libc, openLibc } from "../protocol/libc.ts";
import { prepareCheckout } from "../pyodide-manager/checkout.ts";
import { hasMemoryGroups } from "../sandbox/cgroup.ts";
import { landlockVersion } from "../sandbox/landlock.ts";
import { type Finding, probeCell } from "../sandbox/probe.ts";
import { explain } from "./ending.ts";

/** Prints what this machine enforces, as seen on a cell that was started for it; false when the wall is incomplete. */
export async function doctor(): Promise<boolean> {
  const libc = openLibc();
  const findings = process.platform === "linux" && libc !== null ? await onLinux(libc) : elsewhere();
  const complete = findings.every(({ state }) => state !== "missing");
  const width = Math.max(...findings.map(({ what }) => what.length));
  const lines = findings.map(({ what, state, detail }) => `${MARKS[state]} ${what.padEnd(width)}  ${detail}`);
  const verdict = complete ? "The wall is complete." : INCOMPLETE;
  process.stdout.write(
    `${[`woma on ${process.platform} ${process.arch}, ${release()}`, ...lines, verdict].join("\n")}\n`,
  );
  return complete;
}

const INCOMPLETE =
  process.platform === "darwin"
    ? "The wall is incomplete: what there is holds as far as sandbox_init does."
    : "The wall is incomplete: woma runs programs with --insecure only.";

const MARKS: Record<Finding["state"], string> = { enforced: "yes", missing: "NO ", absent: "-  " };

async function onLinux(libc: Libc): Promise<Finding[]> {
  const command = {
    executable: process.execPath,
    leading: leadingWords,
    snapshotPath: compiled ? undefined : prepareCheckout(null),
    confinement: "confined",
    urgency: "urgent",
  } as const;
  const session = new Session(command, libc);
  const end = await session.started();
  const seen = end === null && session.pid !== undefined ? probeCell(session.pid) : [failure(end)];
  session.end({ how: "killed", reason: "it was for a look only", signal: SIGKILL });
  return [...seen, files(libc), landlock(libc), memoryGroup()];
}

function failure(end: ProgramEnd | null): Finding {
  const detail =
    end === null
      ? "it has no process"
      : explain(end)
          .split("\n")[0]
          ?.replace(/^error: /, "");
  return { what: "a cell", state: "missing", detail: detail ?? "it did not start" };
}

function landlock(libc: Libc): Finding {
  const version = landlockVersion(libc);
  const scope = version >= 6 ? "files, TCP, signals" : version >= 4 ? "files, TCP" : "files";
  return {
    what: "Landlock, a second time",
    state: version > 0 ? "enforced" : "absent",
    detail:
      version > 0 ? `version ${version}: ${scope}` : "not in this kernel, or not let through; seccomp stands alone",
  };
}

function files(libc: Libc): Finding {
  const what = "mounts (openat2)";
  try {
    const mount = parseMount(`${process.cwd()}:/mnt:ro`, { workingDirectory: process.cwd(), home: "/" });
    Files.open(libc, [mount], { maximumWrittenBytes: null })?.close();
    return { what, state: "enforced", detail: "paths are resolved by the kernel below each mount" };
  } catch (error) {
    if (!(error instanceof WomaError)) throw error;
    return { what, state: "absent", detail: `${error.message}; programs run without mounts` };
  }
}

function memoryGroup(): Finding {
  const present = hasMemoryGroups();
  return {
    what: "memory group (cgroup v2)",
    state: present ? "enforced" : "absent",
    detail: present ? "the kernel holds the memory limit" : "cannot be made here; the process is watched every 20 ms",
  };
}

function elsewhere(): Finding[] {
  if (process.platform === "darwin") {
    return [
      { what: "sandbox_init", state: "missing", detail: "best effort: deprecated by Apple, and not tried by us" },
    ];
  }
  return [{ what: "a wall", state: "missing", detail: `woma has none for ${process.platform}; use Linux, or WSL2` }];
}
