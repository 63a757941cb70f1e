/** What is used of the package, which has no types of its own. */
declare module "xmlhttprequest-ssl" {
  import type { Agent } from "node:http";

  export default class XMLHttpRequest {
    constructor(options: {
      agent: Agent;
      maxRedirects: number;
      allowFileSystemResources: boolean;
      syncPolicy: "disabled";
      disableHeaderCheck: boolean;
    });
    onerror: (() => void) | null;
    readonly statusText: string | null;
    open(method: string, url: string, async: true): void;
    setRequestHeader(name: string, value: string): boolean;
    send(body: null): void;
  }
}
