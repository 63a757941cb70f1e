"""What programs commonly do, once each: its functions are compiled when woma starts, all others when first needed.

See scripts/wasm/hot.ts. What runs must be the same every time: nothing may depend on the clock, on chance or on the
network. When a program of yours needs the cold half at once, add here what it does."""

import array, ast, asyncio, base64, binascii, bisect, calendar, cmath, code, codeop, collections, contextlib, copy, csv
import dataclasses, datetime, decimal, difflib, dis, enum, fractions, functools, gc, glob, hashlib, heapq, html, inspect
import io, itertools, json, keyword, linecache, locale, logging, math, operator, os, pathlib, pickle, pprint, random, re
import shutil, sqlite3, statistics, string, struct, sys, tempfile, textwrap, time, token, tokenize, traceback, types, typing
import unicodedata, urllib.parse, uuid, warnings, weakref, zipfile, zlib
import xml.etree.ElementTree as ElementTree


def numbers():
    total = sum(i * i for i in range(200)) + sum(i ^ 3 for i in range(200)) - 7 // 2 % 3 << 2 >> 1 & 255 | 8
    big = 3**400 // 7**50 % 10**30 * -5
    str(big), int(str(big)), hex(big), big.bit_length(), big.to_bytes(200, "little", signed=True), pow(3, 10**5, 10**9 + 7)
    math.gcd(12, 18), math.isqrt(10**40), math.comb(20, 5), math.factorial(30), divmod(-7, 2), round(2.5), round(1234.5678, 2)
    [f(0.5) for f in (math.sin, math.cos, math.tan, math.exp, math.log, math.sqrt, math.atan, math.floor, math.erf, math.gamma)]
    math.hypot(3, 4), math.fsum([0.1] * 10), math.isclose(0.1 + 0.2, 0.3), 2.5**0.5, -(2**0.5), 1e308 * 10, 7.5 % 2, 7.5 // 2
    float("1.5e-7"), float("inf"), repr(0.1), "%.3f %5d %s %r %x %e" % (1 / 3, 42, "s", b"b", 255, 1e10), (0.1).as_integer_ratio(), (1.5).hex()
    complex(1, 2) * 2 / 3j, abs(3 + 4j), cmath.sqrt(-1), complex("1+2j")
    decimal.getcontext().prec = 40
    d = decimal.Decimal("1.10")
    d.sqrt(), d / 7, d**3, d.quantize(decimal.Decimal("0.1")), str(d * d), f"{d:,.4f}", d.compare(decimal.Decimal(2)), int(d), d.exp(), d.ln()
    fractions.Fraction(1, 3) + fractions.Fraction("0.25"), statistics.mean([1, 2, 3]), statistics.stdev([1.0, 2, 4]), statistics.median([3, 1, 2])
    generator = random.Random(1)
    generator.random(), generator.randint(1, 6), generator.shuffle(list(range(20))), generator.sample(range(100), 5), generator.gauss(0, 1)
    generator.choices("abc", k=4), generator.getrandbits(200)
    return total


def bodies(steps):
    points = [([0.0, 0.0], [0.0, 0.1], 39.5), ([4.8, -1.1], [0.6, 2.8], 0.04)]
    for _ in range(steps):
        for (p, v, m), (q, w, n) in itertools.combinations(points, 2):
            dx, dy = p[0] - q[0], p[1] - q[1]
            force = 0.001 * (dx * dx + dy * dy) ** -1.5
            v[0] -= dx * n * force
            w[1] += dy * m * force


