@echo off & this is not Python
print("the first line was skipped")
1 / 0
