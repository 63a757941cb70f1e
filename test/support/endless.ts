/** Says "ready" on stdout; what follows is then what a signal meets. */
export const READY = "print('ready', flush=True)\n";

/** Programs that never end, by what they wait in; each notices a signal. */
export const WAITING = {
  "in a loop": "while True: pass",
  "in time.sleep": "import time; time.sleep(600)",
  "in input()": "input()",
  "in asyncio": "import asyncio; asyncio.run(asyncio.sleep(600))",
  "in a regular expression": "import re; re.match('(a+)+$', 'a' * 64 + 'b')",
};

/** Never ends, and never looks whether there was a signal. */
export const C_LOOP = "sum(range(10**12))";