def texts():
    text = "The quick brown föx — 漢字 🐍 jumps over 13 lazy dogs\n" * 5
    text.upper().lower().title().swapcase().casefold(), text.split(), text.splitlines(), text.replace("o", "0"), text.find("fox"), text.count("o")
    text.encode().decode(), text.encode("utf-16").decode("utf-16"), text.encode("latin-1", "replace"), text.encode("ascii", "backslashreplace")
    text.encode("utf-8").hex(), b"a,b".split(b","), bytearray(b"abc") + b"d", memoryview(b"abcdef")[1:4].tolist(), bytes.fromhex("00ff")
    "x".join(map(str, range(30))), "a-b_c".partition("-"), " pad ".strip().center(20, "*").ljust(30).rjust(40).zfill(50), "abc"[::-1], "a" < "b", "é" == "e\u0301"
    f"{3.14159:.2f} {1e10!r:>20} {42:#x} {10**9:,} {'s':^9} {True} {None!s} {datetime.date(2024, 2, 29):%A %d %B %Y}"
    "{0} {name!r} {1[0]:>{width}}".format(1, [2], name="n", width=5), string.Template("$a ${b}").substitute(a=1, b=2), "%(a)s" % {"a": 1}
    "漢字 é\n漢".splitlines(), "漢é x".partition(" "), "漢é x".split(), "🐍é".replace("é", "e"), "漢字".find("字"), "🐍x".upper(), "漢".join(["a", "🐍"]), "é漢"[1:], "🐍"[0] in "x🐍", "漢b".strip("b"), b"abc".rindex(b"b"), b"abc".startswith(b"a")
    "abc".translate(str.maketrans("a", "z", "b")), "12".isdigit(), "ab".isalpha(), "x1".isidentifier(), "\u00bd".isnumeric(), chr(0x1F40D), ord("é"), ascii("é")
    unicodedata.normalize("NFD", "é"), unicodedata.name("é"), unicodedata.east_asian_width("漢"), unicodedata.category("a"), "ß".casefold(), "ǆ".title()
    re.sub(r"(\w+)@(?P<host>[a-z.]+)", r"\g<host>:\1", "me@example.com, you@example.org"), re.findall(r"(?i)\b[a-z]{3,5}\b", text)
    re.split(r"[\s,;]+", text), re.match(r"(?:(\d+)|(\w+?))*$", "a1b2"), [m.span() for m in re.finditer(r"(?<=o)\S|^.(?=h)", text, re.M)], re.compile(r"(?s)(a|b)*?.{2,}(?!z)[^\W\d_]\1", re.X)
    re.sub(r"\d", lambda m: m[0] * 2, text), re.fullmatch(rb"[\x00-\xff]*", b"bytes"), re.escape("a.b*c"), re.search("漢+", text)
    textwrap.fill(text, 40), textwrap.dedent("  a\n  b"), list(difflib.unified_diff(["a"], ["b"])), html.escape("<a&b>"), html.unescape("&lt;&eacute;")
    urllib.parse.urlparse("https://h:1/p?q=1#f"), urllib.parse.quote("a b/é"), urllib.parse.urlencode({"a": [1, 2]}, True), urllib.parse.parse_qs("a=1&b=2")
    base64.b64decode(base64.b64encode(b"data")), binascii.crc32(b"x"), binascii.hexlify(b"ab"), [hashlib.new(n, b"x").hexdigest() for n in ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256")]
    return [(t.type, t.string) for t in tokenize.generate_tokens(io.StringIO("x = f'{1:>{2}}' + 'é' # c\n").readline)]


def containers():
    numbers = [5, 3, 9, 1] * 20
    numbers.sort(), numbers.sort(key=lambda x: -x), sorted("banana", reverse=True), sorted([1.5, 0.5]), sorted([(1, "b"), (1, "a")]), sorted(map(str, numbers))
    numbers.append(4), numbers.extend([7, 8]), numbers.insert(0, 1), numbers.pop(), numbers.pop(0), numbers.remove(9), numbers.index(3), numbers.reverse(), numbers.copy(), numbers.count(5)
    numbers[2:5], numbers[::3], numbers * 2 + [1], 3 in numbers, [*numbers, *range(3)], list(reversed(numbers)), min(numbers), max(numbers, default=0), any(numbers), all(numbers)
    numbers[1:3] = [0, 0, 0]
    del numbers[0], numbers[::5]
    first, *rest = numbers
    table = {i: str(i) for i in range(50)} | {"k": [1], (1, 2): None, 1.5: "f"}
    table.get("z"), table.setdefault("n", 0), table.pop("n"), table.update(a=1), list(table.items())[:3], dict(zip("ab", [1, 2])), {**table}, table == dict(table), table.popitem(), dict.fromkeys("abc", 0)
    some = {1, 2, 3} | {4} & {4, 5} - {6} ^ {7}
    some.add(8), some.discard(1), {2} <= some, frozenset(some), some.isdisjoint({99}), len({i % 7 for i in range(100)}), hash((1, "a", 2.5, None))
    counter = collections.Counter("abracadabra")
    counter.most_common(2), collections.OrderedDict(a=1).move_to_end("a"), collections.defaultdict(list)["x"].append(1), collections.ChainMap({}, {1: 2})[1]
    queue = collections.deque(range(10), maxlen=5)
    queue.appendleft(1), queue.rotate(2), queue.popleft(), list(queue)
    heap = [5, 1, 4]
    heapq.heapify(heap), heapq.heappush(heap, 0), heapq.heappop(heap), heapq.nsmallest(2, heap), bisect.insort(heap, 3), array.array("d", [1, 2]).tobytes(), array.array("i", range(9))[2:4]
    struct.unpack("<IHd4s?", struct.pack("<IHd4s?", 1, 2, 3.5, b"abcd", True)), struct.calcsize("!q")
    list(itertools.chain([1], [2])), list(itertools.permutations("abc", 2)), list(itertools.product("ab", repeat=2)), [list(g) for _, g in itertools.groupby("aabb")]
    list(itertools.accumulate([1, 2])), list(itertools.islice(itertools.count(), 3)), list(itertools.zip_longest([1], [2, 3])), list(itertools.pairwise("abc")), list(itertools.batched("abcd", 2)), list(itertools.starmap(pow, [(2, 3)]))
    list(itertools.takewhile(bool, [1, 0])), list(itertools.compress("ab", [1, 0])), list(itertools.tee("ab")[0]), list(itertools.cycle("a") for _ in range(1)), list(itertools.repeat(1, 2)), list(enumerate("ab")), list(filter(None, [0, 1])), functools.reduce(operator.add, [1, 2])
    operator.itemgetter(1, 0)([1, 2]), operator.attrgetter("real")(1), operator.methodcaller("upper")("a"), functools.partial(int, base=2)("10"), functools.lru_cache(lambda x: x)(1)
    document = {"list": [{"id": i, "name": f"é{i}", "f": i / 3, "t": True, "n": None} for i in range(30)]}
    json.loads(json.dumps(document)), json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False), json.loads('"\\u00e9\\ud83d\\ude00"'), pickle.loads(pickle.dumps(document)), pickle.loads(pickle.dumps([Point(1, 2), {1}, 2**70, b"x", (1,)], 2)), copy.deepcopy(document), copy.copy(Point(1))
    pprint.pformat(document), list(csv.DictReader(io.StringIO("a,b\n1,'x'\n"))), csv.writer(io.StringIO()).writerow([1, "a,b", None])
    return [(a, b) for a in range(3) for b in range(a) if a], {a: b for a, b in [(1, 2)]}, first, rest


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: "int" = 0
    tags: list = dataclasses.field(default_factory=list)


