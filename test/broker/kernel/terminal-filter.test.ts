import { describe, expect, test } from "bun:test";
import { TerminalFilter } from "../../../src/broker/kernel/terminal-filter.ts";

// Strings here are bytes, one a character; `utf8` makes them of text.
const utf8 = (text: string) => Buffer.from(text).toString("latin1");
const toBytes = (data: string) => new Uint8Array(Buffer.from(data, "latin1"));
const fromBytes = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

function filterChunks(chunks: readonly string[]): string {
  const filter = new TerminalFilter();
  return chunks.map((chunk) => fromBytes(filter.filter(toBytes(chunk)))).join("");
}

/** Asserts one output for the whole, for every way to split it in two, and for single bytes. */
function expectShown(input: string, expected: string): void {
  expect(filterChunks([input])).toBe(expected);
  for (let at = 0; at <= input.length; at++) {
    expect(filterChunks([input.slice(0, at), input.slice(at)])).toBe(expected);
  }
  expect(filterChunks([...input])).toBe(expected);
}

function passes(cases: Record<string, readonly string[]>): void {
  test.each(Object.entries(cases))("%s", (_name, inputs) => {
    for (const input of inputs) expectShown(`before${input}after`, `before${input}after`);
  });
}

function drops(cases: Record<string, readonly string[]>): void {
  test.each(Object.entries(cases))("%s", (_name, inputs) => {
    for (const input of inputs) expectShown(`before${input}after`, "beforeafter");
  });
}

function becomes(cases: Record<string, readonly [input: string, expected: string]>): void {
  test.each(Object.entries(cases))("%s", (_name, [input, expected]) => expectShown(input, expected));
}

const PATH = Buffer.from("/etc/passwd").toString("base64");

describe("text passes untouched:", () => {
  passes({
    "ASCII with its controls": ["a\tb\r\nc\b\x07\x0e\x0f\x00\x05\x7f", "\x18\x1a"],
    "emoji, CJK, combining characters": [utf8("👩‍👩‍👧‍👦 🇩🇪 漢字かな 한국어 e\u0301 ﷽ \u{10ffff} \ufeff")],
    "characters whose last byte is that of a C1 control": [utf8("Û Ý Ð ß Ø Þ Ü ě ŝ Ɛ ‛ 盛 😛")],
    "C1 controls that start no sequence": [utf8("\u0085\u008d\u009c\u009a"), "\x85\x9c"],
    "bytes that are not UTF-8": ["caf\xe9 \xff \xa0\xbf \xe2\x82 \xed\xa0 \xf4\xbf"],
  });

  test("as the very same array, when it holds no sequence", () => {
    const filter = new TerminalFilter();
    for (const text of ["", "plain\r\n", "漢字 🎉 \u0085", "\x07"]) {
      const bytes = new TextEncoder().encode(text);
      expect(filter.filter(bytes)).toBe(bytes);
    }
  });

  test("as the very same array, when all its sequences pass", () => {
    const bytes = toBytes("\x1b[1;31mred\x1b[0m \x1b]8;;https://example.org\x1b\\link\x1b]8;;\x07\r\n");
    expect(new TerminalFilter().filter(bytes)).toBe(bytes);
  });

  test("and the array given is not kept", () => {
    const filter = new TerminalFilter();
    const bytes = toBytes("a\x1b[3");
    expect(fromBytes(filter.filter(bytes))).toBe("a");
    bytes.fill(0);
    expect(fromBytes(filter.filter(toBytes("1mb")))).toBe("\x1b[31mb");
  });
});

