import code
c = code.InteractiveInterpreter({"x": 1})
print(c.runsource("x + 1"), c.runsource("if x:"), c.runsource("1/0"), c.runsource("a b"))
