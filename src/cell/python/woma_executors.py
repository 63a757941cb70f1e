"""Thread pools without threads: a call that is submitted runs at once, in the caller."""

import concurrent.futures.thread as pool
from concurrent.futures import Future


def submit(self, fn, /, *args, **kwargs):
    if self._shutdown:
        raise RuntimeError("cannot schedule new futures after shutdown")
    if not self._threads:
        # In place of the first worker: its initializer runs once.
        self._threads.add(self)
        self._create_worker_context().initialize()
    future: Future = Future()
    future.set_running_or_notify_cancel()
    try:
        result = fn(*args, **kwargs)
    except KeyboardInterrupt, SystemExit:
        raise
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
    return future


def shutdown(self, wait=True, *, cancel_futures=False):
    self._shutdown = True
    self._threads.clear()


def install() -> None:
    for method in (submit, shutdown):
        method.__qualname__ = f"ThreadPoolExecutor.{method.__name__}"
        setattr(pool.ThreadPoolExecutor, method.__name__, method)
