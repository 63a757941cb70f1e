import type { Library } from "./library.ts";

export const mailLibraries: readonly Library[] = [
  { name: "smtplib", program: "with_smtplib", packages: [] },
  { name: "ftplib", program: "with_ftplib", packages: [] },
  { name: "imaplib", program: "with_imaplib", packages: [] },
];
