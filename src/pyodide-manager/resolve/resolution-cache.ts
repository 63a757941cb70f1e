import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Cache } from "../cache/cache.ts";
import { readRegularFile } from "../cache/regular-file.ts";
import { openDirectory, replaceFile } from "../index/page-cache.ts";

const FRESH_MS = 10 * 60_000;
const LARGEST_BYTES = 64 * 1024 ** 2;

/**
 * What was resolved a moment ago, in `resolutions-v1/`: the same question starts no solver and asks no index. One that
 * others can write to is not read.
 */
export class ResolutionCache<Answer> {
  readonly #directory: string | null;
  readonly #writable: boolean;

  constructor(
    cache: Cache | null,
    private readonly offline: boolean,
  ) {
    this.#writable = cache?.writable ?? false;
    this.#directory = cache === null ? null : openDirectory(cache, "resolutions-v1");
  }

  /** The question is all that the answer depends on, in JSON. */
  find(question: string, now = Date.now()): Answer | null {
    if (this.#directory === null) return null;
    try {
      const kept = JSON.parse(readRegularFile(this.#path(question), LARGEST_BYTES).toString()) as Kept<Answer>;
      const age = now - kept.at;
      // Without network it is as good as any that could be had.
      const isFresh = this.offline || (age >= 0 && age < FRESH_MS);
      return kept.question === question && isFresh ? kept.answer : null;
    } catch {
      return null;
    }
  }

  keep(question: string, answer: Answer, now = Date.now()): void {
    if (this.#directory === null || !this.#writable) return;
    const kept: Kept<Answer> = { question, at: now, answer };
    replaceFile(this.#path(question), JSON.stringify(kept));
  }

  #path(question: string): string {
    return join(this.#directory ?? "", `${createHash("sha256").update(question).digest("hex")}.json`);
  }
}

interface Kept<Answer> {
  readonly question: string;
  readonly at: number;
  readonly answer: Answer;
}
