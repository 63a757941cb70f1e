from collections import *
import heapq, bisect, itertools, functools, operator
print(Counter("mississippi").most_common(2), Counter(a=1) - Counter(a=2), OrderedDict(a=1), deque([1, 2, 3], 2), defaultdict(list, x=[1]), ChainMap({"a": 1}, {"b": 2}))
P = namedtuple("P", "x y", defaults=[0])
print(P(1), P(1)._replace(y=5), P._fields, P(1) == (1, 0))
h = [5, 1, 4]; heapq.heapify(h)
print(heapq.heappop(h), heapq.nlargest(2, [3, 9, 1]), bisect.bisect([1, 3, 5], 3), list(itertools.batched("abcde", 2)), list(itertools.pairwise("abc")))
@functools.lru_cache(maxsize=2)
def f(x): return x
f(1); f(1); f(2); print(f.cache_info(), functools.reduce(operator.mul, range(1, 8)), functools.partial(int, base=2)("101"))
print([(k, list(g)) for k, g in itertools.groupby("aabbc")], sorted([3, 1, 2], key=operator.neg))
