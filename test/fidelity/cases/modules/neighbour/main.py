import helper, pkg.sub
from pkg import name
print(helper.value, pkg.sub.where, name, helper.__name__)
import os
print(os.path.relpath(helper.__file__), os.path.relpath(pkg.__file__), [os.path.relpath(p) for p in pkg.__path__])
