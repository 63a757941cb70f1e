import type { Channel } from "../protocol/channel.ts";
import type { Assets } from "./assets.ts";
import type { HostImports, ModuleSettings, PyodideModule } from "./emscripten.ts";
import { ERROR_NAMES, installErrnoTables, WASI_TO_LINUX } from "./errno.ts";
import { forgetHostObjects } from "./host-references.ts";
import { type Interrupts, interrupts } from "./interrupt.ts";
import { Archives } from "./kernel/archives.ts";
import { fileRules, limitNames, limitSizes, type Umask } from "./kernel/file-rules.ts";
import { Mappings } from "./kernel/mappings.ts";
import { mountCalls } from "./kernel/mount-calls.ts";
import { Mounts } from "./kernel/mounts.ts";
import { refusedImports } from "./kernel/refused-imports.ts";
import { Kernel } from "./kernel/request.ts";
import { systemCalls } from "./kernel/system-calls.ts";
import { growthLimit, type MemoryLimit } from "./memory-limit.ts";
import { INSTALLER, PYTHON_MODULES } from "./python-files.ts";
import { copySnapshot, isIntactSnapshot, readSnapshotHeader } from "./snapshot.ts";
import { type TimeZoneSlots, timeZoneMemory } from "./time-zone.ts";

/** A started interpreter and what its host needs of it. */
export interface Interpreter {
  readonly module: PyodideModule;
  readonly kernel: Kernel;
  readonly mounts: Mounts;
  readonly archives: Archives;
  readonly mappings: Mappings;
  readonly umask: Umask;
  readonly memory: MemoryLimit;
  readonly interrupts: Interrupts;
  /** Where C keeps its time zone. */
  readonly timeZoneSlots: TimeZoneSlots | null;
  /** False when it was booted step by step because no snapshot fitted. */
  readonly restored: boolean;
}

/** The cell's ways to its broker. */
interface Connection {
  readonly channel: Channel;
  /** The shared data window; null where there is none. */
  readonly window: Uint8Array | null;
}

/**
 * Starts CPython: from its snapshot when there is one for this build, else from nothing, which takes a few
 * seconds. The outcome is the same. `lock` is called once, when nothing but computing is left to do.
 */
export async function boot(assets: Assets, lock: () => void, { channel, window }: Connection): Promise<Interpreter> {
  const compiling = WebAssembly.compile(assets.wasm);
  if (assets.snapshotIsCached) {
    // What a cache holds is looked at behind the lock only, and no promise is kept there but those kept already.
    await compiling;
    lock();
  }
  const snapshot = usableSnapshot(assets);
  const header = snapshot === null ? null : readSnapshotHeader(snapshot, assets.buildId);
  const restored = snapshot !== null && header !== null;

  let module: PyodideModule | undefined;
  const theModule = () => {
    if (module === undefined) throw new Error("a system call before there is a module");
    return module;
  };
  const kernel = new Kernel(channel, window, theModule);
  let mounts: Mounts | null = null;
  const mappings = new Mappings(theModule, kernel, () => mounts);
  const memory = growthLimit(theModule);
  const timeZone = timeZoneMemory(theModule);
  const signals = interrupts(theModule);
  const umask = fileRules(theModule);
  const settings = moduleSettings(restored, {
    async imports(env) {
      Object.assign(
        env,
        refusedImports(theModule, env),
        systemCalls(theModule, kernel, env),
        umask.imports(env),
        memory.imports,
        timeZone.imports,
        signals.imports,
      );
      Object.assign(env, mappings.imports({ ...env }));
      Object.assign(env, mountCalls({ module: theModule, kernel, mounts: () => mounts }, { ...env }));
      const wasm = await compiling;
      if (!assets.snapshotIsCached) lock();
      return wasm;
    },
    filesNeeded(present) {
      module = present;
      layOutFiles(present, assets);
    },
  });
  module = await assets.createPyodideModule(settings);
  mounts = new Mounts(module, kernel, umask.openingFlags);
  limitNames(module);
  limitSizes(module, `/lib/${STANDARD_LIBRARY}`, () => memory.bytes());

  if (restored) {
    if (module.HEAPU8.length < header.memoryBytes) module.growMemory(header.memoryBytes);
    copySnapshot(snapshot, header, module.HEAPU8);
    module.API.finalizeBootstrap(header.references);
    forgetHostObjects(module);
  } else {
    module.API.finalizeBootstrap();
    installErrnoTables(module);
    installPython(module);
  }
  const timeZoneSlots = header?.timeZoneSlots ?? timeZone.slots();
  const archives = new Archives(module, kernel);
  return { module, kernel, mounts, archives, mappings, umask, memory, interrupts: signals, timeZoneSlots, restored };
}

