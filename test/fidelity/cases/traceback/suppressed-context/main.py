try:
    1 / 0
except ZeroDivisionError:
    raise LookupError("alone") from None
