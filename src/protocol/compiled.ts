declare const WOMA_COMPILED: boolean | undefined;

/** A compiled woma carries its distribution; a checkout makes it first. */
export const compiled = typeof WOMA_COMPILED !== "undefined" && WOMA_COMPILED;

/** What starts this program again stands between the executable and its arguments. */
export const leadingWords: readonly string[] = compiled ? [] : [Bun.main];
