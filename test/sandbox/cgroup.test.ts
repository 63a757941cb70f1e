import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasMemoryGroups, MemoryGroup } from "../../src/sandbox/cgroup.ts";
import { scratchDirectory } from "../support/woma.ts";

/** A directory that looks like a tree of control groups; the kernel's own would also make the files in a new group. */
async function tree(controllers: Readonly<Record<string, string>>) {
  const scratch = await scratchDirectory();
  for (const [directory, text] of Object.entries(controllers)) {
    mkdirSync(join(scratch.path, directory), { recursive: true });
    writeFileSync(join(scratch.path, directory, "cgroup.subtree_control"), text);
  }
  return scratch;
}

describe("a memory group", () => {
  test("is made beside woma's own group, with the limit and the process", async () => {
    await using scratch = await tree({ user: "cpu memory pids\n", "user/woma": "\n" });
    const place = { root: scratch.path, own: "/user/woma" };
    expect(hasMemoryGroups(place)).toBe(true);
    const group = MemoryGroup.create(4242, 1 << 30, place);
    const made = join(scratch.path, "user/woma-4242");
    expect(readFileSync(join(made, "memory.max"), "utf8")).toBe("1073741824");
    expect(readFileSync(join(made, "cgroup.procs"), "utf8")).toBe("4242");
    expect(group?.hasKilled).toBe(false);
    writeFileSync(join(made, "memory.events"), "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n");
    expect(group?.hasKilled).toBe(true);
  });

  test("is made in woma's own group when that gives its children limits", async () => {
    await using scratch = await tree({ "user/woma": "memory\n", user: "memory\n" });
    MemoryGroup.create(7, 1, { root: scratch.path, own: "/user/woma" });
    expect(existsSync(join(scratch.path, "user/woma/woma-7/memory.max"))).toBe(true);
  });

  test("is none where no group gives memory limits, and nothing is left behind", async () => {
    await using scratch = await tree({ user: "cpu pids\n", "user/woma": "\n" });
    const place = { root: scratch.path, own: "/user/woma" };
    expect(hasMemoryGroups(place)).toBe(false);
    expect(MemoryGroup.create(7, 1, place)).toBeNull();
    expect(readdirSync(join(scratch.path, "user")).sort()).toEqual(["cgroup.subtree_control", "woma"]);
  });

  test("is none where there is no tree, or one of another version", () => {
    expect(MemoryGroup.create(7, 1, null)).toBeNull();
    expect(MemoryGroup.create(7, 1, { root: "/no/such/tree", own: "/" })).toBeNull();
  });
});
