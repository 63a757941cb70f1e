import sys
sys.exit("module says no")
