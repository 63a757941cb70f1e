import pkg
where = pkg.__name__ + " is half imported: " + str(hasattr(pkg, "sub"))