class Colour(enum.Enum):
    RED = enum.auto()
    BLUE = 2


class Base:
    __slots__ = ("value", "__weakref__")
    count = 0

    def __init__(self, value=0, *more, key=None, **rest):
        self.value = value
        type(self).count += 1

    @property
    def double(self):
        return self.value * 2

    @double.setter
    def double(self, value):
        self.value = value / 2

    @classmethod
    def make(cls, *a, **k):
        return cls(*a, **k)

    @staticmethod
    def static(x):
        return x

    def __add__(self, other):
        return Base(self.value + getattr(other, "value", other))

    __radd__ = __add__

    def __eq__(self, other):
        return isinstance(other, Base) and self.value == other.value

    def __lt__(self, other):
        return self.value < other.value

    def __hash__(self):
        return hash(self.value)

    def __len__(self):
        return 3

    def __getitem__(self, i):
        return [1, 2, 3][i]

    def __iter__(self):
        yield from (1, 2)

    def __contains__(self, x):
        return x == 1

    def __call__(self, x, /, y=1, *, z=2):
        return x + y + z

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True

    def __repr__(self):
        return f"Base({self.value!r})"

    def __del__(self):
        pass


class Derived(Base, metaclass=type("Meta", (type,), {})):
    def __init__(self, *a):
        super().__init__(*a)
        self.extra = 1

    def __getattr__(self, name):
        if name == "missing":
            return 1
        raise AttributeError(name)


