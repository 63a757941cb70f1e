import type { Channel } from "../../protocol/channel.ts";
import { isFailure } from "../../protocol/channel.ts";
import type { Replies, Request, RequestOf } from "../../protocol/messages.ts";
import type { EmscriptenFileSystem } from "../emscripten.ts";
import { libcErrno } from "../errno.ts";

/** The kernel as file operations call it: a failure is thrown, as Emscripten expects of them. */
export class Kernel {
  constructor(
    readonly channel: Channel,
    readonly window: Uint8Array | null,
    private readonly fileSystem: () => EmscriptenFileSystem,
  ) {}

  ask<Op extends Request["op"]>(
    request: RequestOf<Op>,
    bytes?: Uint8Array,
  ): { fields: Replies[Op]; bytes: Uint8Array } {
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
