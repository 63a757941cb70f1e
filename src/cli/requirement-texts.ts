import { UsageError } from "../errors.ts";

/** `--with` PKG[,PKG…]: a comma parts packages, unless it stands in brackets or a version follows: `a[x,y]>=1,<2,b`. */
export function splitRequirements(option: string, text: string): readonly string[] {
  const parts = [...text.matchAll(PART)].map(([part]) => part.replace(/^,/, "").trim());
  return parts.map((requirement) => checkRequirement(option, requirement));
}

/** From the beginning or a comma up to the next that parts. */
const PART = /(?:^|,)(?:'[^']*'|"[^"]*"|\[[^\]]*\]|\([^)]*\)|,(?=\s*[<>=!~])|[^,])*/g;

/** Looks at a requirement's shape; what it means is the resolver's. */
export function checkRequirement(option: string, text: string): string {
  if (text === "") throw new UsageError(`${option} takes packages, not nothing`, example(option));
  if (/^[\w.-]+\.(py|pyw|ipynb)$/i.test(text)) {
    throw new UsageError(`${option} takes packages, and '${text}' looks like a program`, example(option));
  }
  if (!REQUIREMENT.test(text)) throw new UsageError(`${option} takes packages, not '${text}'`, example(option));
  return text;
}

/** A name, and after it extras, versions, a marker or an address; or a wheel's own path or address. */
const REQUIREMENT = /^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?(\s*[[(<>=!~;@].*)?$|\.whl(#.*)?$/s;

function example(option: string): string {
  return option === "--with"
    ? "for example --with numpy, or --with 'pandas>=2,<3,rich'"
    : `for example ${option.slice(0, -1)} numpy 'pandas>=2,<3'\``;
}