def classes():
    a, b = Base.make(1, 2, key=3, other=4), Derived(2)
    a + b, a + 1, 1 + a, sum([a, b], Base()), a == b, sorted([b, a]), {a: b}[a], len(a), a[0], list(a), 1 in a, a(1), a(1, 2, z=3), repr(b), a.double, Base.static(1), b.missing
    a.double = 3
    with a as same:
        raise KeyError(same)
    with contextlib.suppress(ValueError), contextlib.ExitStack() as stack:
        stack.callback(print, end="")
        int("x")
    Point(1, 2) < Point(2), Point(1) == Point(1), repr(Point(1)), dataclasses.replace(Point(1), x=3), dataclasses.asdict(Point(1)), Colour.RED.name, Colour(2), list(Colour), isinstance(b, Base), issubclass(Derived, Base)
    setattr(b, "new", 1), hasattr(b, "no"), delattr(b, "new"), vars(b), dir(b), type("Made", (Base,), {"z": 1})(), weakref.ref(a)(), weakref.WeakValueDictionary(k=a), super(Derived, b).double, callable(b), id(b), typing.get_type_hints(Point), list[int], int | None
    collections.namedtuple("Pair", "a b")(1, b=2)._asdict(), types.SimpleNamespace(a=1), inspect.signature(Base.__init__), abs(-1), functools.total_ordering(Base), functools.wraps(numbers)(lambda: 0)
    match [1, (2, {"k": Point(3)})]:
        case [int(x), (y, {"k": Point(x=z), **more})] if x < y:
            return x, y, z, more
        case {"a": 1} | None | "s" | -1:
            pass


def control():
    def generate(n):
        received = yield n
        try:
            while n := n - 1:
                received = yield received or n
        except ValueError:
            yield -1
        finally:
            n = 0

    running = generate(5)
    next(running), running.send(3), running.throw(ValueError), list(running), running.close()
    caught = []
    for source in ("1/0", "[][0]", "{}['k']", "int('x')", "None.x", "undefined", "open('/none')", "1 + 's'", "f(", "raise OSError(2, 'no')", "import nothing_of_this_name", "assert 0, 'm'", "'x'.encode('ascii', 1)", "next(iter([]))", "sys.exit(3)", "def f(): f()\nf()"):
        try:
            exec(source)
        except BaseException as error:
            caught.append("".join(traceback.format_exception(error)))
    try:
        try:
            raise ValueError("first")
        except ValueError as error:
            raise RuntimeError("second") from error
    except* RuntimeError as group:
        caught.append(repr(group))
    for i in range(10):
        if i == 5:
            continue
        elif i > 7:
            break
    else:
        caught = None
    counter = 0

    def closure(step=1, *args, **options):
        nonlocal counter
        counter += step
        return lambda: counter

    closure(2, 3, a=4)(), closure(*[1, 2], **{"b": 3})
    exec("def made(a, b=1, /, c=2, *d, e, f=3, **g):\n  'doc'\n  return {i for i in d}\n@functools.cache\nclass K[T]: x: int = 1\ntype A = int\nglobal_value = 1 if counter else 2\ndel global_value", globals() | {"counter": 1})
    exec("async def co():\n  async with a as b, c: return await b\n  try: x: int = await b\n  except (A, B) as e: raise\n  finally: pass\n  lambda *a, k=1, **b: (a[1:2, ...], not b)\nfrom math import pi as p\nimport os.path as q\nx = y, *z = [1, 2]\nx += 1,\nwhile 0: pass\nassert x\nwith open('/dev/null') as f: f.read()")
    eval("[x for x in (1, 2) if x] + [not 1 < 2 <= 3 != 4 is None, ...]"), ast.unparse(ast.parse("a = b[1:2] if c else (yield)\nasync def f(): await x")), ast.literal_eval("{'a': [1, (2,)]}"), dis.Bytecode(bodies).dis(), compile("1", "f", "eval")
    code.InteractiveInterpreter({}).runsource("x = 1\n"), codeop.compile_command("def f():"), inspect.getsource(textwrap.dedent), warnings.warn("w", stacklevel=1), gc.collect(), sys.getsizeof(1), sys.getrefcount(1)
    return caught


async def waits():
    async def child(n):
        await asyncio.sleep(0)
        return n

    class Manager:
        async def __aenter__(self):
            return self

        async def __aexit__(self, *error):
            pass

        async def __aiter__(self):
            yield 1
            await asyncio.sleep(0)
            yield 2

    async with Manager() as manager:
        [i async for i in manager]
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, 1)
    return await asyncio.gather(*map(child, range(3)), asyncio.wait_for(child(1), 5), future)


