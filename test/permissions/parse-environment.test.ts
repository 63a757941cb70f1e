import { describe, expect, test } from "bun:test";
import { parseEnvironmentGrant, selectEnvironment } from "../../src/permissions/parse-environment.ts";
import { complaint } from "./complaint.ts";

describe("--allow-env", () => {
  test("names variables, whole or by how they begin", () => {
    expect(parseEnvironmentGrant("LANG,AWS_*,*,ProgramFiles(x86)")).toEqual([
      { kind: "name", name: "LANG" },
      { kind: "prefix", prefix: "AWS_" },
      { kind: "prefix", prefix: "" },
      { kind: "name", name: "ProgramFiles(x86)" },
    ]);
  });

  test("gives those that are set and granted, and no others", () => {
    const variables = { LANG: "C", LANGUAGE: "de", AWS_KEY: "k", AWS_: "", AWS: "a", lang: "x", UNSET: undefined };
    const granted = (value: string) => selectEnvironment(parseEnvironmentGrant(value), variables);
    expect(granted("LANG,UNSET,MISSING")).toEqual({ LANG: "C" });
    expect(granted("AWS_*,AWS_KEY")).toEqual({ AWS_KEY: "k", AWS_: "" });
    expect(granted("*")).toEqual({ LANG: "C", LANGUAGE: "de", AWS_KEY: "k", AWS_: "", AWS: "a", lang: "x" });
    expect(selectEnvironment([], variables)).toEqual({});
  });

  test("gives no more for a name that objects have of themselves", () => {
    expect(selectEnvironment(parseEnvironmentGrant("__proto__,constructor"), { A: "1" })).toEqual({});
    const variables = JSON.parse('{ "__proto__": "x" }');
    expect(Object.entries(selectEnvironment(parseEnvironmentGrant("*"), variables))).toEqual([["__proto__", "x"]]);
  });
});

describe("--allow-env is refused when it is", () => {
  const set = "it passes on what is set already: NAME=value woma --allow-env=NAME";
  const comma = "put one comma between two names";
  const example = "for example --allow-env=LANG,AWS_*: no spaces, and * at the end only";

  test.each([
    ["", "--allow-env='': nothing where a name should be", "is the variable that it comes from set?"],
    [",", "--allow-env=,: a comma without a name on both sides", comma],
    ["A,,B", "--allow-env=A,,B: a comma without a name on both sides", comma],
    ["A,", "--allow-env=A,: a comma without a name on both sides", comma],
    ["=", "--allow-env takes names of variables, not ''=…", set],
    ["A,TOKEN=secret", "--allow-env takes names of variables, not TOKEN=…", set],
    ["A, B", "--allow-env=' B': not the name of a variable", example],
    ["A*B", "--allow-env='A*B': not the name of a variable", example],
    ["*A", "--allow-env='*A': not the name of a variable", example],
    ["A**", "--allow-env='A**': not the name of a variable", example],
    ["A\0", "--allow-env=$'A\\x00': not the name of a variable", example],
    ["A\nB", "--allow-env=$'A\\x0aB': not the name of a variable", example],
  ])("%j", (value, message, hint) => {
    expect(complaint(() => parseEnvironmentGrant(value))).toBe(`error: ${message}\n\nhint: ${hint}\n`);
  });
});
