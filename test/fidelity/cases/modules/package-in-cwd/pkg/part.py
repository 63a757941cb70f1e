x = "relative import from __main__"