def files():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "a" / "b").mkdir(parents=True, exist_ok=True)
        path = folder / "a" / "text.txt"
        path.write_text("line 1\nline é\r\n", encoding="utf-8"), path.read_text(), path.read_bytes(), path.stat().st_size, path.exists(), path.suffix, path.with_suffix(".x"), path.relative_to(folder), path.resolve(), list(folder.rglob("*"))
        with open(path, "a+b", buffering=16) as file:
            file.write(b"more" * 10), file.flush(), file.seek(0), file.readline(), file.tell(), file.read(), file.truncate(9), file.fileno()
        with open(path) as file:
            [line.rstrip() for line in file]
        os.listdir(folder), os.path.join("a", "..", "b"), os.path.abspath("x"), os.path.splitext("a.b"), os.getcwd(), os.environ.get("HOME"), os.rename(path, folder / "c"), os.walk(folder), list(os.scandir(folder)), glob.glob(f"{folder}/*"), os.chmod(folder / "c", 0o644), os.utime(folder / "c", (1, 1))
        shutil.copy(folder / "c", folder / "d"), shutil.copytree(folder / "a", folder / "e"), os.remove(folder / "d"), os.symlink("c", folder / "l"), os.readlink(folder / "l")
        with zipfile.ZipFile(folder / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x", "x" * 1000)
        zipfile.ZipFile(folder / "z.zip").read("x")
        database = sqlite3.connect(folder / "db")
        database.execute("create table t (id integer primary key, name text, f real, b blob)"), database.executemany("insert into t (name, f, b) values (?, ?, ?)", [(f"n{i}", i / 3, b"b") for i in range(20)]), database.execute("create index i on t (name)"), database.commit()
        database.execute("select count(*), avg(f), max(name), group_concat(name) from t where name like 'n1%' and id in (select id from t where f > 1) group by id % 3 having count(*) > 0 order by 1 desc limit 5").fetchall(), database.execute("update t set f = round(f, 1), name = upper(name) || 'x' where id between 2 and 4"), database.execute("delete from t where id = 1"), database.rollback()
        database.row_factory = sqlite3.Row
        dict(database.execute("select a.*, b.name as other from t a join t b on a.id = b.id + 1 where a.name is not null").fetchone()), database.close()
    zlib.decompress(zlib.compress(b"abc" * 1000)), list(io.BytesIO(b"a\nb")), io.StringIO("x\ny").readlines(), print("x", 1, [2], sep=",", file=io.StringIO()), io.TextIOWrapper(io.BytesIO(b"\xff"), errors="replace").read()
    tree = ElementTree.fromstring("<a x='1'><b>t &amp; é</b><!-- c --><c/></a>")
    tree.find("b").text, [e.tag for e in tree.iter()], ElementTree.tostring(tree)
    logging.getLogger("w").warning("x %s", 1) if 0 else logging.getLogger("w").debug("x")


def dates():
    day = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
    day.isoformat(), day + datetime.timedelta(days=1.5, hours=3), day - datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC), day.strftime("%Y-%m-%d %H:%M:%S %a %b %j %Z"), datetime.datetime.strptime("2024-01-02 03:04", "%Y-%m-%d %H:%M"), datetime.datetime.fromisoformat("2024-01-02T03:04:05+01:00"), day.timestamp(), day.astimezone(datetime.timezone(datetime.timedelta(hours=1))), day.date().weekday(), datetime.datetime.fromtimestamp(0, datetime.UTC), datetime.date(2024, 1, 1).isocalendar(), day.replace(year=2025, day=1), str(datetime.timedelta(seconds=1)), repr(day), day < day, hash(day)
    time.time(), time.time_ns(), time.monotonic(), time.perf_counter(), time.process_time(), time.localtime(0), time.gmtime(0), time.strftime("%c", time.gmtime(0)), time.mktime(time.localtime(0)), time.sleep(0), datetime.datetime.now(), datetime.date.today()
    random.random(), random.shuffle([1, 2]), os.urandom(4), uuid.uuid4(), os.getpid()
    calendar.month(2024, 2), uuid.uuid5(uuid.NAMESPACE_DNS, "x"), locale.localeconv(), linecache.getline("x", 1), keyword.iskeyword("if"), token.tok_name


