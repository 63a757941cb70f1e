import copy, pickle, copyreg, shelve, tempfile, os, array, io
class P:
    def __init__(self, x): self.x = x
    def __reduce__(self): return P, (self.x,)
    def __eq__(self, o): return self.x == o.x
print(pickle.loads(pickle.dumps([P(1), {"a": (1, 2.5, b"x", None)}]))[0] == P(1), pickle.dumps({"a": [1, "é"]}, 2), copy.deepcopy([[1]]) is not None)
for f in (lambda: pickle.dumps(lambda: 0), lambda: pickle.loads(b"x"), lambda: pickle.loads(b"")):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, str(e).split(" at 0x")[0])
a = array.array("i", [1, 2]); a.append(3); print(a, a.itemsize, memoryview(b"abcd")[1:3].tobytes(), bytearray(b"ab") * 2)
