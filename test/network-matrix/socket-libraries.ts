import type { Library } from "./library.ts";

export const socketLibraries: readonly Library[] = [
  { name: "socket", program: "with_socket", packages: [] },
  { name: "ssl", program: "with_ssl", packages: [] },
  { name: "asyncio", program: "with_asyncio", packages: [] },
];
