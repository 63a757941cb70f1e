import argparse
argparse.ArgumentParser(description="a module with options").parse_args()
