import type { Patience } from "./patience.ts";
import { SourceFailure } from "./source-failure.ts";

/** Watches how fast a body comes: the function is told from time to time how much there is. It throws SourceFailure. */
export function watchPace({ slowMs, slowBytes }: Patience, bytes: number): (bytes: number) => void {
  let [before, since] = [bytes, performance.now()];
  return (now) => {
    if (performance.now() - since < slowMs) return;
    if (now - before < slowBytes) {
      throw new SourceFailure(`sent no more than ${now - before} bytes in ${slowMs / 1000} s`);
    }
    [before, since] = [now, performance.now()];
  };
}
