import sys
1 + 1
"text"
sys.displayhook(5)
sys.displayhook(None)
sys.displayhook("s")
import builtins
print(builtins._)
