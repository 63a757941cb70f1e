import os
r, w = os.pipe()
reader, writer = os.fdopen(r), os.fdopen(w, "w")
print(reader.seekable(), writer.seekable())
for f in (lambda: reader.seek(0), reader.tell, writer.tell, lambda: writer.truncate(0), lambda: os.lseek(r, 0, 1)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
