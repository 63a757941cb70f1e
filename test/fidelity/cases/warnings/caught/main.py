import warnings
with warnings.catch_warnings(record=True) as got:
    warnings.simplefilter("always")
    warnings.warn("kept", FutureWarning)
    warnings.warn_explicit("explicit", UserWarning, "file.py", 7)
print([(w.category.__name__, str(w.message), w.lineno) for w in got])
@warnings.deprecated("use g")
def f(): return 1
print(f())
