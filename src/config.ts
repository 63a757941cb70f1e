import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { UsageError } from "./errors.ts";
import { combineMounts } from "./permissions/combine-mounts.ts";
import type { NetworkLimits } from "./permissions/network-limits.ts";
import { parseEnvironmentGrant, selectEnvironment } from "./permissions/parse-environment.ts";
import { parseMount } from "./permissions/parse-mount.ts";
import { networkPolicy, parseNetworkGrant } from "./permissions/parse-network.ts";
import { parseReadGrant, parseWriteGrant } from "./permissions/parse-paths.ts";
import type { Mount, NetworkPolicy } from "./permissions/permissions.ts";
import type { InterpreterFlags, Program, Transport } from "./protocol/messages.ts";
import { parseMirrors } from "./pyodide-manager/download/mirror-url.ts";
import type { PackageSettings } from "./pyodide-manager/package-settings.ts";

/** What the command line asks for. FILE's text has not been read yet. */
export interface Invocation {
  readonly program: Program | null;
  /** sys.argv. */
  readonly argv: readonly string[];
  /** All of woma's own arguments: sys.orig_argv. */
  readonly commandLine: readonly string[];
  readonly flags: InterpreterFlags;
  readonly resetGlobals: boolean;
  readonly keepHistory: boolean;
  readonly cacheDirectory: string | undefined;
  readonly packages: PackageFlags;
  /** --with: what the program is to have, as `packaging` reads a requirement. */
  readonly requirements: readonly string[];
  readonly lockMode: LockMode;
  /** Without the wall, because the user said so. */
  readonly insecure: boolean;
  readonly grants: GrantTexts;
  readonly timeoutMs: number | null;
  readonly cpuTimeMs: number | null;
  readonly memoryLimitBytes: number;
  readonly maximumOutputBytes: number | null;
  readonly maximumOpenFiles: number;
  readonly maximumWrittenBytes: number | null;
  readonly networkLimits: NetworkLimits;
  readonly transport: Transport;
  /** What is told on standard error. */
  readonly log: "net" | null;
}

/** What the flags about packages say; `mirrors` as it was written. */
export type PackageFlags = Omit<PackageSettings, "cacheDirectory" | "cacheRequested" | "indexEnvironment">;

/** woma.lock: used where it fits, written, or demanded. */
export type LockMode = "none" | "write" | "required";

/** What the permission flags say, as it was written. */
interface GrantTexts {
  readonly reading: readonly string[];
  readonly writing: readonly string[];
  readonly mounts: readonly string[];
  readonly variables: readonly string[];
  /** `true` for a flag without a value. */
  readonly network: readonly (readonly ["--allow-net" | "--deny-net", string | true])[];
}

/** Everything that flags and environment decide, read once and frozen. */
export interface Config extends Invocation {
  readonly cacheDirectory: string;
  /** By flag or environment, not by default: then a cache that cannot be used is worth telling. */
  readonly cacheRequested: boolean;
  readonly packages: PackageSettings;
  readonly terminal: TerminalStyle;
  readonly historyFile: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly network: NetworkPolicy;
  readonly workingDirectory: string;
  readonly homeDirectory: string;
  readonly timeZone: string;
}

/** How the user wants to be shown things, where there is a terminal. */
export interface TerminalStyle {
  /** Not with NO_COLOR. */
  readonly colour: boolean;
  /** The cursor can be moved. */
  readonly movable: boolean;
}

