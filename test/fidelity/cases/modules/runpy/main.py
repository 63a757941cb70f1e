import runpy
print(runpy.run_path("other.py", run_name="given")["result"])
print(sorted(k for k in runpy.run_module("mod") if not k.startswith("__")))
