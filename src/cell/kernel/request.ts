import { ERRORS } from "../errno.ts";
import type { EmscriptenFileSystem } from "../emscripten.ts";
import type { Channel } from "../../protocol/channel.ts";
import { isFailure } from "../../protocol/channel.ts";
import type { ErrnoName, Replies, Request, RequestOf } from "../../protocol/messages.ts";

/** libc's number of an error that the broker named. */
export function libcErrno(name: ErrnoName): number {
  return ERRORS.find(([known]) => known === name)?.[1] ?? EIO;
}

export const EIO = 29;
export const EBADF = 8;

/** The kernel as file operations call it: a failure is thrown, as Emscripten expects of them. */
export class Kernel {
  constructor(
    readonly channel: Channel,
    readonly window: Uint8Array | null,
    private readonly fileSystem: () => EmscriptenFileSystem,
  ) {}

  ask<Op extends Request["op"]>(request: RequestOf<Op>, bytes?: Uint8Array): { fields: Replies[Op]; bytes: Uint8Array } {
    const answer = this.channel.call<Op>(request, bytes);
    const reply = answer.reply;
    if (isFailure(reply)) throw this.error(libcErrno(reply.errno));
    return { fields: reply as Replies[Op], bytes: answer.bytes };
  }

  error(errno: number): Error {
    const { ErrnoError } = this.fileSystem();
    return new ErrnoError(errno);
  }
}
