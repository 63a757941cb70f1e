import helper
def main():
    helper.run(lambda: 1 / 0)
main()
