import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { WomaError } from "../../errors.ts";
import { sha256Of } from "../archive/verify.ts";
import { parseWheelName } from "../index/wheel-name.ts";
import type { Requirement } from "./requirement.ts";

/** Requirements by name and version, and where files lie that were named themselves. */
export interface SeparatedRequirements {
  readonly requirements: readonly Requirement[];
  /** URLs of wheels. */
  readonly links: readonly string[];
}

/** A requirement that is a wheel's path or address, `name @ URL` included, becomes one of that version and hash. */
export function separateWheels(requirements: readonly Requirement[]): SeparatedRequirements {
  const separated = requirements.map(separate);
  return {
    requirements: separated.map(({ requirement }) => requirement),
    links: separated.flatMap(({ link }) => link ?? []),
  };
}

const DIRECT =
  /^(?:(?<name>[A-Za-z0-9._-]+)\s*(?<before>\[[^\]]*\])?\s*@\s*)?(?<place>\S+?\.whl)(?<fragment>#\S*)?(?<after>\[[^\]]*\])?(?<marker>\s*;.*)?$/;

function separate(requirement: Requirement): { requirement: Requirement; link?: string } {
  const parts = DIRECT.exec(requirement.text)?.groups;
  if (parts === undefined) return { requirement };
  const { place = "", fragment = "", before = "", after = "", marker = "" } = parts;
  const url = addressOf(place);
  const wheel = url === null ? null : parseWheelName(decodeURIComponent(url.pathname.split("/").at(-1) ?? ""));
  if (url === null || wheel === null) return { requirement };
  const stated = /[#&]sha256=([0-9a-f]{64})/i.exec(fragment)?.[1]?.toLowerCase();
  const own = url.protocol === "file:" ? [hashOf(url, requirement)] : stated === undefined ? [] : [stated];
  const hashes = requirement.hashes.length === 0 ? own : requirement.hashes;
  url.hash = own[0] === undefined ? "" : `sha256=${own[0]}`;
  return {
    requirement: { ...requirement, text: `${wheel.name}${before || after}==${wheel.version}${marker}`, hashes },
    link: url.href,
  };
}

/** Null for an address that is none of a file that could be fetched. */
function addressOf(place: string): URL | null {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(place)) return pathToFileURL(resolve(place));
  const url = URL.parse(place);
  return url !== null && ["http:", "https:", "file:"].includes(url.protocol) ? url : null;
}

function hashOf(url: URL, { text, source }: Requirement): string {
  try {
    return sha256Of(readFileSync(fileURLToPath(url)));
  } catch (cause) {
    throw new WomaError(`cannot read '${text}' (${source}): ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}
