def deep(d):
    return d["a"]["b"]["c"]
def call(f, *args):
    return (f(*args)
            + 1)
call(deep, {"a": {"b": None}})
