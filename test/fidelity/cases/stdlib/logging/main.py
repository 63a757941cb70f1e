import logging, sys
logging.warning("to the root, %s", "formatted")
logging.info("not shown")
log = logging.getLogger("app.part")
h = logging.StreamHandler(sys.stdout)
h.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(funcName)s:%(lineno)d:%(message)s"))
log.addHandler(h); log.setLevel(logging.DEBUG); log.propagate = False
def f():
    log.debug("x=%d", 5)
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("failed")
f()
log.info("%d", "not a number")
