import { describe, expect, test } from "bun:test";
import { HandleTable, POLLERR, POLLHUP, POLLIN, POLLOUT } from "../../../src/broker/kernel/objects.ts";
import { createPipe } from "../../../src/broker/kernel/pipe.ts";

const CAPACITY = 65536;
const ATOMIC = 4096;
const BOTH = POLLIN | POLLOUT;

function newPipe() {
  const counter = { wakes: 0 };
  return { ...createPipe(() => (counter.wakes += 1)), counter };
}

const text = (value: string) => new TextEncoder().encode(value);
const read = (pipe: ReturnType<typeof newPipe>, length = 100) => {
  const result = pipe.reader.read(length);
  return result instanceof Uint8Array ? new TextDecoder().decode(result) : result;
};

describe("a pipe", () => {
  test("gives the bytes in the order in which they were written", () => {
    const pipe = newPipe();
    expect([pipe.writer.write(text("one")), pipe.writer.write(text("two"))]).toEqual([3, 3]);
    // As Linux does, small writes are put together.
    expect([read(pipe, 2), read(pipe, 100), read(pipe, 100)]).toEqual(["on", "etwo", undefined]);
  });

  test("has nothing yet while its writer is open, and ends when that is closed", () => {
    const pipe = newPipe();
    expect(read(pipe)).toBeUndefined();
    pipe.writer.write(text("last"));
    pipe.writer.close();
    expect([read(pipe), read(pipe), read(pipe)]).toEqual(["last", "", ""]);
  });

  test("refuses a write when nobody can read it", () => {
    const pipe = newPipe();
    pipe.reader.close();
    expect(pipe.writer.write(text("x"))).toBe("EPIPE");
    expect(pipe.writer.write(new Uint8Array(0))).toBe("EPIPE");
  });

  test("takes as much as it holds, and a part of what is larger", () => {
    const pipe = newPipe();
    expect(pipe.writer.write(new Uint8Array(100_000))).toBe(CAPACITY);
    expect(pipe.writer.write(new Uint8Array(1))).toBeUndefined();
    expect(pipe.writer.write(new Uint8Array(100_000))).toBeUndefined();
    expect(pipe.writer.write(new Uint8Array(0))).toBe(0);
  });

  test("takes a small write whole or not at all", () => {
    const pipe = newPipe();
    pipe.writer.write(new Uint8Array(CAPACITY - 100));
    expect(pipe.writer.write(new Uint8Array(101))).toBeUndefined();
    expect(pipe.writer.write(new Uint8Array(ATOMIC))).toBeUndefined();
    expect(pipe.writer.write(new Uint8Array(100))).toBe(100);
    pipe.reader.read(ATOMIC);
    expect(pipe.writer.write(new Uint8Array(ATOMIC))).toBe(ATOMIC);
  });

  test("has room again for what was read", () => {
    const pipe = newPipe();
    pipe.writer.write(new Uint8Array(CAPACITY));
    expect(pipe.reader.read(60_000)).toHaveLength(60_000);
    expect(pipe.writer.write(new Uint8Array(100_000))).toBe(60_000);
    expect(pipe.reader.read(CAPACITY)).toHaveLength(5536);
    expect(pipe.reader.read(CAPACITY)).toHaveLength(60_000);
    expect(pipe.reader.read(CAPACITY)).toBeUndefined();
  });

  test.each([
    ["a view", (bytes: Uint8Array) => bytes],
    ["a Buffer", (bytes: Uint8Array) => Buffer.from(bytes.buffer)],
  ])("keeps a copy of what was written, given as %s: the window that it came from is used again", (_, given) => {
    const pipe = newPipe();
    const window = text("original");
    pipe.writer.write(given(window));
    window.fill(0x78);
    expect(read(pipe)).toBe("original");
  });

  test("wakes the waiters when something can have changed for them", () => {
    const pipe = newPipe();
    const wakes = (action: () => void) => {
      const before = pipe.counter.wakes;
      action();
      return pipe.counter.wakes - before;
    };
    expect(wakes(() => pipe.reader.read(1))).toBe(0);
    expect(wakes(() => pipe.writer.write(text("x")))).toBe(1);
    expect(wakes(() => pipe.reader.read(1))).toBe(1);
    expect(wakes(() => pipe.writer.close())).toBe(1);
    expect(wakes(() => pipe.reader.close())).toBe(1);
  });

  test("goes one way only and is no terminal", () => {
    const { reader, writer } = newPipe();
    expect([reader.write(text("x")), writer.read(1)]).toEqual(["EBADF", "EBADF"]);
    const none = new Uint8Array(0);
    expect([reader.control(0x5401, 0, none), writer.control(0x5401, 0, none)]).toEqual(["ENOTTY", "ENOTTY"]);
    expect([reader.kind, writer.kind]).toEqual(["pipe", "pipe"]);
  });
});

describe("a pipe that is polled", () => {
  test("is writable and not readable when it is empty", () => {
    const { reader, writer } = newPipe();
    expect([reader.readiness(BOTH, false), writer.readiness(BOTH, false)]).toEqual([0, POLLOUT]);
  });

  test("is readable when it holds something, and writable while a small write fits", () => {
    const { reader, writer } = newPipe();
    writer.write(new Uint8Array(CAPACITY - ATOMIC));
    expect([reader.readiness(BOTH, false), writer.readiness(BOTH, false)]).toEqual([POLLIN, POLLOUT]);
    writer.write(new Uint8Array(1));
    expect([reader.readiness(BOTH, false), writer.readiness(BOTH, false)]).toEqual([POLLIN, 0]);
  });

  test("answers only what is asked, but tells of the other end's closing unasked", () => {
    const { reader, writer } = newPipe();
    writer.write(text("x"));
    expect([reader.readiness(0, false), writer.readiness(0, false)]).toEqual([0, 0]);
    writer.close();
    expect([reader.readiness(0, false), reader.readiness(POLLIN, false)]).toEqual([POLLHUP, POLLIN | POLLHUP]);
    reader.read(1);
    expect(reader.readiness(POLLIN, false)).toBe(POLLHUP);
    reader.close();
    expect([writer.readiness(0, false), writer.readiness(POLLOUT, false)]).toEqual([POLLERR, POLLOUT | POLLERR]);
  });
});

describe("a process's handles", () => {
  test("are small numbers that are never given twice", () => {
    const table = new HandleTable();
    const { reader, writer } = newPipe();
    const [first, second] = [table.open(reader), table.open(writer)];
    expect([first, second]).toEqual([1, 2]);
    expect([table.close(first), table.close(first), table.close(99)]).toEqual([true, false, false]);
    expect(table.open(reader)).toBe(3);
    expect([table.get(1), table.get(2)]).toEqual([undefined, writer]);
  });

  test("close their object with them, and are gone from the count", () => {
    const table = new HandleTable();
    const pipe = newPipe();
    const { room } = table;
    const handle = table.open(pipe.writer);
    expect([read(pipe), table.room]).toEqual([undefined, room - 1]);
    table.close(handle);
    expect([read(pipe), table.room]).toEqual(["", room]);
  });

  test("are all closed when the process ends", () => {
    const table = new HandleTable();
    const pipe = newPipe();
    table.open(pipe.writer);
    table.open(pipe.reader);
    table.closeAll();
    expect(read(pipe)).toBe("");
    expect(pipe.writer.write(text("x"))).toBe("EPIPE");
    expect([table.get(1), table.get(2)]).toEqual([undefined, undefined]);
  });
});
