import { packArchive, unpackArchive } from "./archive.ts";
import { derivedFile } from "./build-cache.ts";
import { coreWheels } from "./core-wheels.ts";
import { bytecodeInputs, withBytecode } from "./python-bytecode.ts";

/** Where the cell finds the archive, as an entry of `sys.path`. The path is in every code object: do not move it. */
const coreArchivePath = "/lib/woma-core.zip";

/** The core wheels as one zip for `sys.path`: importable, with the metadata that importlib.metadata reads. */
export async function coreArchive(): Promise<Uint8Array> {
  const wheels = await coreWheels();
  return derivedFile("core.zip", [...wheels.map(({ bytes }) => bytes), ...(await bytecodeInputs())], async () => {
    const files = new Map(wheels.flatMap(({ bytes }) => [...unpackArchive(bytes)].filter(isKept)));
    return packArchive(await withBytecode(files, coreArchivePath));
  });
}

// RECORD and WHEEL tell an installer what to remove and how the wheel was made: nothing here is
// removed, and a RECORD would list files by a layout that is not on any disk. METADATA and licences stay.
function isKept([name]: [string, Uint8Array]): boolean {
  return !/\.dist-info\/(RECORD|WHEEL)$/.test(name);
}
