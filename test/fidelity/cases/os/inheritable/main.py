import os
r, w = os.pipe()
print(os.get_inheritable(r), os.get_inheritable(0), os.get_inheritable(os.open("/dev/null", os.O_RDONLY)))
os.set_inheritable(r, True)
print(os.get_inheritable(r))
