import os
with open("note.txt", "w") as f:
    f.write("in the working directory")
print(open("note.txt").read(), os.path.exists("note.txt"), os.path.abspath("note.txt") == os.path.join(os.getcwd(), "note.txt"))
os.mkdir("sub"); os.chdir("sub")
print(os.path.basename(os.getcwd()), os.path.exists("../note.txt"))
os.chdir(".."); os.rmdir("sub"); os.remove("note.txt")
