/** What a stranger's words say, with nothing in them for the terminal to obey. */
export function harmless(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, "\ufffd");
}