describe("what draws, passes:", () => {
  passes({
    "colours and attributes": ["\x1b[m", "\x1b[1;38;2;255;0;10mx", "\x1b[4:3;58:2::1:2:3m", "\x1b[>4;2m", "\x1b[?4m"],
    "cursor and erasing": ["\x1b[H\x1b[2J\x1b[10;20H\x1b[3A\x1b[K\x1b[5 q\x1b7\x1b8\x1b[s\x1b[u\x1bM\x1bD\x1bE"],
    modes: ["\x1b[?25l\x1b[?25h\x1b[?1049h\x1b[?1000;1006h\x1b[?2004h\x1b[?2026h\x1b[?2026l\x1b[4h\x1b[2l\x1b[38h"],
    "keyboard protocols and their end": ["\x1b[>1u\x1b[<u\x1b[=1;1u\x1b[?u\x1b=\x1b>"],
    resets: ["\x1bc\x1b[!p\x1b[?3;4l\x1b[4l\x1b>"],
    "reports of numbers": ["\x1b[6n\x1b[c\x1b[>c\x1bZ\x1b[14t\x1b[18t\x1b[?2026$p\x1b[>q\x1b[?996n"],
    "sizes and the stack of titles": ["\x1b[8;20;21t\x1b[22;0t\x1b[23;0t\x1b[1t"],
    "character sets": ["\x1b(0lqk\x1b(B\x1b)A\x1b*B\x1b-A\x1b%G\x1b#8\x1b(%5\x1b F"],
    "stray ends of strings": ["\x1b\\"],
    "controls that a sequence has inside": [
      "\x1b[3\n1m",
      "\x1b\r[0m",
      "\x1b[\x003\x7f1m",
      "\x1b[?25\b\x07l",
      "\x1b\x007",
    ],
    titles: ["\x1b]0;title\x07", "\x1b]1;icon\x1b\\", "\x1b]2;title; with [everything] 52;c\x07", "\x1b]0;\x07"],
    "titles with characters that end in C1 bytes": [`\x1b]2;${utf8("Ü Û Ý Ð 盛 😛 \u0085")}\x07`, "\x1b]2;a\nb\x07"],
    "colours of the palette and their queries": [
      "\x1b]4;1;rgb:ff/00/00\x1b\\",
      "\x1b]4;1;?\x07\x1b]10;?\x07\x1b]11;?\x1b\\\x1b]12;red\x07\x1b]19;?\x07",
      "\x1b]104\x07\x1b]104;1;2\x1b\\\x1b]105\x07\x1b]110\x07\x1b]119\x1b\\",
    ],
    "directory, links, progress, marks": [
      "\x1b]7;file:///home\x07",
      "\x1b]8;id=1;https://example.org/?a=1:2\x1b\\link\x1b]8;;\x1b\\",
      "\x1b]9;4\x07\x1b]9;4;1;50\x07\x1b]9;4;0;\x1b\\",
      "\x1b]133;A\x07\x1b]133;D;0\x1b\\\x1b]633;A\x07\x1b]1337;SetMark\x07",
    ],
    "iTerm2's inline images": [
      "\x1b]1337;File=inline=1:aGVsbG8=\x07",
      "\x1b]1337;File=name=YS5wbmc=;size=5;width=10px;height=auto;preserveAspectRatio=1;inline=1:aGVsbG8=\x1b\\",
    ],
    sixels: ["\x1bPq#0;2;0;0;0#0~~@@vv@@~~$-\x1b\\", '\x1bP0;1;0q"1;1;10;10#1!10~\x07\x1b\\'],
    "kitty's graphics with their pixels in the string": [
      "\x1b_Ga=T,f=100,t=d;aGVsbG8=\x1b\\",
      "\x1b_Gf=24,s=10,v=20,m=1,z=-1;aGVs\x1b\\\x1b_Gm=0;bG8=\x1b\\",
      "\x1b_Ga=d\x1b\\\x1b_Ga=d,\x1b\\\x1b_G;aGVs\x1b\\",
    ],
    "the same with C1 controls": [
      utf8("\u009b31mred\u009b0m\u009d0;title\u009c\u0090q~~\u009c\u009fGa=T,t=d;aGVs\u009c\u009d104\u009c"),
      "\x9b31mred\x9b0m\x9d0;title\x9c\x90q~~\x9c\x9fGa=T,t=d;aGVs\x9c\x9d104\x9c",
    ],
  });
});

