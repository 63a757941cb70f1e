import argparse
p = argparse.ArgumentParser(prog="calc")
sub = p.add_subparsers(dest="command", required=True)
a = sub.add_parser("add"); a.add_argument("x", type=int); a.add_argument("y", type=int); a.add_argument("--twice", action="store_true")
n = p.parse_args()
print(n, (n.x + n.y) * (2 if n.twice else 1))
for bad in (["add", "x", "1"], [], ["add", "1", "2", "--nope"]):
    try:
        p.parse_args(bad)
    except SystemExit as e:
        print("exit", e.code)
