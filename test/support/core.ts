import type { Obstacle } from "./loud-skip.ts";
import { runWoma } from "./woma.ts";

let obstacle: Promise<Obstacle> | undefined;

/** A build on a machine that reaches no package index has no micropip and no time zone data. */
export function noCorePackages(): Promise<Obstacle> {
  obstacle ??= runWoma(["-c", "import micropip, tzdata"]).then(({ exitCode }) =>
    exitCode === 0 ? undefined : "this build is without the core's packages",
  );
  return obstacle;
}