describe("what reaches beyond drawing, is dropped:", () => {
  drops({
    "the clipboard": ["\x1b]52;c;aGVsbG8=\x07", "\x1b]52;c;?\x1b\\", "\x1b]52;;\x07", "\x1b]52\x07"],
    "kitty's clipboard and file transfer": ["\x1b]5522;type=read;Lg==\x1b\\", "\x1b]5113;ac=send\x1b\\"],
    "fonts, Emacs, notifications": [
      "\x1b]50;#1\x07",
      "\x1b]51;Efind-file\x07",
      "\x1b]777;notify;a;b\x07",
      "\x1b]99;;a\x07",
    ],
    "the other OSC 9": [
      "\x1b]9;text\x07",
      "\x1b]9;4 text\x07",
      "\x1b]9;2;box\x07",
      "\x1b]9;4;1;text\x07",
      "\x1b]9\x07",
    ],
    "the other OSC 1337": [
      "\x1b]1337;File=name=YQ==;size=5:aGVsbG8=\x07",
      "\x1b]1337;File=inline=0:aGVsbG8=\x07",
      "\x1b]1337;File=inline=1;inline=0:aGVsbG8=\x07",
      "\x1b]1337;File=inline=1;Inline=0:aGVsbG8=\x07",
      "\x1b]1337;File=inline=10:aGVsbG8=\x07",
      "\x1b]1337;File=:aGVsbG8=\x07",
      "\x1b]1337;MultipartFile=inline=1:\x07",
      "\x1b]1337;Copy=:aGVsbG8=\x07",
      "\x1b]1337;CopyToClipboard=\x07",
      "\x1b]1337;SetMarks\x07",
      "\x1b]1337;SetMark;Copy=:aGVsbG8=\x07",
      "\x1b]1337\x07",
    ],
    "unknown numbers and words": [
      "\x1b]3;WM=1\x07",
      "\x1b]46;log\x07",
      "\x1b]440;a.wav\x07",
      "\x1b]lname\x1b\\",
      "\x1b];a\x07",
    ],
    "numbers written otherwise": ["\x1b]052;c;a\x07", "\x1b]00;a\x07", "\x1b]4294967348;c;a\x07", "\x1b]+52;c;a\x07"],
    "numbers with something inside": [
      "\x1b]5\x002;c;a\x07",
      "\x1b]5\x7f2;c;a\x07",
      "\x1b] 52;c;a\x07",
      "\x1b]0\n;a\x07",
      `\x1b]5${utf8("é")}2;c;a\x07`,
    ],
    "commands without their separator": ["\x1b]0\x07", "\x1b]8\x1b\\", "\x1b]10:a\x07"],
    "passthrough of tmux and screen": ["\x1bPtmux;text\x1b\\", "\x1bPtext\x1b\\", "\x1bP]52;c;aGk=\x07\x1b\\"],
    "DCS that answer, or define keys and macros": [
      "\x1bP$qm\x1b\\",
      "\x1bP+q544e\x1b\\",
      "\x1bP0;1|17/6c730d\x1b\\",
      "\x1bP1;0;0!zabc\x1b\\",
      '\x1bP"x1\x1b\\',
      "\x1bP1000p\x1b\\",
      "\x1bP@kitty-cmd{}\x1b\\",
      "\x1bP \x1b\\",
      "\x1bP\x1b\\",
      "\x1bP1\n;0q~\x1b\\",
    ],
    "kitty's graphics from files": [
      `\x1b_Ga=T,t=f;${PATH}\x1b\\`,
      `\x1b_Gt=t,a=T;${PATH}\x1b\\`,
      `\x1b_Ga=q,t=s;${PATH}\x1b\\`,
      `\x1b_Gt=d,t=f;${PATH}\x1b\\`,
      `\x1b_Gt=df;${PATH}\x1b\\`,
      `\x1b_Gt=;${PATH}\x1b\\`,
      `\x1b_Ga=T, t=f;${PATH}\x1b\\`,
      `\x1b_Ga=T,\x00t=f;${PATH}\x1b\\`,
      `\x1b_Ga=T,tt=f;${PATH}\x1b\\`,
      `\x1b_Ga=T:t=f;${PATH}\x1b\\`,
      `\x1b_Ga=T\x07,t=f;${PATH}\x1b\\`,
    ],
    "other APC, PM, SOS": ["\x1b_text\x1b\\", "\x1b_\x1b\\", "\x1b^text\x07more\x1b\\", "\x1bXtext\x1b\\"],
    "titles typed back": [
      "\x1b[20t",
      "\x1b[21t",
      "\x1b[021t",
      "\x1b[21;0t",
      "\x1b[21:0t",
      "\x1b[65557t",
      "\x1b[4294967317t",
    ],
    printing: ["\x1b[i", "\x1b[4i", "\x1b[5i", "\x1b[?5i", "\x1b[05i", "\x1b[4:0i", "\x1b[4 i", "\x1b[>4i"],
    "reports of the screen, macros": ["\x1b[1;1;1;1;5;5*y", "\x1b[1$w", "\x1b[2$u", "\x1b[1*z"],
    "other ways to read sequences": [
      "\x1b[?2l",
      "\x1b[?25;2l",
      "\x1b[?02l",
      "\x1b[?2r",
      "\x1b[?38h",
      "\x1b[?1;38r",
      "\x1b%@",
      "\x1b%8",
      "\x1b%/G",
      "\x1b G",
      "\x1b$B",
      "\x1b$(C",
      "\x1b}",
    ],
    "control sequences out of shape": ["\x1b[?>4m", "\x1b[4?i", "\x1b[1 2m", "\x1b[1;?2l", "\x1b[["],
    "the same with C1 controls": [
      utf8("\u009d52;c;aGk=\u009c\u009b21t\u0090$qm\u009c\u009f@\u009c\u0098a\u009c\u009ea\u009c\u009d9;4;1\u009c"),
      "\x9d52;c;aGk=\x9c\x9b21t\x90$qm\x9c\x9f@\x9c\x98a\x9c\x9ea\x9c\x9dx\x1b\\\x9dx\x07",
    ],
    "the same, ended by CAN and SUB": [
      "\x1b]52;c;aGk=\x18",
      "\x1b]52;c;aGk=\x1a",
      "\x1bPtmux;\x1a",
      "\x1bPtmux;\x18",
      "\x1b[21\x18",
      "\x1b\x1a",
      "\x1b]0\x18",
    ],
    "characters inside that end in C1 bytes": [`\x1b]52;c;${utf8("Ü Û Ý Ð 盛 \u0085")}]52;c;aGk=\x07`],
  });
});

