import type { RequestOf } from "../../protocol/messages.ts";
import type { ExchangeRequest } from "../xhr/exchange.ts";
import { isForbiddenMethod } from "../xhr/request-headers.ts";
import { KernelError } from "./errno.ts";
import { hasRoom } from "./file-requests.ts";
import type { ProcessContext, Reply } from "./process-context.ts";
import { Xhr } from "./xhr.ts";

/** Opens an HTTP request, after a look at what it is. */
export function dispatchXhr(process: ProcessContext, request: RequestOf<"xhr">, reply: Reply): void {
  if (!hasRoom(process, 1, "xhr", reply)) return;
  try {
    reply("xhr", { handle: process.handles.open(openXhr(process, request)) });
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    reply("xhr", { errno: error.errno, ...(error.reason && { reason: error.reason }) });
  }
}

function openXhr({ network, heldBodies, waiters }: ProcessContext, request: RequestOf<"xhr">): Xhr {
  const checkedRequest = checked(request);
  if (network === null) throw new KernelError("ENETUNREACH", "this program may reach no network");
  return new Xhr(checkedRequest, request, { network, held: heldBodies, wake: () => waiters.wake() });
}

/** Names and values that would end a line early, or change what is sent, are none. */
function checked({ method, url: given, headers, redirect, rules }: RequestOf<"xhr">): ExchangeRequest {
  const url = URL.parse(given);
  if (url === null) throw new KernelError("EINVAL", "the URL is not valid");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new KernelError("EINVAL", `only http: and https: URLs can be loaded, not ${url.protocol}`);
  }
  if (!TOKEN.test(method)) throw new KernelError("EINVAL", "the method is not valid");
  if (isForbiddenMethod(method)) throw new KernelError("EPERM", `the method ${method} is not allowed`);
  for (const [name, value] of headers) {
    if (!TOKEN.test(name) || !VALUE.test(value)) throw new KernelError("EINVAL", `the header ${name} is not valid`);
  }
  return { method, url, headers, redirect, rules };
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
