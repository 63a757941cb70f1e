import sys, importlib, importlib.util, types
print(importlib.util.find_spec("no_such_module"), importlib.util.find_spec("json").name, importlib.import_module("json.decoder").__name__)
m = types.ModuleType("made", "doc"); sys.modules["made"] = m; m.x = 1
import made
print(made, made.x, "site" in sys.modules)
for name in ("a.b.c", "json.nope", "", ".x", "sys.path"):
    try:
        importlib.import_module(name)
    except Exception as e:
        print(type(e).__name__, e)
class Finder:
    def find_spec(self, name, path, target=None):
        if name == "virtual":
            return importlib.util.spec_from_loader(name, self)
    def create_module(self, spec): return None
    def exec_module(self, module): module.answer = 42
sys.meta_path.append(Finder())
import virtual
print(virtual.answer, virtual.__spec__.origin)
