/** The attacker collects descriptors of the kinds that are no files: events, timers, watches. */
import { attack } from "../support/attack.ts";

attack("have any new descriptor", {
  systemCall: {
    run: ({ call, words }) => {
      const attempts = [
        () => call("epoll_create1", 0),
        () => call("eventfd2", 0, 0),
        () => call("signalfd4", -1, words(0), 8, 0),
        () => call("inotify_init1", 0),
        () => call("fanotify_init", 0, 0),
        () => call("landlock_create_ruleset", 0, 0, 0),
      ];
      return attempts.map((attempt) => {
        try {
          return attempt() > 2;
        } catch (error) {
          return (error as { code: string }).code;
        }
      });
    },
    refused: "EPERM,EPERM,EPERM,EPERM,EPERM,EPERM",
    control: /^true,true,true,true,/,
  },
});

attack("have a timer that signals", {
  systemCall: {
    run: ({ call, words }) => call("timer_create", 1, 0, words(0)),
    refused: "EPERM",
    control: "0",
  },
});
