import sys
sys.excepthook = lambda *a: print("never")
sys.exit("text")