describe("a trick comes to nothing:", () => {
  becomes({
    "a command inside the number of another": ["\x1b]5\x1b]52;c;aGk=\x07text", "text"],
    "a command inside a title, which is closed": ["\x1b]0;a\x1b]52;c;aGk=\x07text", "\x1b]0;a\x1b\\text"],
    "a C1 command inside a title": [utf8("\x1b]0;a\u009d52;c;aGk=\x07text"), "\x1b]0;a\x1b\\text"],
    "a raw C1 command inside a title": ["\x1b]0;a\x9d52;c;aGk=\x07text", "\x1b]0;a\x1b\\text"],
    "a raw C1 introducer before a backslash": ["\x1b]0;a\x9b\\text", "\x1b]0;a\x1b\\text"],
    "a colour inside a title": ["\x1b]0;a\x1b[31mtext", "\x1b]0;a\x1b\\\x1b[31mtext"],
    "a command inside an image": ["\x1bPq~~\x1b]52;c;aGk=\x07text", "\x1bPq~~\x1b\\text"],
    "a command inside pixels": ["\x1b_Ga=T;aGk\x1b_Gt=f;aGk\x1b\\text", "\x1b_Ga=T;aGk\x1b\\text"],
    "a command after CAN": ["\x1b]0;a\x18\x1b]52;c;aGk=\x07text", "\x1b]0;a\x18text"],
    "a command after CAN in a dropped one": ["\x1b]52;\x18\x1b]52;c;aGk=\x07text", "text"],
    "a command in tmux's passthrough": ["\x1bPtmux;\x1b\x1b]52;c;aGk=\x07\x1b\\text", "\x1b\\text"],
    "a title in a dropped string": ["\x1bPtmux;\x1b\x1b]0;a\x07\x1b\\text", "\x1b]0;a\x07\x1b\\text"],
    "a command that follows a held ESC": ["\x1b\x1b]52;c;aGk=\x07text", "text"],
    "a command after controls": ["\x1b\n\x00\x7f]52;c;aGk=\x07text", "\n\x00text"],
    "a command in a control sequence": ["\x1b[3\x1b]52;c;aGk=\x07text", "text"],
    "a report with controls inside": ["\x1b\b[2\r\n1\x7ft", "\b\r\n"],
    "a character inside a control sequence": [`\x1b[2${utf8("é")}1t`, utf8("é1t")],
    "a character after ESC": [`\x1b${utf8("é")}]52;c;a\x07`, utf8("é]52;c;a\x07")],
    "a C1 control inside a control sequence": [utf8("\x1b[2\u0085\u009b21t1t"), utf8("\u00851t")],
    "an end that only some terminals know": [`\x1b_Ga=T\x9c,t=f;${PATH}\x1b\\text`, `,t=f;${PATH}\x1b\\text`],
    "the same for a notification": [utf8("\x1b]9;4;1\u009c text\x07"), " text\x07"],
    "the same for a number": ["\x1b]5\x9c2;c;aGk=\x07", "2;c;aGk=\x07"],
    "BEL ends only OSC": ["\x1bPx\x07\x1b]0;a\x07", "\x1b]0;a\x07"],
    "a cut character before a raw C1 control": ["\xe2\x9b21ttext", "\xe2text"],
    "a raw C1 control after what no character begins with": [
      "\xed\xa0\x9b21t\xf4\xa0\x80\x9b21t\xf5\x80\x80\x9b21t\xc1\x9b21ttext",
      "\xed\xa0\xf4\xa0\x80\xf5\x80\x80\xc1text",
    ],
    "ESC in overlong UTF-8": ["\xc0\x9b]52;c;aGk=\x07", "\xc052;c;aGk=\x07"],
    "ESC in longer forms": [
      "\xe0\x80\x9bPq\xf0\x80\x80\x9b]4\xf8\x80\x80\x80\x9b$B",
      "\xe0\x80q\xf0\x80\x804\xf8\x80\x80\x80",
    ],
    "overlong ESC put together by what is dropped": ["\xc0\x1b]52;c;a\x07\x9b]52;c;aGk=\x07", "\xc052;c;aGk=\x07"],
    "overlong ESC before controls": ["\xc0\x9b\n]52;c;aGk=\x07", "\xc0\n52;c;aGk=\x07"],
    "overlong ESC before an overlong bracket": ["\xc0\x9b\xc1\x9b21ttext", "\xc0\xc1text"],
    "overlong ESC in a title": ["\x1b]0;\xc0\x9bm\x07", "\x1b]0;\xc0\x1b\\\x9bm\x07"],
    "ESC before an overlong bracket": ["\x1b\xc1\x9b21ttext", "\xc1text"],
    "ESC twice at the end of an image": ["\x1bPq\x1b\x1b\\text", "\x1bPq\x1b\\\x1b\\text"],
  });
});

