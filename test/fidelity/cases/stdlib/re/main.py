import re
print(re.findall(r"(\w)(\d+)?", "a1 b c22"), re.sub(r"(?P<y>\d{4})-(\d\d)", r"\2/\g<y>", "on 2024-05 and 1999-12"))
print(re.split(r"([,;])\s*", "a, b;c"), re.fullmatch(r"(?i:HeL)lo+", "hellooo").span(), re.match("x", "y"))
print(re.compile(r"""(?x) \d+  # digits
  (?=px)""").search("width: 12px"), re.escape("a.b*c"), [m.group() for m in re.finditer(r"\b\w", "the quick fox")])
print(re.sub("(?<=a)b", lambda m: m.group().upper(), "ab cb"), re.compile("a|b", re.I | re.M), re.search(r"(a++)b", "aaab").groups())
for bad in ("(", "[a", "*", "(?P<1>x)", r"\8", "a{2,1}", "(?<=a*)b", "(?z)"):
    try:
        re.compile(bad)
    except re.PatternError as e:
        print(e, e.pos)
