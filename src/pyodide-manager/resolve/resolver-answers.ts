import { SourceFailure } from "../download/source-failure.ts";
import { shownUrl } from "../download/sources.ts";
import type { IndexedFile } from "../index/index-page.ts";
import { type MetadataSources, metadataOfIndexed, metadataOfLock } from "../index/package-metadata.ts";
import type { ProjectFiles, ProjectPage } from "../index/project-files.ts";
import { parseWheelName } from "../index/wheel-name.ts";
import type { Lock } from "../lock.ts";
import type { PackageFile } from "../package-file.ts";
import { isPackageName, normalizeName } from "../package-name.ts";
import type { ProjectListing, ResolverAnswers } from "./resolver-task.ts";

interface Parts {
  readonly lock: Lock;
  readonly excludedLock: ReadonlySet<string>;
  readonly projects: ProjectFiles;
  readonly metadata: MetadataSources;
  /** What will be asked for in any case. */
  readonly firstNames: readonly string[];
  note(text: string): void;
}

/**
 * Answers one solver, which is nobody to trust: it names projects and files, never addresses, and of files only those
 * that an index has listed to it.
 */
export class SolverAnswers implements ResolverAnswers {
  /** What was listed, by project, then by file. */
  readonly listed = new Map<string, Map<string, IndexedFile>>();
  readonly #pages = new Map<string, Promise<ProjectPage | null>[]>();
  readonly #given = new Map<string, number>();
  #asked = 0;
  #ahead = 0;
  #hasBegun = false;

  constructor(private readonly parts: Parts) {}

  defaultIndex(url: string): void {
    if (!this.#hasBegun) this.parts.projects.defaultIndex = url;
    this.#hasBegun = true;
    this.expect(this.parts.firstNames);
  }

  async project(name: string): Promise<Uint8Array | null> {
    this.#hasBegun = true;
    if (!isPackageName(name) || ++this.#asked > MOST_QUESTIONS) return null;
    const project = normalizeName(name);
    const number = this.#given.get(project) ?? 0;
    this.#given.set(project, number + 1);
    const page = await this.#page(project, number);
    if (page === null) return null;
    const listed = this.listed.get(project) ?? new Map<string, IndexedFile>();
    this.listed.set(project, listed);
    // A file that two indexes have is the first one's.
    for (const file of page.files) if (!listed.has(file.fileName)) listed.set(file.fileName, file);
    return new TextEncoder().encode(JSON.stringify(listingOf(page)));
  }

  async metadata(project: string, file: string): Promise<Uint8Array | null> {
    this.#hasBegun = true;
    if (++this.#asked > MOST_QUESTIONS) return null;
    const bytes =
      (await this.#ofLock(normalizeName(project), file)) ?? (await this.#ofIndex(normalizeName(project), file));
    if (bytes !== null) this.#lookAhead(bytes);
    return bytes;
  }

  /** Has these projects' pages fetched before the solver asks for them, a few at a time. */
  expect(names: readonly string[]): void {
    for (const name of names) {
      const project = normalizeName(name);
      if (this.#ahead >= MOST_AHEAD || !isPackageName(name)) continue;
      if (this.parts.lock.packages.has(project) || this.#pages.has(project)) continue;
      this.#ahead += 1;
      const done = () => {
        this.#ahead -= 1;
      };
      // Who asks in the end learns what went wrong.
      this.#page(project, 0).then(done, done);
    }
  }

  async #ofLock(name: string, file: string): Promise<Uint8Array | null> {
    const { lock, excludedLock, metadata } = this.parts;
    if (lock.packages.get(name)?.fileName !== file || excludedLock.has(name)) return null;
    return metadataOfLock(lock.fileOf(name), metadata);
  }

  async #ofIndex(name: string, file: string): Promise<Uint8Array | null> {
    const listed = this.listed.get(name)?.get(file);
    if (listed === undefined) return null;
    try {
      return await metadataOfIndexed(listed, packageFile(name, listed), this.parts.metadata);
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      // Without network there is nothing odd about it.
      if (!this.parts.projects.access.offline) this.parts.note(`${shownUrl(new URL(listed.url))} ${error.message}`);
      return null;
    }
  }

  #page(project: string, number: number): Promise<ProjectPage | null> {
    const pages = this.#pages.get(project) ?? [];
    this.#pages.set(project, pages);
    while (pages.length <= number) {
      const next = () => this.parts.projects.next(project);
      pages.push(pages.at(-1)?.then(next) ?? next());
    }
    return pages[number] ?? Promise.resolve(null);
  }

  /** While the solver reads, what it will want next comes. */
  #lookAhead(metadata: Uint8Array): void {
    const lines = new TextDecoder().decode(metadata.subarray(0, LONGEST_LOOK)).split("\n");
    // Whether a marker holds is the solver's to say, and what lies at an address is nobody's here.
    const names = lines.flatMap((line) => /^Requires-Dist: *([A-Za-z0-9._-]+)[^;@]*$/.exec(line)?.[1] ?? []);
    this.expect(names);
  }
}

/** More than any resolution needs that comes to an end. */
const MOST_QUESTIONS = 20_000;
const MOST_AHEAD = 16;
const LONGEST_LOOK = 256 * 1024;

/** Null for one whose hash nobody says. */
function packageFile(name: string, { fileName, sha256, url, bytes }: IndexedFile): PackageFile | null {
  const version = parseWheelName(fileName)?.version;
  return sha256 === null || version === undefined
    ? null
    : { name, version, fileName, sha256, origin: "index", url, bytes };
}

function listingOf({ files, unusable }: ProjectPage): ProjectListing {
  return {
    files: files.map(({ fileName, version, sha256, requiresPython, yanked }) => ({
      file: fileName,
      version,
      sha256,
      requiresPython,
      yanked: yanked !== null,
    })),
    unusable: Object.fromEntries(unusable),
  };
}
