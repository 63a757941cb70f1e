import sys
for s in (sys.stdin, sys.stdout, sys.stderr, sys.__stdout__):
    print(s.name, s.mode, s.encoding, s.errors, s.line_buffering, s.write_through, s.isatty(), s.fileno(), s.newlines, type(s.buffer).__name__, type(s.buffer.raw).__name__)
print(sys.stdin.readable(), sys.stdout.writable(), sys.stdout.seekable(), sys.stdout.closed)
