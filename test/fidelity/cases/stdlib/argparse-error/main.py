import argparse
p = argparse.ArgumentParser()
p.add_argument("numbers", nargs="+", type=int)
p.add_argument("--scale", type=float)
p.parse_args()
