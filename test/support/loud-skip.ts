import { test } from "bun:test";

/** Longer than runWoma's own limit, so that a hang is reported with what was printed before it. */
const LONGEST_TEST_MS = 70_000;

/** Why a test cannot run on this machine, or undefined when it can. */
export type Obstacle = string | undefined;

/**
 * A test that this machine may be unable to run: it is then skipped with the reason on stderr. Under
 * WOMA_TEST=all, as in .ci/run, a skip is a failure.
 */
export function testUnless(obstacle: Obstacle, sentence: string, body: () => Promise<void>): void {
  if (obstacle === undefined) {
    test(sentence, body, LONGEST_TEST_MS);
  } else if (process.env["WOMA_TEST"] === "all") {
    test(sentence, () => {
      throw new Error(`cannot run here: ${obstacle}`);
    });
  } else {
    console.error(`SKIPPED: ${sentence}: ${obstacle}`);
    test.skip(sentence, () => {});
  }
}

export const notOnLinux: Obstacle = process.platform === "linux" ? undefined : "needs Linux";

/** Root is needed for the tests that mount a file system or run as another user. */
export const notRoot: Obstacle = notOnLinux ?? (process.getuid?.() === 0 ? undefined : "needs root");
