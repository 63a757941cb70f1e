import type { PackageFile } from "../package-file.ts";
import type { PackageSettings } from "../package-settings.ts";
import { distributionUrl } from "./distribution-url.ts";

/** One place that may have a file. */
export interface Source {
  /** With the credentials that it was given with. */
  readonly url: URL;
  /** For messages: without credentials, and without a query, which may be one. */
  readonly label: string;
}

/**
 * Where a file may be had, the first choice first. A file of the lock lies at the mirrors and the distribution's base
 * URL under its name, one of an index where that says. Offline, only what is on this machine's disks counts.
 */
export async function sourcesOf(
  file: PackageFile,
  settings: Pick<PackageSettings, "mirrors" | "offline">,
): Promise<readonly Source[]> {
  const urls = file.origin === "index" ? indexPlaces(file) : await lockPlaces(file, settings);
  return urls.filter(({ protocol }) => !settings.offline || protocol === "file:").map(sourceAt);
}

/** A URL as it may be shown. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = shown.password = shown.search = shown.hash = "";
  return shown.href;
}

function sourceAt(url: URL): Source {
  return { url, label: shownUrl(url) };
}

function indexPlaces({ url }: PackageFile): readonly URL[] {
  return url === null ? [] : [new URL(url)];
}

async function lockPlaces(
  { fileName }: PackageFile,
  { mirrors, offline }: Pick<PackageSettings, "mirrors" | "offline">,
): Promise<readonly URL[]> {
  const bases = [...mirrors.map((mirror) => new URL(mirror)), ...(offline ? [] : [await distributionUrl()])];
  return bases.map((base) => fileAt(base, fileName));
}

/** A base ends with a slash. */
function fileAt(base: URL, fileName: string): URL {
  const url = new URL(base);
  url.pathname += encodeURIComponent(fileName);
  return url;
}
