import { address, assembleSideModule, call, constant, I32, offsetsOf } from "./side-module.ts";

/**
 * A C library as the compiler makes it from
 *
 *   EM_JS(int, script, (void), { … });
 *   int call_function(void) { return script(); }
 *   int call_block(void) { return EM_ASM_INT({ … }); }
 *   int call_text(void) { return emscripten_run_script_int("…"); }
 *
 * with the same expression in all three places.
 */
export function libraryWithJavaScript(expression: string): Uint8Array {
  const strings = [`(void)<::>{ return ${expression} }`, `return ${expression}`, expression];
  const [script = 0, block = 0, text = 0] = offsetsOf(strings);
  // The types of the block's arguments, of which there are none.
  const emptyString = text - 1;
  return assembleSideModule({
    types: [
      { parameters: [], results: [I32] },
      { parameters: [I32], results: [I32] },
      { parameters: [I32, I32, I32], results: [I32] },
    ],
    imports: { script: 0, emscripten_run_script_int: 1, emscripten_asm_const_int: 2 },
    functions: {
      call_function: { type: 0, code: [call(0)] },
      call_block: { type: 0, code: [address(block), address(emptyString), constant(0), call(2)] },
      call_text: { type: 0, code: [address(text), call(1)] },
    },
    strings,
    addresses: { __em_js__script: script, __start_em_asm: block, __stop_em_asm: text },
  });
}