describe("what is held back, and for how long:", () => {
  const HEAD_LIMIT = 4096;
  const DROP_LIMIT = 1024 * 1024;
  const stepwise = (filter: TerminalFilter, chunks: string[]) =>
    chunks.map((chunk) => fromBytes(filter.filter(toBytes(chunk))));

  test("a string only until it is known to pass", () => {
    expect(stepwise(new TerminalFilter(), [..."\x1b]0;ab\x07c"])).toEqual([
      "",
      "",
      "",
      "\x1b]0;",
      "a",
      "b",
      "\x07",
      "c",
    ]);
    expect(stepwise(new TerminalFilter(), [..."\x1bP0;1q#~\x1b\\c"])).toEqual([
      "",
      "",
      "",
      "",
      "",
      "\x1bP0;1q",
      "#",
      "~",
      "",
      "\x1b\\",
      "c",
    ]);
  });

  test("a control sequence until its last byte, a character until it is whole", () => {
    expect(stepwise(new TerminalFilter(), ["a\x1b", "[3", "1", "mb\xe2", "\x82", "\xac"])).toEqual([
      "a",
      "",
      "",
      "\x1b[31mb",
      "",
      "\xe2\x82\xac",
    ]);
  });

  test("a beginning that is too long is dropped", () => {
    const long = "1".repeat(HEAD_LIMIT);
    for (const introducer of ["\x1b]", "\x1bP", "\x1b_G", "\x1b]1337;File="]) {
      expect(filterChunks([`${introducer}${long}`, `${long}${long}\x1b\\text`])).toBe("text");
      expect(filterChunks([`${introducer}${long}${long}${long}\x1b\\text`])).toBe("text");
    }
  });

  test("the longest beginning that can pass has 4096 bytes", () => {
    const longest = `\x1bP${"1".repeat(HEAD_LIMIT)}q~\x1b\\`;
    expect(filterChunks([longest])).toBe(longest);
    expect(filterChunks([...longest])).toBe(longest);
    expect(filterChunks([longest.replace("1", "11")])).toBe("");
    expect(filterChunks([...longest.replace("1", "11")])).toBe("");
  });

  test("a control sequence that is too long loses its introducer", () => {
    const expected = "21ttext";
    const input = `\x1b[${"0".repeat(HEAD_LIMIT)}21ttext`;
    expect(filterChunks([input])).toBe(expected);
    expect(filterChunks([...input])).toBe(expected);
    expect(filterChunks([`\x1b${"\n".repeat(HEAD_LIMIT + 5)}]52;c;a\x07`])).toBe(
      `${"\n".repeat(HEAD_LIMIT + 5)}]52;c;a\x07`,
    );
  });

  test("a dropped string that is never ended swallows 1 MiB at most, wherever it is split", () => {
    const input = `\x1bX${"x".repeat(DROP_LIMIT)}text\x1b]52;c;aGk=\x07.`;
    expect(filterChunks([input])).toBe("text.");
    for (const at of [1, 2, 3, 1000, DROP_LIMIT, DROP_LIMIT + 1, DROP_LIMIT + 2, DROP_LIMIT + 3, DROP_LIMIT + 4]) {
      expect(filterChunks([input.slice(0, at), input.slice(at)])).toBe("text.");
    }
  });

  test("every dropped string has the 1 MiB to itself", () => {
    const half = `\x1bX${"x".repeat(DROP_LIMIT * 0.75)}\x1b\\`;
    expect(filterChunks([half + half, `${half}text`])).toBe("text");
  });

  test.each([
    ["a sixel image", "\x1bPq", "\x1b\\"],
    ["an iTerm2 image", "\x1b]1337;File=inline=1:", "\x07"],
    ["a kitty image", "\x1b_Ga=T;", "\x1b\\"],
  ])("nothing of %s of 20 MB, which passes in the caller's own arrays", (_name, start, end) => {
    const filter = new TerminalFilter();
    expect(fromBytes(filter.filter(toBytes(start)))).toBe(start);
    const chunk = toBytes("#0~@!10?~-$".repeat(6000));
    for (let sent = 0; sent < 20_000_000; sent += chunk.length) expect(filter.filter(chunk)).toBe(chunk);
    expect(fromBytes(filter.filter(toBytes(`${end}text`)))).toBe(`${end}text`);
  });
});

