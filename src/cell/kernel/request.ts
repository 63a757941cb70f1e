import type { Channel } from "../../protocol/channel.ts";
import { isFailure } from "../../protocol/channel.ts";
import type { Failure, FileStatus, Replies, Request, RequestOf } from "../../protocol/messages.ts";
import type { PyodideModule } from "../emscripten.ts";
import { libcErrno, showReason } from "../errno.ts";

/** The kernel as file operations call it: a failure is thrown, as Emscripten expects of them. */
export class Kernel {
  #forgetReason: (() => void) | null = null;
  /** The last status that was made into Emscripten's attributes. */
  statusTold: FileStatus | null = null;

  constructor(
    readonly channel: Channel,
    readonly window: Uint8Array | null,
    private readonly module: () => PyodideModule,
  ) {}

  ask<Op extends Request["op"]>(
    request: RequestOf<Op>,
    bytes?: Uint8Array,
  ): { fields: Replies[Op]; bytes: Uint8Array } {
    const answer = this.channel.call<Op>(request, bytes);
    const reply = answer.reply;
    if (isFailure(reply)) throw this.error(this.failed(reply));
    return { fields: reply as Replies[Op], bytes: answer.bytes };
  }

  /** libc's number for a failure; the error that Python raises for it will tell the reason. */
  failed({ errno, reason }: Failure): number {
    this.#forgetReason?.();
    this.#forgetReason = reason === undefined ? null : showReason(this.module(), errno, reason);
    return libcErrno(errno);
  }

  error(errno: number): Error {
    const { ErrnoError } = this.module().FS;
    return new ErrnoError(errno);
  }
}
