import textwrap, string, difflib, csv, io, configparser, shlex, pprint, html, urllib.parse, tomllib, xml.etree.ElementTree as ET, statistics, ipaddress, locale, unicodedata
print(textwrap.fill("the quick brown fox jumps over the lazy dog", 20), string.Template("$a ${b}").substitute(a=1, b=2), sep="\n")
print("\n".join(difflib.unified_diff(["a", "b"], ["a", "c"], "x", "y", lineterm="")))
w = io.StringIO(); csv.writer(w).writerows([["a,b", 'q"x'], [1, None]]); print(repr(w.getvalue()), list(csv.DictReader(io.StringIO("h,i\n1,2\n"))))
c = configparser.ConfigParser(); c.read_string("[s]\na = 1\nb = %(a)s2\n"); print(dict(c["s"]), shlex.split("a 'b c' \"d\""), shlex.join(["x y", "z"]))
pprint.pp({"key": list(range(30)), "other": {"nested": "x" * 60, "more": ("a",)}})
print(html.escape("<a&'>"), urllib.parse.urlsplit("http://u@h:80/p;x?q=1#f"), urllib.parse.urlencode({"a": "b c&"}), tomllib.loads('a = 1979-05-27\n[b]\nc = [1, 2.5]\n'))
r = ET.fromstring("<a x='1'><b>t</b><b/></a>"); print(r.attrib, [b.text for b in r.iter("b")], ET.tostring(r))
print(statistics.mean([1, 2, 4]), statistics.stdev([1, 2, 4]), ipaddress.ip_network("10.0.0.0/30").num_addresses, unicodedata.name("é"), unicodedata.normalize("NFD", "é").encode())
for f in (lambda: tomllib.loads("a = "), lambda: ET.fromstring("<a>"), lambda: ipaddress.ip_address("x"), lambda: c["none"], lambda: shlex.split("'")):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
