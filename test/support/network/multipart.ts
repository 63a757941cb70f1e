export interface Part {
  readonly disposition: string;
  readonly type: string | null;
  readonly text: string;
}

/** The parts of a multipart/form-data body, without the boundary, which is another one each time. */
export function multipartParts(contentType: string, body: Buffer): Part[] {
  const boundary = /^multipart\/form-data; boundary="?([^"]+)"?$/.exec(contentType)?.[1];
  if (boundary === undefined) throw new Error(`no multipart body: ${contentType}`);
  const pieces = body.toString("utf8").split(`--${boundary}`).slice(1, -1);
  return pieces.map((piece) => {
    const [, head = "", text = ""] = /^\r\n(.*?)\r\n\r\n(.*)\r\n$/s.exec(piece) ?? [];
    return { disposition: lineOf(head, "content-disposition") ?? "", type: lineOf(head, "content-type"), text };
  });
}

function lineOf(head: string, name: string): string | null {
  const line = head.split("\r\n").find((line) => line.toLowerCase().startsWith(`${name}: `));
  return line?.slice(name.length + 2) ?? null;
}
