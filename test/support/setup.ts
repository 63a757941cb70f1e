import { setDefaultTimeout } from "bun:test";

/** A test that runs woma may have to wait for its build, and for the other tests' processes. */
setDefaultTimeout(180_000);