/** The variables of the user's that a program sees: how its output is shown, nothing about the machine. */
const SHOWN_VARIABLES = ["COLORTERM", "COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "PYTHON_COLORS", "TERM"];

const GUEST_HOME = "/home/woma";

/** The only reader of process.env. */
export function readConfig(invocation: Invocation): Config {
  const variables = process.env;
  const workingDirectory = currentDirectory();
  const shown = SHOWN_VARIABLES.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]]));
  const { cacheDirectory, cacheRequested } = cachePlace(invocation.cacheDirectory);
  return Object.freeze({
    ...invocation,
    cacheDirectory,
    cacheRequested,
    packages: readPackageSettings(invocation),
    terminal: readTerminalStyle(),
    historyFile: invocation.keepHistory ? historyFile(variables) : null,
    environment: {
      HOME: GUEST_HOME,
      USER: "woma",
      LOGNAME: "woma",
      PATH: "/usr/bin",
      LANG: "C.UTF-8",
      PWD: workingDirectory,
      ...Object.fromEntries(shown),
      ...selectEnvironment(invocation.grants.variables.flatMap(parseEnvironmentGrant), variables),
    },
    mounts: grantedMounts(invocation.grants, workingDirectory),
    network: networkPolicy(invocation.grants.network.map(([flag, value]) => parseNetworkGrant(flag, value))),
    workingDirectory,
    homeDirectory: GUEST_HOME,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
}

/** What commands that run no program need to know of packages. Throws UsageError. */
export function readPackageSettings({
  packages,
  cacheDirectory,
}: Pick<Invocation, "packages" | "cacheDirectory">): PackageSettings {
  const context = { workingDirectory: currentDirectory(), home: userHome() };
  const inherited = nonEmpty(process.env["WOMA_MIRROR"]);
  const mirrors =
    packages.mirrors.length > 0 || inherited === undefined
      ? packages.mirrors.flatMap((text) => parseMirrors("--mirror", text, context))
      : parseMirrors("WOMA_MIRROR", inherited, context);
  return Object.freeze({ ...packages, ...cachePlace(cacheDirectory), mirrors, indexEnvironment: indexEnvironment() });
}

/** What `${NAME}` stands for in a requirements file. */
export function readVariables(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

export function readTerminalStyle(): TerminalStyle {
  return {
    colour: nonEmpty(process.env["NO_COLOR"]) === undefined,
    movable: process.env["TERM"] !== "dumb",
  };
}

function cachePlace(flag: string | undefined): Pick<PackageSettings, "cacheDirectory" | "cacheRequested"> {
  const given = flag ?? nonEmpty(process.env["WOMA_CACHE"]);
  return { cacheDirectory: expandHome(given ?? "~/.pyodide-env"), cacheRequested: given !== undefined };
}

/** pip's and uv's own variables, those by which they find their files, and those about certificates and proxies. */
function indexEnvironment(): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && INDEX_VARIABLES.test(name) ? [[name, value]] : [],
  );
  return Object.fromEntries(entries);
}

const INDEX_VARIABLES =
  /^(?:PIP_.*|UV_.*|VIRTUAL_ENV|XDG_CONFIG_HOME|XDG_CONFIG_DIRS|APPDATA|ProgramData|HOME|USERPROFILE|SSL_CERT_FILE|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|(?:https?|all|no)_proxy|(?:HTTPS?|ALL|NO)_PROXY)$/;

/** Throws UsageError. */
function grantedMounts({ reading, writing, mounts }: GrantTexts, workingDirectory: string): readonly Mount[] {
  const context = { workingDirectory, home: userHome() };
  return combineMounts([
    ...reading.flatMap((text) => parseReadGrant(text, context)),
    ...writing.flatMap((text) => parseWriteGrant(text, context)),
    ...mounts.map((text) => parseMount(text, context)),
  ]);
}

/** An absolute path; a leading `~` is the user's home. */
function expandHome(path: string): string {
  if (path === "~" || path.startsWith("~/")) return join(userHome(), path.slice(1));
  return resolve(path);
}

/** A user without an entry in the system's list, as in many containers, has none: then it is the root. */
function userHome(): string {
  try {
    return homedir();
  } catch {
    return "/";
  }
}

function historyFile(variables: NodeJS.ProcessEnv): string {
  const given = nonEmpty(variables["PYTHON_HISTORY"]);
  if (given !== undefined) return expandHome(given);
  const state = nonEmpty(variables["XDG_STATE_HOME"]) ?? "~/.local/state";
  return join(expandHome(state), "woma", "history");
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function currentDirectory(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new UsageError("the current directory does not exist any more", `change to another: ${String(cause)}`);
  }
}
