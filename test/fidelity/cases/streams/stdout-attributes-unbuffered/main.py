import sys
for s in (sys.stdout, sys.stderr):
    print(s.name, s.line_buffering, s.write_through, type(s.buffer).__name__)
