import { WomaError } from "../../errors.ts";
import { PYTHON_VERSION } from "../pin.ts";
import { allowsPython } from "./python-version.ts";
import { type Requirement, requirement } from "./requirement.ts";

/** What a script says it needs, in a comment that begins with `# /// script` (PEP 723). `shownAs` names the script. */
export function scriptRequirements(source: string, shownAs: string): readonly Requirement[] {
  const block = findBlock(source, shownAs);
  if (block === null) return [];
  const fields = parse(block, shownAs);
  checkPython(fields["requires-python"], shownAs);
  const dependencies = fields["dependencies"] ?? [];
  if (!Array.isArray(dependencies) || dependencies.some((item) => typeof item !== "string")) {
    throw problem(shownAs, block.line, "its dependencies are no list of strings");
  }
  return dependencies.map((text) => requirement(text, shownAs));
}

interface Block {
  readonly text: string;
  /** Where `# /// script` stands. */
  readonly line: number;
}

/** By the rules of the specification: it ends at the last `# ///` that only comment lines come before. */
function findBlock(source: string, shownAs: string): Block | null {
  const lines = source.split(/\r\n|\r|\n/);
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index++) {
    if (lines[index] !== "# /// script") continue;
    let [end, next] = [index, index + 1];
    for (; /^#(?: |$)/.test(lines[next] ?? ""); next++) if (lines[next] === "# ///") end = next;
    if (end === index) throw problem(shownAs, index + 1, "its metadata has no end: a line `# ///`");
    blocks.push({
      text: lines
        .slice(index + 1, end)
        .map(withoutMark)
        .join("\n"),
      line: index + 1,
    });
    index = end;
  }
  const [first, second] = blocks;
  if (second !== undefined) throw problem(shownAs, second.line, "a second `# /// script` is one too many");
  return first ?? null;
}

function withoutMark(line: string): string {
  return line.replace(/^# ?/, "");
}

function parse({ text, line }: Block, shownAs: string): Readonly<Record<string, unknown>> {
  try {
    return Bun.TOML.parse(text) as Record<string, unknown>;
  } catch (cause) {
    const said = (cause as Error).message.replace(/^TOML Parse error: /, "");
    throw problem(shownAs, line + firstBadLine(text), `its metadata is no TOML: ${said}`);
  }
}

/** The parser does not say where: where what is TOML comes to its end. */
function firstBadLine(text: string): number {
  const lines = text.split("\n");
  const isToml = (count: number) => {
    try {
      Bun.TOML.parse(lines.slice(0, count).join("\n"));
      return true;
    } catch {
      return false;
    }
  };
  let good = Math.min(lines.length, MOST_LINES);
  while (good > 0 && !isToml(good)) good -= 1;
  return good + 1;
}

const MOST_LINES = 200;

function checkPython(bounds: unknown, shownAs: string): void {
  if (bounds === undefined) return;
  const allowed = typeof bounds === "string" ? allowsPython(bounds) : null;
  if (allowed === null) {
    throw new WomaError(`${shownAs}: its requires-python is ${JSON.stringify(bounds)}, which bounds no versions`, {
      hint: 'write it as requires-python = ">=3.11"',
      exitStatus: 2,
    });
  }
  if (!allowed) {
    throw new WomaError(`${shownAs} requires Python ${bounds}, and woma's is ${PYTHON_VERSION}`, {
      hint: "if it runs with this one as well, widen its requires-python",
    });
  }
}

function problem(shownAs: string, line: number, what: string): WomaError {
  return new WomaError(`${shownAs}, line ${line}: ${what}`, {
    hint: 'script metadata is written as\n\n# /// script\n# dependencies = ["requests>=2"]\n# ///',
    exitStatus: 2,
  });
}
