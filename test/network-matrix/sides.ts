import { builtBinary } from "../support/binary.ts";
import { TestMirror } from "../support/mirror.ts";
import { nativePythonWith } from "../support/native-python.ts";
import { indexSettings } from "../support/real-index.ts";
import { scratchDirectory } from "../support/woma.ts";
import type { Side } from "./driving.ts";
import type { Library } from "./library.ts";

export async function nativeSide(library: Library): Promise<Side> {
  const { command, environment } = await nativePythonWith(library.nativePackages ?? library.packages);
  return { command, environment: { ...environment, ...library.nativeEnvironment } };
}

/** woma with the packages of this machine's index and of the mirror, kept until the last library is through. */
export class WomaSides implements AsyncDisposable {
  private constructor(
    private readonly mirror: TestMirror,
    private readonly home: AsyncDisposable & { readonly path: string },
  ) {}

  static async start(): Promise<WomaSides> {
    return new WomaSides(await TestMirror.start(), await scratchDirectory());
  }

  async of({ packages }: Library): Promise<Side> {
    const wanted = packages.flatMap((requirement) => ["--with", requirement]);
    return {
      command: [await builtBinary(), "-q", ...wanted, ...GRANTS],
      environment: {
        ...indexSettings(),
        WOMA_CACHE: `${this.home.path}/cache`,
        WOMA_MIRROR: this.mirror.url,
        // For its own downloads; nothing of a program goes through it.
        NO_PROXY: "localhost,127.0.0.1",
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.mirror[Symbol.asyncDispose]();
    await this.home[Symbol.asyncDispose]();
  }
}

/** The servers, by address and by name, and the name that nobody has. */
const GRANTS = ["--allow-net=127.0.0.1,localhost,nobody.invalid"];
