import { WomaError } from "../../errors.ts";

/** An archive that is damaged or means harm: nothing of it is ever mounted. `reason` is a clause: "it holds a link: a/b". */
export class UnsafeWheelError extends WomaError {
  constructor(
    readonly fileName: string,
    readonly reason: string,
  ) {
    super(`${fileName} is refused: ${reason}`, {
      hint: "no well-made wheel is like this; ask for another version, or tell whoever made it",
    });
  }
}
