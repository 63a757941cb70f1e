import os, sys
f = sys.flags
print(f.isolated, f.ignore_environment, f.no_user_site, f.safe_path)
print(os.getcwd() in sys.path, "" in sys.path)
import neighbour
