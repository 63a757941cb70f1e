print("the script does not look at its input")