SAMPLES = (
    "object()", "7", "-(2**70)", "True", "2.5", "1 + 2j", "'a b\\nc'", "'é漢 x'", "'🐍 a'", "b'a b\\nc'", "bytearray(b'a b')", "memoryview(b'abcd')", "None", "...", "NotImplemented",
    "[3, 1, 2]", "(1, 'a', 2.5)", "{'a': 1, 1: 2}", "{1, 2, 'a'}", "frozenset([1, 2])", "range(1, 9, 2)", "slice(1, 5, 2)", "iter([1, 2])", "iter({1: 2}.items())", "{1: 2}.keys()", "{1: 2}.values()", "reversed([1])",
    "(i for i in [1, 2])", "enumerate('ab')", "zip('ab', [1])", "map(str, [1])", "filter(None, [1])", "len", "[].append", "numbers", "type(1)", "int", "Base(1)", "Base.make", "types.MappingProxyType({1: 2})", "super(Derived, Derived())",
    "ValueError('x', 1)", "OSError(2, 'no', 'f')", "UnicodeDecodeError('utf-8', b'x', 0, 1, 'why')", "ExceptionGroup('g', [ValueError()])", "SyntaxError('m', ('f', 1, 1, 't'))", "types.SimpleNamespace(a=1)", "property(len)", "numbers.__code__", "list[int]", "int | str", "typing.TypeVar('T')",
    "collections.deque([1, 2], 5)", "collections.OrderedDict(a=1)", "collections.Counter('aab')", "collections.defaultdict(list, a=[1])", "array.array('i', [1, 2])", "array.array('d', [1.5])", "io.StringIO('a\\nb')", "io.BytesIO(b'a\\nb')", "io.BufferedReader(io.BytesIO(b'abc'))", "io.TextIOWrapper(io.BytesIO(b'a\\nb'))",
    "re.compile('(?P<n>a)|b')", "re.match('(?P<n>a)', 'a')", "decimal.Decimal('1.25')", "decimal.Context(prec=5)", "fractions.Fraction(1, 3)", "datetime.datetime(2024, 2, 29, 1, 2, 3)", "datetime.date(2024, 2, 29)", "datetime.time(1, 2)", "datetime.timedelta(1, 2)", "datetime.timezone.utc", "random.Random(1)", "hashlib.sha256(b'x')",
    "struct.Struct('<i')", "functools.partial(pow, 2)", "operator.itemgetter(1)", "itertools.count(1)", "itertools.chain('a', 'b')", "weakref.ref(Base(1))", "pickle.Pickler(io.BytesIO())", "csv.reader(['a,b'])", "json.JSONEncoder()", "sqlite3.connect(':memory:')", "ElementTree.Element('a')", "zlib.compressobj()", "math", "cmath", "operator", "binascii", "unicodedata", "heapq",
)
ARGUMENTS = tuple(compile(f"f({a})", "a", "eval") for a in ("", "self", "1", "0, 2", "'a'", "'a', 'b'", "b'a'", "[1]", "None"))


def methods():
    """Every method of every built-in kind of object, most of them with arguments that they refuse."""
    for sample in [compile(source, "s", "eval") for source in SAMPLES]:
        # Some of these would take for ever with the larger numbers.
        for name in sorted(set(dir(eval(sample))) - {"__round__", "__pow__", "__rpow__", "__lshift__", "__rlshift__"}):
            for arguments in ARGUMENTS:
                with contextlib.suppress(BaseException):
                    result = eval(arguments, {"f": getattr(eval(sample), name), "self": eval(sample)})
                    repr(result)[:99], list(itertools.islice(iter(result), 3))
    for name in "+ - * / // % @ | & < == in".split():
        for left, right in itertools.product(SAMPLES[:30], repeat=2):
            with contextlib.suppress(Exception):
                eval(f"({left}) {name} ({right})")


with warnings.catch_warnings(action="ignore"):
    methods()
for part in (numbers, lambda: bodies(20), texts, containers, classes, control, files, dates):
    part()
    part()
loop = asyncio.new_event_loop()
loop.run_until_complete(waits()) if "Web" not in type(loop).__name__ else None
print("workload done", flush=True)
