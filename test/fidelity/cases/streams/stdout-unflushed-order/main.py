import sys
sys.stdout.write("text waits in the text layer\n")
sys.stdout.buffer.write(b"bytes overtake it\n")
