import { packArchive, unpackArchive } from "./archive.ts";
import { derivedFile } from "./build-cache.ts";
import { bytecodeInputs, withBytecode } from "./python-bytecode.ts";

/** Where Pyodide puts the standard library; it is in every code object. */
const stdlibArchivePath = "/lib/python314.zip";

/** Pyodide's python_stdlib.zip with compiled code beside the sources, so that no import compiles. */
export async function stdlibArchive(): Promise<Uint8Array> {
  const stock = await Bun.file(Bun.resolveSync("pyodide/python_stdlib.zip", import.meta.dir)).bytes();
  return derivedFile("stdlib.zip", [stock, ...(await bytecodeInputs())], async () =>
    packArchive(await withBytecode(unpackArchive(stock), stdlibArchivePath)),
  );
}
