import json
data = {"b": [1, 2.5, None, True], "a": {"é": "\u2028\ud83d", "n": float("inf")}}
print(json.dumps(data), json.dumps({"é": 1}, ensure_ascii=False, indent=2, sort_keys=True), sep="\n")
print(json.loads('{"x": 1e3, "y": "\\u00e9", "z": [-0, -0.0, 12345678901234567890]}'))
for bad in ('{"a": 1,}', "[1, 2", "nul", '"\t"', "", '{"a" 1}', "[1,]", "1 2"):
    try:
        json.loads(bad)
    except json.JSONDecodeError as e:
        print(e, e.pos, e.lineno, e.colno)
try:
    json.dumps({"k": [set()]})
except TypeError as e:
    print(e, e.__notes__)
