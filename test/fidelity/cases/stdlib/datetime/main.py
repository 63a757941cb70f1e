from datetime import *
d = datetime(2024, 2, 29, 23, 59, 59, 999999)
print(d, repr(d), d.isoformat("T", "milliseconds"), d.strftime("%A %d %B %Y %j %U %I%p"), d + timedelta(microseconds=1))
print(date(2024, 12, 30).isocalendar(), date.fromisoformat("2024-W01-1"), datetime.fromisoformat("2024-01-01T00:00Z"), datetime.strptime("3 Mar 21", "%d %b %y"))
print(timedelta(days=-1, seconds=5), repr(timedelta(1.5)), timedelta(hours=5) / timedelta(minutes=7), divmod(timedelta(hours=1), timedelta(minutes=25)))
print(datetime.fromtimestamp(0, timezone.utc), datetime(2000, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))), time(1, 2).replace(second=3), date.max, datetime.min)
for f in (lambda: date(2023, 2, 29), lambda: datetime.fromisoformat("nope"), lambda: d < d.replace(tzinfo=timezone.utc), lambda: datetime.strptime("x", "%Y"), lambda: date.max + timedelta(1), lambda: timedelta(days=10**10)):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
