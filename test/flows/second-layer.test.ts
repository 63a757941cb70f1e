import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { noCorePackages } from "../support/core.ts";
import { libraryWithJavaScript } from "../support/library-with-javascript.ts";
import { testUnless } from "../support/loud-skip.ts";
import { runWoma } from "../support/woma.ts";

setDefaultTimeout(60_000);

const noCore = await noCorePackages();

const REASON = "woma's Python reaches no JavaScript; what it may use of the host comes through Python's own modules";

/** Runs each line by itself and shows the value of an expression, or the error. */
const ATTEMPT = `
def attempt(code):
    try:
        print(eval(code))
    except BaseException as error:
        print(type(error).__name__, error, sep=": ")
`;

async function attempts(setUp: string, lines: readonly string[]): Promise<string[]> {
  const code = `${ATTEMPT}${setUp}\nfor code in ${JSON.stringify(lines)}: attempt(code)`;
  const { stdout, stderr, exitCode } = await runWoma(["-c", code]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return stdout.trimEnd().split("\n");
}

describe("the module js", () => {
  test("is there, and holds what HTTP needs, all of it Python", async () => {
    const lines = [
      "js",
      "len(dir(js)) > 0 and {type(part) for part in vars(js).values()} & {type(to_js([]))}",
      "hasattr(js, 'window')",
    ];
    expect(await attempts("import js; from pyodide.ffi import to_js", lines)).toEqual([
      "<module 'js' (woma)>",
      "set()",
      "False",
    ]);
  });

  test("says why a name is not in it", async () => {
    const refused = (name: string) => `AttributeError: module 'js' has no attribute '${name}': ${REASON}`;
    expect(await attempts("import js", ["js.document", "js.process", "js.eval", "js.globalThis"])).toEqual(
      ["document", "process", "eval", "globalThis"].map(refused),
    );
  });

  test("says so to an import from it, too", async () => {
    expect(await runWoma(["-c", "from js import document"])).toMatchObject({
      stdout: "",
      stderr: `Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n    from js import document\nImportError: cannot import name 'document' from 'js' (${REASON})\n`,
      exitCode: 1,
    });
  });

  test("cannot be added to or taken from", async () => {
    const refused = `AttributeError: module 'js' cannot be changed: ${REASON}`;
    expect(await attempts("import js", ["setattr(js, 'x', 1)", "delattr(js, '__name__')"])).toEqual([refused, refused]);
  });

  test("is the same when it is imported anew", async () => {
    const again = "import js, sys; first = sys.modules.pop('js'); import js";
    expect(await attempts(again, ["js is first"])).toEqual(["True"]);
  });

  test("lets a library look for a browser and find none", async () => {
    const library = `
import js
from pyodide.ffi import JsArray, JsException, JsProxy, to_js
def is_in_node():
    return hasattr(js, "process") and hasattr(js.process, "release") and js.process.release.name == "node"
in_browser = hasattr(js, "window") and hasattr(js, "self") and js.self == js.window
worker_available = hasattr(js, "Worker") and hasattr(js, "Blob")
isolated = hasattr(js, "crossOriginIsolated") and js.crossOriginIsolated
try:
    from js import importScripts
except ImportError:
    importScripts = None`;
    const lines = ["is_in_node(), in_browser, worker_available, isolated, importScripts"];
    expect(await attempts(library, lines)).toEqual(["(False, False, False, False, None)"]);
  });
});

describe("Pyodide's own Python", () => {
  test.each(["import pyodide_js", "from pyodide_js import loadPackage", "import pyodide_js._api"])(
    "has no %s",
    async (statement) => {
      const { stdout, stderr, exitCode } = await runWoma([
        "-c",
        `try: ${statement}\nexcept ModuleNotFoundError as error: print(error, error.name)`,
      ]);
      expect({ stdout, stderr, exitCode }).toEqual({
        stdout: `No module named 'pyodide_js': ${REASON} pyodide_js\n`,
        stderr: "",
        exitCode: 0,
      });
    },
  );

  test("runs no JavaScript", async () => {
    const lines = ["pyodide.code.run_js('1+1')", "pyodide.webloop.scheduleCallback(print, 0)"];
    expect(await attempts("import pyodide.code, pyodide.webloop", lines)).toEqual([
      `ImportError: cannot import name 'eval' from 'js' (${REASON})`,
      `RuntimeError: ${REASON}`,
    ]);
  });

  test("is imported as ever", async () => {
    const modules =
      "import pyodide, pyodide.console, pyodide.ffi, pyodide.http, pyodide.http.pyxhr, pyodide.webloop, pyodide._package_loader, pyodide._nodesock_transport";
    expect(await attempts(modules, ["pyodide.code.eval_code('6 * 7')"])).toEqual(["42"]);
  });

  test("carries values over and back", async () => {
    const setUp =
      "from pyodide.ffi import create_proxy, register_js_module, to_js; array = to_js([1, 2, 3]); twice = create_proxy(lambda value, *rest: value * 2); register_js_module('given', to_js({'a': array}))";
    const lines = [
      "array.map(twice).to_py()",
      "array.length, array[1], list(array)",
      "to_js({'a': 1}).to_py()",
      "twice(4)",
      "__import__('given').a.to_py()",
    ];
    expect(await attempts(setUp, lines)).toEqual(["[2, 4, 6]", "(3, 2, [1, 2, 3])", "{'a': 1}", "8", "[1, 2, 3]"]);
  });

  test("leads from no value to the compiler of JavaScript", async () => {
    const setUp =
      "from pyodide.ffi import create_proxy, to_js, JsException; array = to_js([1]); proxy = create_proxy(print)";
    const refused = (name: string) => `AttributeError: ${name}: ${REASON}`;
    expect(
      await attempts(setUp, [
        "array.constructor.constructor('return process')()",
        "array.concat.constructor('return process')()",
        "to_js({'a': 1}).constructor",
        "proxy.constructor",
        "JsException('Error', 'message').js_error.constructor",
        "getattr(array, '__proto__')",
        "array.__lookupGetter__('__proto__').call(array)",
        "hasattr(array, 'constructor')",
      ]),
    ).toEqual([
      ...[
        "constructor",
        "constructor",
        "constructor",
        "constructor",
        "constructor",
        "__proto__",
        "__lookupGetter__",
      ].map(refused),
      "False",
    ]);
  });

  test("holds no object of the host's, wherever one looks", async () => {
    const search = `
import gc
from pyodide.ffi import JsProxy
gc.unfreeze()
found = [item for holder in gc.get_objects() for item in gc.get_referents(holder) if isinstance(item, JsProxy)]`;
    expect(await attempts(search, ["found", "gc.get_referrers(JsProxy) != []"])).toEqual(["[]", "True"]);
  });
});

describe("micropip", () => {
  testUnless(noCore, "knows the distribution, of which nothing is there yet", async () => {
    const setUp = "import json, micropip";
    const lines = ["json.loads(micropip.freeze())['packages']['six']['imports']", "micropip.list()"];
    expect(await attempts(setUp, lines)).toEqual(["['six']", "Name | Version | Source", "---- | ------- | ------"]);
  });

  testUnless(noCore, "installs a wheel that a program has made", async () => {
    const code = `
import asyncio, micropip, zipfile
with zipfile.ZipFile("/tmp/made-1.0-py3-none-any.whl", "w") as wheel:
    wheel.writestr("made.py", "answer = 42")
    wheel.writestr("made-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: made\\nVersion: 1.0\\n")
    wheel.writestr("made-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr("made-1.0.dist-info/RECORD", "")
asyncio.run(micropip.install("emfs:/tmp/made-1.0-py3-none-any.whl"))
import made`;
    expect(await attempts(code, ["made.answer"])).toEqual(["42"]);
  });
});

describe("ctypes", () => {
  test.each([
    "emscripten_run_script",
    "emscripten_run_script_int",
    "emscripten_run_script_string",
    "emscripten_async_run_script",
    "emscripten_async_load_script",
    "emscripten_asm_const_int",
    "emscripten_async_wget",
    "emscripten_websocket_new",
    "emscripten_create_worker",
    "emscripten_get_compiler_setting",
    "raw_call_js",
    "JsvFunction_CallBound",
    "_emscripten_system",
    "__syscall_socket",
  ])("finds no %s", async (name) => {
    const lines = [
      `ctypes.CDLL(None).${name}`,
      `ctypes.pythonapi['${name}']`,
      `ctypes.CFUNCTYPE(None)(('${name}', ctypes.CDLL(None)))`,
      `ctypes.c_int.in_dll(ctypes.pythonapi, '${name}')`,
      `_ctypes.dlsym(ctypes.pythonapi._handle, '${name}')`,
    ];
    const refused = `${name}: ${REASON}`;
    expect(await attempts("import ctypes, _ctypes", lines)).toEqual([
      ...Array<string>(3).fill(`AttributeError: ${refused}`),
      `ValueError: ${refused}`,
      `OSError: ${refused}`,
    ]);
  });

  test("finds the C library and CPython", async () => {
    const setUp =
      "import ctypes; c, api = ctypes.CDLL(None), ctypes.pythonapi; api.PyLong_FromLong.restype = ctypes.py_object";
    const lines = ["c.abs(-3)", "c.strlen(b'four')", "api.PyLong_FromLong(5)", "c.getaddrinfo.__class__.__name__"];
    expect(await attempts(setUp, lines)).toEqual(["3", "4", "5", "_FuncPtr"]);
  });

  test("ends the program by exit()", async () => {
    expect(await runWoma(["-c", "import ctypes; ctypes.CDLL(None).exit(3)"])).toMatchObject({
      stdout: "",
      stderr: "",
      exitCode: 3,
    });
  });

  test("starts no programs", async () => {
    const setUp = `
import ctypes, errno
c = ctypes.CDLL(None, use_errno=True)
c.popen.restype = ctypes.c_void_p
program = (ctypes.c_char_p * 2)(b"/bin/ls", None)`;
    const lines = [
      "c.system(b'touch /tmp/x')",
      "c.popen(b'ls', b'r')",
      "c.execv(program[0], program)",
      "c.execve(program[0], program, None)",
      "c.fork(), c.vfork()",
      "c.posix_spawn(None, program[0], None, None, program, None) != 0",
    ];
    expect(await attempts(setUp, lines)).toEqual(["-1", "None", "-1", "-1", "(-1, -1)", "True"]);
  });

  test("opens no library of the host's", async () => {
    expect(await attempts("import ctypes", ["ctypes.CDLL('/bin/ls')", "ctypes.CDLL('libc.so.6')"])).toEqual([
      "OSError: could not load dynamic lib: /bin/ls",
      "Error: there is no file /bin/ls",
      "OSError: could not load dynamic lib: libc.so.6",
      "Error: there is no file libc.so.6",
    ]);
  });
});

describe("a C library with JavaScript in it", () => {
  test("is loaded, and its JavaScript refused", async () => {
    const library = Buffer.from(libraryWithJavaScript("process.pid")).toString("base64");
    const setUp = `
import base64, ctypes, pathlib
pathlib.Path("/tmp/library.so").write_bytes(base64.b64decode("${library}"))
bare, python = ctypes.CDLL("/tmp/library.so"), ctypes.PyDLL("/tmp/library.so")`;
    const lines = ["call_function", "call_block", "call_text"].flatMap((name) => [
      `python.${name}()`,
      `bare.${name}()`,
    ]);
    const refused = `RuntimeError: ${REASON}`;
    expect(await attempts(setUp, lines)).toEqual([refused, "0", refused, "0", refused, "-52"]);
  });
});

describe("a socket of the C library's", () => {
  test("is TCP's or none, and reaches what the policy allows", async () => {
    const setUp = "import _socket; stream = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)";
    const lines = [
      "_socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)",
      "_socket.socket(_socket.AF_INET, _socket.SOCK_RAW)",
      "_socket.socket(1, _socket.SOCK_STREAM)",
      "stream.sendto(b'x', ('127.0.0.1', 9))",
      "stream.sendmsg([b'x'], [], 0, ('127.0.0.1', 9))",
      "stream.connect(('127.0.0.1', 9))",
    ];
    const onlyTcp =
      "OSError: [Errno 93] Protocol not supported: woma's Python has TCP sockets only; socket.getaddrinfo looks names up";
    expect(await attempts(setUp, lines)).toEqual([
      onlyTcp,
      onlyTcp,
      "OSError: [Errno 97] Address family not supported by protocol: woma's Python reaches no sockets of programs on this machine; socket.socketpair works",
      "BrokenPipeError: [Errno 32] Broken pipe",
      "BrokenPipeError: [Errno 32] Broken pipe",
      "PermissionError: [Errno 13] Permission denied: 127.0.0.1 is a loopback address; allow it with --allow-net=127.0.0.1:9",
    ]);
  });
});
