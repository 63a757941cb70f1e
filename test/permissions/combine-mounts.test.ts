import { describe, expect, test } from "bun:test";
import { combineMounts } from "../../src/permissions/combine-mounts.ts";
import type { HostPath } from "../../src/permissions/permissions.ts";
import { complaint } from "./complaint.ts";
import { mountAt } from "./tree.ts";

describe("mounts together", () => {
  test("are none when there is none", () => {
    expect(combineMounts([])).toEqual([]);
  });

  test("are each path once, with the wider access whichever came first, and of equals the first", () => {
    const read = mountAt("/a", { grantedBy: "--allow-read=/a" });
    const again = mountAt("/a", { grantedBy: "--allow-read=/a/" });
    const write = mountAt("/a", { access: "read-write", grantedBy: "--allow-write=/a" });
    expect(combineMounts([read, write])).toEqual([write]);
    expect(combineMounts([write, read])).toEqual([write]);
    expect(combineMounts([write, mountAt("/a", { ...write, grantedBy: "--mount /a" })])).toEqual([write]);
    expect(combineMounts([again, read, again]).map(({ grantedBy }) => grantedBy)).toEqual(["--allow-read=/a/"]);
  });

  test("come with parents before what lies in them, and the inner may be the narrower", () => {
    const [outer, inner] = [mountAt("/a", { access: "read-write" }), mountAt("/a/b/c")];
    const [beside, file] = [mountAt("/a-b"), mountAt("/a/b/c/d.txt", { kind: "file" })];
    expect(combineMounts([file, inner, beside, outer])).toEqual([outer, beside, inner, file]);
  });

  test("are sorted so in whatever order they are given", () => {
    const paths = ["/a", "/a/b", "/a!", "/a/b/c", "/a0", "/b", "/b/a", "/a/b!c", "/é/a", "/é"];
    for (let round = 0; round < 200; round++) {
      const shuffled = paths.toSorted(() => Math.random() - 0.5).map((path) => mountAt(path));
      const found = combineMounts(shuffled).map(({ guestPath }) => guestPath as string);
      expect(found.toSorted()).toEqual(paths.toSorted());
      for (const [index, path] of found.entries())
        expect(found.slice(0, index).filter((before) => before.startsWith(`${path}/`))).toEqual([]);
    }
  });

  test("are refused when two things are to be at one place, naming both flags", () => {
    const one = mountAt("/data", { grantedBy: "--mount .:/data" });
    const other = mountAt("/data", { hostPath: "/other" as HostPath, grantedBy: "--mount /other:/data:ro" });
    expect(complaint(() => combineMounts([one, mountAt("/x"), other]))).toBe(
      "error: --mount .:/data and --mount /other:/data:ro put two things at the same place\n\n" +
        "hint: give one of them another place: --mount HOST:/elsewhere\n",
    );
  });

  test("are refused when one is to be inside a file", () => {
    const file = mountAt("/data", { kind: "file", grantedBy: "--mount t.csv:/data" });
    const inside = mountAt("/data/x", { grantedBy: "--mount .:/data/x" });
    const expected =
      "error: --mount .:/data/x lies inside the file of --mount t.csv:/data\n\n" +
      "hint: give one of them another place: --mount HOST:/elsewhere\n";
    expect(complaint(() => combineMounts([file, inside]))).toBe(expected);
    expect(complaint(() => combineMounts([inside, file]))).toBe(expected);
    expect(combineMounts([file, mountAt("/data.x")])).toHaveLength(2);
  });
});
