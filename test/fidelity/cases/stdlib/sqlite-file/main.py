import os, sqlite3, tempfile
p = os.path.join(tempfile.mkdtemp(), "x.db")
with sqlite3.connect(p) as db:
    db.execute("create table t(a)")
    db.execute("insert into t values (1)")
try:
    with db:
        db.execute("insert into t values (2)")
        raise RuntimeError
except RuntimeError:
    pass
db.close()
again = sqlite3.connect(p)
print(again.execute("select * from t").fetchall(), os.path.getsize(p) > 0, open(p, "rb").read(15))
copy = sqlite3.connect(":memory:")
again.backup(copy)
print(copy.execute("select count(*) from t").fetchone())
again.close()
try:
    again.execute("select 1")
except sqlite3.ProgrammingError as e:
    print(e)
try:
    sqlite3.connect("/no/such/dir/x.db")
except sqlite3.OperationalError as e:
    print(e)
