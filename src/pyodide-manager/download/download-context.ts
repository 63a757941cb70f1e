import type { Cache } from "../cache/cache.ts";
import type { PackageSettings } from "../package-settings.ts";
import type { ProgressListener } from "../progress.ts";
import type { DownloadRun } from "./download-run.ts";
import type { Patience } from "./patience.ts";

/** What every download of one run needs. */
export interface DownloadContext {
  /** Null where there is none that can be used: what comes is kept as long as it is open. */
  readonly cache: Cache | null;
  readonly settings: PackageSettings;
  readonly progress: ProgressListener;
  /** Its reason is thrown when it is aborted; what has come by then is kept. */
  readonly signal: AbortSignal;
  /** One for the whole run. */
  readonly run: DownloadRun;
  /** USUAL_PATIENCE where it is left out. */
  readonly patience?: Patience;
}
