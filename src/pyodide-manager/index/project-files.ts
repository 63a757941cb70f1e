import { SourceFailure } from "../download/source-failure.ts";
import { shownUrl } from "../download/sources.ts";
import { normalizeName } from "../package-name.ts";
import type { IndexedFile } from "./index-page.ts";
import type { IndexSettings } from "./index-settings.ts";
import { type IndexAccess, linkedFiles, projectOnIndex } from "./simple-index.ts";
import { parseWheelName, rankOf, sourceVersion } from "./wheel-name.ts";

/** How wheels are read where they lie. */
export interface RemoteWheels extends IndexAccess {
  readonly maximumWheelBytes: number;
}

/** A wheel that runs here. */
interface UsableFile extends IndexedFile {
  readonly version: string;
}

/** What one index, or all find-links together, has of a project. */
export interface ProjectPage {
  /** The best fitting first. */
  readonly files: readonly UsableFile[];
  /** By version, for those without a wheel that runs here: what there is instead. */
  readonly unusable: ReadonlyMap<string, string>;
}

interface Parts {
  readonly settings: IndexSettings;
  readonly access: RemoteWheels;
  readonly ranks: ReadonlyMap<string, number>;
  /** Is told of each index that could not be asked, once. */
  note(text: string): void;
}

/** Projects' files on the configured indexes, one index after another, and what became of asking them. */
export class ProjectFiles {
  /** micropip's own, once it is known. */
  defaultIndex: string | null = null;
  /** The indexes that were asked, and for those that did not answer why: for messages. */
  readonly asked = new Map<string, string | null>();
  readonly #position = new Map<string, number>();
  #links: Promise<readonly IndexedFile[]> | undefined;

  constructor(private readonly parts: Parts) {}

  get access(): RemoteWheels {
    return this.parts.access;
  }

  /**
   * The project's page on the next index that has a wheel of it which runs here; null when none is left. So nobody can
   * slip in, on an index that is asked later, another package under a name that an earlier one has.
   */
  async next(project: string): Promise<ProjectPage | null> {
    const unusable = new Map<string, string>();
    let isKnown = false;
    for (let position = this.#position.get(project) ?? 0; position <= this.parts.settings.indexes.length; position++) {
      this.#position.set(project, position + 1);
      const files = await this.#at(position, project);
      if (files === null) continue;
      isKnown = true;
      const page = this.#sort(project, files);
      for (const [version, kind] of page.unusable) unusable.set(version, kind);
      if (page.files.length > 0) return { files: page.files, unusable };
    }
    return isKnown ? { files: [], unusable } : null;
  }

  async #at(position: number, project: string): Promise<readonly IndexedFile[] | null> {
    if (position === 0) {
      this.#links ??= this.#allLinks();
      const mine = (await this.#links).filter(({ fileName }) => parseWheelName(fileName)?.name === project);
      return mine.length === 0 ? null : mine;
    }
    const configured = this.parts.settings.indexes[position - 1];
    const index = configured === "default" ? this.defaultIndex : configured;
    if (index === undefined || index === null) return null;
    return this.#attempt(index, () => projectOnIndex(index, project, this.parts.access));
  }

  async #allLinks(): Promise<readonly IndexedFile[]> {
    const lists = this.parts.settings.findLinks.map((link) =>
      this.#attempt(link, () => linkedFiles(link, this.parts.access)),
    );
    return (await Promise.all(lists)).flatMap((files) => files ?? []);
  }

  /** Null also where it cannot be asked, which is said once. */
  async #attempt<T>(place: string, act: () => Promise<T | null>): Promise<T | null> {
    const label = shownUrl(new URL(place));
    try {
      const files = await act();
      if (!this.asked.has(label)) this.asked.set(label, null);
      return files;
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      if (!this.asked.get(label)) this.parts.note(`${label} ${error.message}; going on without it`);
      this.asked.set(label, error.message);
      return null;
    }
  }

  #sort(project: string, files: readonly IndexedFile[]): ProjectPage {
    const usable: { readonly file: UsableFile; readonly rank: number; readonly build: string }[] = [];
    const unusable = new Map<string, string>();
    for (const file of files) {
      const wheel = parseWheelName(file.fileName);
      if (wheel === null) {
        const version = sourceVersion(file.fileName, project);
        if (version !== null && !unusable.has(version)) unusable.set(version, "sources only");
        continue;
      }
      if (normalizeName(wheel.name) !== project) continue;
      const rank = rankOf(wheel, this.parts.ranks);
      if (rank === null) unusable.set(wheel.version, "wheels for other platforms only");
      else usable.push({ file: { ...file, version: wheel.version }, rank, build: wheel.build });
    }
    for (const { file } of usable) unusable.delete(file.version);
    usable.sort((left, right) => left.rank - right.rank || compareBuilds(right.build, left.build));
    return { files: usable.slice(0, MOST_FILES).map(({ file }) => file), unusable };
  }
}

/** As many as a project's page can have that a cell can look at. */
const MOST_FILES = 20_000;

/** `2abc`: the number counts first. */
function compareBuilds(left: string, right: string): number {
  const [leftNumber, rightNumber] = [Number.parseInt(left, 10) || 0, Number.parseInt(right, 10) || 0];
  return leftNumber - rightNumber || (left < right ? -1 : left > right ? 1 : 0);
}