function usableSnapshot({ snapshot, snapshotIsCached }: Assets): Uint8Array | null {
  return snapshot === null || !snapshotIsCached || isIntactSnapshot(snapshot) ? snapshot : null;
}

const LIBRARY_DIRECTORY = "/lib/python3.14";
const STANDARD_LIBRARY = "python314.zip";
const CORE_PACKAGES = "woma-core.zip";
const PACKAGE_LOCK = "pyodide-lock.json";

/** What happens on the way to a module, in this order. */
interface Preparation {
  /** Completes the functions that CPython imports; the code to give them to. */
  imports(env: HostImports): Promise<WebAssembly.Module>;
  filesNeeded(module: PyodideModule): void;
}

function moduleSettings(restored: boolean, preparation: Preparation): ModuleSettings {
  return {
    API: {
      config: {
        jsglobals: Object.freeze(Object.create(null)),
        packageCacheDir: "/",
        packageBaseUrl: "/",
        _makeSnapshot: !restored,
      },
      runtimeEnv: RUNTIME_ENVIRONMENT,
    } as unknown as ModuleSettings["API"],
    noInitialRun: restored,
    thisProgram: EXECUTABLE,
    arguments: [],
    preRun: [(module) => preparation.filesNeeded(module)],
    // Standard output is the frame pipe: nothing of the runtime's may reach it.
    print: logToStandardError,
    printErr: logToStandardError,
    locateFile: (name) => {
      throw new Error(`there is no file ${name}`);
    },
    instantiateWasm(imports, received) {
      const errorMarker = Symbol("javascript error");
      imports.env["Jsv_GetError_import"] = () => errorMarker;
      imports.env["JsvError_Check"] = (value: unknown) => value === errorMarker;
      void preparation.imports(imports.env).then((wasm) => {
        received(new WebAssembly.Instance(wasm, imports as Bun.WebAssembly.Imports), wasm);
      });
      return {};
    },
  };
}

/** Where Python believes its executable to be; nothing is there. */
const EXECUTABLE = "/usr/bin/woma";

/** What pyodide.mjs would have found out by itself. */
const RUNTIME_ENVIRONMENT = {
  IN_BUN: true,
  IN_DENO: false,
  IN_NODE: true,
  IN_NODE_COMMONJS: false,
  IN_NODE_ESM: true,
  IN_BROWSER: false,
  IN_BROWSER_MAIN_THREAD: false,
  IN_BROWSER_WEB_WORKER: false,
  IN_SAFARI: false,
  IN_SHELL: false,
  IN_WORKERD: false,
};

function layOutFiles(module: PyodideModule, assets: Assets): void {
  const { FS, API } = module;
  API.pyVersionTuple = [3, 14, 2];
  API.sitePackages = `${LIBRARY_DIRECTORY}/site-packages`;
  // Emscripten's own user has no place here.
  FS.rmdir("/home/web_user");
  FS.mkdirTree(API.sitePackages);
  FS.mkdirTree(`${LIBRARY_DIRECTORY}/lib-dynload`);
  FS.createDataFile("/lib", STANDARD_LIBRARY, assets.standardLibrary, true, false, true);
  FS.createDataFile("/lib", CORE_PACKAGES, assets.corePackages, true, false, true);
  FS.createDataFile("/lib", PACKAGE_LOCK, assets.lock, true, false, true);
  Object.assign(module.ENV, { HOME: "/", PATH: "/usr/bin", LANG: "C.UTF-8", PYTHONINSPECT: "1", PYTHONTZPATH: "" });
}

/** woma's own Python code is no file that a program could see: it is put into memory before the snapshot. */
function installPython(module: PyodideModule): void {
  const install = module.API.runPythonInternal(INSTALLER);
  for (const [name, source] of Object.entries(PYTHON_MODULES)) install(name, source);
  install.destroy();
  const prepare = module.API.runPythonInternal("import woma_prepare; woma_prepare.prepare");
  prepare(JSON.stringify([...WASI_TO_LINUX]), JSON.stringify([...ERROR_NAMES]));
  prepare.destroy();
}

function logToStandardError(text: string): void {
  process.stderr.write(`${text}\n`);
}
