import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One thing that the wall is made of, as it is on this machine. */
export interface Finding {
  readonly what: string;
  /** `absent` is what the wall can do without. */
  readonly state: "enforced" | "missing" | "absent";
  readonly detail: string;
}

/** Looks at a locked cell from outside. Linux only; throws what node:fs throws when the process is gone. */
export function probeCell(pid: number): Finding[] {
  return [systemCalls(pid), privileges(pid), descriptors(pid), limits(pid), environment(pid)];
}

const STATUS_FILTERED = "2";

function systemCalls(pid: number): Finding {
  const threads = threadFields(pid, "Seccomp");
  const locked = threads.filter((mode) => mode === STATUS_FILTERED).length;
  return {
    what: "system calls (seccomp)",
    state: locked === threads.length ? "enforced" : "missing",
    detail: `${locked} of ${threads.length} threads: compute, read fd 0, write fds 1 and 2`,
  };
}

function privileges(pid: number): Finding {
  const threads = threadFields(pid, "NoNewPrivs");
  const state = threads.every((value) => value === "1") ? "enforced" : "missing";
  return { what: "no new privileges", state, detail: "setuid programs and capabilities stay out of reach" };
}

function descriptors(pid: number): Finding {
  const open = readdirSync(`/proc/${pid}/fd`).map(Number);
  const extra = open.filter((fd) => fd > 2).map((fd) => `${fd} (${readlinkSync(`/proc/${pid}/fd/${fd}`)})`);
  return {
    what: "descriptors",
    state: extra.length === 0 ? "enforced" : "missing",
    detail: extra.length === 0 ? "0, 1 and 2, to the broker alone" : `open besides: ${extra.join(", ")}`,
  };
}

function limits(pid: number): Finding {
  const text = readFileSync(`/proc/${pid}/limits`, "latin1");
  const wanted = ["Max core file size", "Max file size", "Max open files"];
  const open = wanted.filter((name) => !new RegExp(`^${name} +0 +0 `, "m").test(text));
  return {
    what: "limits",
    state: open.length === 0 ? "enforced" : "missing",
    detail: open.length === 0 ? "no core file, no file written, no descriptor opened" : `not 0: ${open.join(", ")}`,
  };
}

function environment(pid: number): Finding {
  const names = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").filter(Boolean);
  const foreign = names.filter((entry) => !entry.startsWith("BUN_JSC_"));
  return {
    what: "environment",
    state: foreign.length === 0 ? "enforced" : "missing",
    detail: foreign.length === 0 ? "nothing of yours" : `${foreign.length} variables`,
  };
}

function threadFields(pid: number, name: string): string[] {
  const field = new RegExp(`^${name}:\\s+(\\d+)$`, "m");
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, "latin1");
    return field.exec(status)?.[1] ?? "";
  });
}
