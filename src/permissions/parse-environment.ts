import { UsageError } from "../errors.ts";
import { splitItems } from "./items.ts";
import type { VariablePattern } from "./permissions.ts";
import { shellWord } from "./shell-word.ts";

/** `--allow-env=NAME[,NAME…]`; `AWS_*` is all that begin so, `*` alone is all. Throws UsageError. */
export function parseEnvironmentGrant(value: string): readonly VariablePattern[] {
  return splitItems("--allow-env", value, "name").map(parsePattern);
}

/** The variables that are set and granted, by their names. */
export function selectEnvironment(
  grants: readonly VariablePattern[],
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value !== undefined && grants.some((grant) => isGranted(grant, name)) ? [[name, value]] : [],
    ),
  );
}

function parsePattern(text: string): VariablePattern {
  const [name = "", ...values] = text.split("=");
  if (values.length > 0) {
    // The value may be a secret: it is not repeated.
    throw new UsageError(
      `--allow-env takes names of variables, not ${shellWord(name)}=…`,
      "it passes on what is set already: NAME=value woma --allow-env=NAME",
    );
  }
  const stem = text.endsWith("*") ? text.slice(0, -1) : text;
  if (/[\s\p{C}*]/u.test(stem)) {
    throw new UsageError(
      `--allow-env=${shellWord(text)}: not the name of a variable`,
      "for example --allow-env=LANG,AWS_*: no spaces, and * at the end only",
    );
  }
  return stem === text ? { kind: "name", name: text } : { kind: "prefix", prefix: stem };
}

function isGranted(grant: VariablePattern, name: string): boolean {
  return grant.kind === "name" ? name === grant.name : name.startsWith(grant.prefix);
}