/**
 * A second opinion on what is dangerous, which shares nothing with the filter: every introducer anywhere in the
 * data counts, read the way terminals of several kinds read it.
 */
function dangersIn(data: string): string[] {
  const decoded = data.replace(VALID, (bytes) => (/^\xc2[\x80-\x9f]/.test(bytes) ? bytes.slice(1) : "\u4e00"));
  const withoutC1 = decoded.replace(/[\x80-\x9f]/g, "\ufffd");
  const careless = data.replace(VALID, "\u4e00").replace(OVERLONG, decodeCarelessly);
  return [decoded, withoutC1, careless].flatMap(dangersInReading);
}

const VALID =
  /[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}/g;
const OVERLONG =
  /[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]|\xf0[\x80-\x8f][\x80-\xbf]{2}|\xf8[\x80-\x87][\x80-\xbf]{3}/g;

function decodeCarelessly(bytes: string): string {
  const payload = (index: number) => bytes.charCodeAt(index) & 0x3f;
  const high = bytes.length === 2 ? bytes.charCodeAt(0) & 0x1f : payload(bytes.length - 2);
  return String.fromCharCode(high * 64 + payload(bytes.length - 1));
}

function dangersInReading(reading: string): string[] {
  // C1 introducers as 7-bit ones, C0 controls as their pictures; what terminals ignore everywhere is left out.
  const visible = reading
    .replace(/[\x90\x98\x9b\x9d\x9e\x9f]/g, (c) => `\x1b${String.fromCharCode(c.charCodeAt(0) - 64)}`)
    .replace(/[^ -\uffff]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/[␀-␆␈-␗␙␜-␟\x7f]/g, "");
  return [...visible.matchAll(/␛␇*/g)].flatMap(({ index, 0: introducer }) => {
    const rest = visible.slice(index + introducer.length);
    const start = rest.slice(0, 1);
    // Some terminals let only BEL and ESC \ end a string.
    const contents = [rest.slice(1).split(/[␛␘␚\x9c]/)[0] ?? "", rest.slice(1).split("␛\\")[0] ?? ""];
    return contents.filter((content) => isDangerous(start, content)).map((content) => start + content);
  });
}

