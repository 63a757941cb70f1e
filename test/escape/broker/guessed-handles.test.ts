/** The attacker guesses the numbers of what belongs to others. */
import { forgery } from "../support/forgery.ts";

forgery("use handles that it was not given", {
  run: ({ ask }) => {
    const answers = new Set<unknown>();
    for (const handle of [0, ...Array.from({ length: 2000 }, (_, index) => index + 4), 2 ** 31, 2 ** 53 - 1]) {
      answers.add(ask({ op: "read", handle, length: 1, nonBlocking: true }).errno);
      answers.add(ask({ op: "write", handle, nonBlocking: true, windowLength: 0 }).errno);
      answers.add(ask({ op: "seek", handle, offset: 0, whence: 0 }).errno);
      answers.add(ask({ op: "ioctl", handle, request: 0x5412, argument: 0 }).errno);
    }
    return [...answers].sort();
  },
  refused: /^EBADF(?:,ESPIPE)?$/,
  honest: ({ ask }) => ask({ op: "write", handle: 3, nonBlocking: true, windowLength: 0 })["written"],
  answered: "0",
});

forgery("use a handle below zero", {
  run: ({ ask }) => ask({ op: "read", handle: -1, length: 1, nonBlocking: true }),
  refused: "killed: the cell sent a request of no known shape",
  honest: ({ ask }) => ask({ op: "write", handle: 3, nonBlocking: true, windowLength: 0 })["written"],
  answered: "0",
});
