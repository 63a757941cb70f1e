import { runWoma } from "./woma.ts";

/** A tar.bz2 as the project releases it: all files in the directory `pyodide`. woma itself packs it. */
export async function packReleaseArchive(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const entries = [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")]);
  const { stdoutBytes, stderr } = await runWoma(["-c", PACK], { stdin: JSON.stringify(entries) });
  if (stderr !== "") throw new Error(stderr);
  return stdoutBytes;
}

const PACK = `
import base64, io, json, sys, tarfile
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w:bz2") as archive:
    directory = tarfile.TarInfo("pyodide")
    directory.type = tarfile.DIRTYPE
    archive.addfile(directory)
    for name, text in json.load(sys.stdin):
        member = tarfile.TarInfo(f"pyodide/{name}")
        content = base64.b64decode(text)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
sys.stdout.buffer.write(packed.getvalue())
`;
