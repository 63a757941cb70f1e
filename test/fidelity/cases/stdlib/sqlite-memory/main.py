import sqlite3
db = sqlite3.connect(":memory:")
db.execute("create table t(id integer primary key, name text unique, x real, b blob)")
db.executemany("insert into t(name, x, b) values (?, ?, ?)", [("a", 1.5, b"\x00"), ("b", None, None), ("é", 3, b"xyz")])
print(db.execute("select * from t order by id").fetchall(), db.total_changes)
db.create_function("rev", 1, lambda s: s[::-1], deterministic=True)
print(db.execute("select rev(name), typeof(x), count(*) over () from t").fetchall())
db.row_factory = sqlite3.Row
row = db.execute("select id, name from t where name = :n", {"n": "b"}).fetchone()
print(row.keys(), tuple(row), row["NAME"])
for sql in ("insert into t(name) values ('a')", "select * from nope", "selec 1", "select ?"):
    try:
        db.execute(sql)
    except sqlite3.Error as e:
        print(type(e).__name__, e, e.sqlite_errorname if hasattr(e, "sqlite_errorname") else "")
with db:
    db.execute("delete from t")
print(db.execute("select json_extract('{\"a\":[1,2]}', '$.a[1]'), sum(value) from generate_series(1,4)").fetchone()[0] if False else db.in_transaction)
print("\n".join(db.iterdump()))