function isDangerous(start: string, content: string): boolean {
  switch (start) {
    case "[":
      return isDangerousControl(content.replaceAll("␇", ""));
    case "]":
      return isDangerousCommand(content.split("␇")[0] ?? "");
    case "P":
      return !/^[\d;]*q/.test(content);
    case "_":
      return !content.startsWith("G") || /t\W*=(?!d?[,;]|d$)/.test(content.split(";")[0] ?? "");
    case "%":
      return !content.startsWith("G");
    case " ":
      return content.startsWith("G");
    default:
      return ["X", "^", "}", "!", "$"].includes(start);
  }
}

function isDangerousControl(text: string): boolean {
  const [all, parameters = "", last = ""] = /^([0-?]*)([ -/]*[@-~])/.exec(text) ?? [];
  if (all === undefined) return text !== "";
  if (last.endsWith("i") || ["*y", "*z", "$w", "$u"].includes(last)) return true;
  const numbers = parameters.split(/\D/).map(Number);
  if (last === "t") return numbers[0] === 20 || numbers[0] === 21;
  return (
    parameters.startsWith("?") && ((last === "l" && numbers.includes(2)) || (last === "h" && numbers.includes(38)))
  );
}

function isDangerousCommand(text: string): boolean {
  const number = Number(/^\s*(\d*)/.exec(text)?.[1]);
  if (number === 9) return !/^9;4(;\d*)*$/.test(text);
  if (number === 1337)
    return !(text === "1337;SetMark" || /^1337;File=([^:]*;)?inline=1[;:]/.test(text)) || /inline=[^1]/.test(text);
  return [3, 6, 50, 51, 52, 99, 777, 5113, 5522].includes(number);
}

