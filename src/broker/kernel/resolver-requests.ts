import type { RequestOf } from "../../protocol/messages.ts";
import type { Resolver } from "../../pyodide-manager/resolve/resolver-task.ts";
import type { Reply } from "./process-context.ts";

/** The requests of a cell that resolves requirements. */
export type ResolverRequest = RequestOf<"index-default" | "index-project" | "index-metadata" | "resolution">;

/** In a cell that runs a program of somebody's, they are refused. */
export function dispatchResolver(
  resolver: Resolver | null,
  request: ResolverRequest,
  bytes: Uint8Array,
  reply: Reply,
): void {
  if (resolver === null) return reply(request.op, { errno: "EPERM" });
  const { answers } = resolver;
  const answer = (asked: Promise<Uint8Array | null>) =>
    asked.then(
      (found) => reply(request.op, { found: found !== null }, found ?? undefined),
      (error: unknown) => resolver.fail(error),
    );
  switch (request.op) {
    case "index-default":
      answers.defaultIndex(request.url);
      return reply("index-default", {});
    case "index-project":
      return void answer(answers.project(request.name));
    case "index-metadata":
      return void answer(answers.metadata(request.project, request.file));
    case "resolution":
      return resolver.finish(bytes.slice());
  }
}
