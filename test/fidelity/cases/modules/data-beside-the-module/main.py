import pkg
print(pkg.text)
