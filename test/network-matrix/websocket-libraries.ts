import type { Library } from "./library.ts";

export const websocketLibraries: readonly Library[] = [
  { name: "websockets", program: "with_websockets", packages: ["websockets==17.4"] },
  { name: "websocket-client", program: "with_websocket_client", packages: ["websocket-client==1.9.2"] },
];
