import argparse
p = argparse.ArgumentParser(description="Adds numbers.", epilog="The end.")
p.add_argument("numbers", nargs="+", type=int, help="what to add")
p.add_argument("-s", "--scale", type=float, default=1.0, metavar="K", help="factor (default: %(default)s)")
p.add_argument("--mode", choices=["sum", "max"], help="what to do")
g = p.add_mutually_exclusive_group()
g.add_argument("-q", action="store_true"); g.add_argument("-v", action="count")
p.parse_args()
