code = compile("a = 1\nb = a.nope\n", "made-up.txt", "exec")
exec(code)