describe("random output", () => {
  const PIECES = [
    ..."\x1b \x1b \x1b ] [ P _ X ^ \\ % G $ q + | 5 2 0 1 ; : , c ? t=f t=d a=T i t y * w h l m } ( \x07 \x18 \x1a \n \x00 \x7f".split(
      " ",
    ),
    ..."\x9d \x9b \x90 \x9f \x9c \x98 \x85 \xc0 \xc1 \xe0 \xe2 \xc2 \x82 tmux; 52;c; 0; 9;4 1337; File= inline=1 inline=0 : SetMark 21t 4i 104".split(
      " ",
    ),
    ..."\u009d \u009b \u0090 \u009f \u009c é Ý 盛 😛".split(" ").map(utf8),
    ...["\xc0\x9b", "]52;c;", "\x1b]", "\x1b[", "\x1bP", "\x1b_G", "\x1b\\", " ", "text"],
  ];
  const WHOLE = [
    ..."text é 盛 😛 e\u0301 \u0085 \n \x07 \x1b[31m \x1b[?25l \x1b[2J \x1b7 \x1b(B \x1b]0;é盛\x07 \x1b]8;;u\x1b\\ \x1bPq~\x1b\\ \x1b_Ga=T;aG\x1b\\"
      .split(" ")
      .map(utf8),
    "\x1b]104\x07",
    "\x1b]9;4;1;50\x1b\\",
    " ",
  ];

  test("never shows what another reading finds dangerous, and shows the same wherever it is split", () => {
    const random = randomNumbers(20_260_301);
    let dangerous = 0;
    for (let round = 0; round < 20_000; round++) {
      const input = pick(PIECES, 1 + random(14), random);
      const output = filterChunks([input]);
      if (dangersIn(input).length > 0) dangerous++;
      expect({ input, dangers: dangersIn(output) }).toEqual({ input, dangers: [] });
      expect({ input, output: filterChunks(cut(input, random)) }).toEqual({ input, output });
      expect({ input, output: filterChunks([...input]) }).toEqual({ input, output });
    }
    expect(dangerous).toBeGreaterThan(7_000);
  }, 30_000);

  test("of harmless sequences and text passes byte for byte, wherever it is split", () => {
    const random = randomNumbers(20_260_302);
    for (let round = 0; round < 5_000; round++) {
      const input = pick(WHOLE, 1 + random(30), random);
      expect(filterChunks([input])).toBe(input);
      expect(filterChunks(cut(input, random))).toBe(input);
    }
  });

  test("the other reading knows the attacks", () => {
    const attacks = [
      "\x1b]52;c;?\x07",
      "\x9d52;c;a\x9c",
      utf8("\u009d52;c;a\u009c"),
      "\x1b]5\x1b]052;c;a\x07",
      "\xc0\x9b]52;c;a\x07",
      "\xe2\x9b21t",
      "\x1b]9;4;1\x9c text\x07",
      "\x1b_Ga=T\x18,t=f;a\x1b\\",
      "\x1b[2\n1t",
      "\x1bPtmux;\x1b\\",
      "\x1b]1337;File=inline=0:\x07",
    ];
    expect(attacks.filter((attack) => dangersIn(attack).length === 0)).toEqual([]);
  });
});

/** Numbers below a limit, the same ones for the same seed (mulberry32). */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

function pick(pieces: readonly string[], count: number, random: (limit: number) => number): string {
  return Array.from({ length: count }, () => pieces[random(pieces.length)]).join("");
}

function cut(input: string, random: (limit: number) => number): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < input.length; ) {
    const length = 1 + random(6);
    chunks.push(input.slice(at, at + length));
    at += length;
  }
  return chunks;
}
