from zoneinfo import ZoneInfo, available_timezones
from datetime import datetime, timedelta, timezone
berlin = ZoneInfo("Europe/Berlin")
for text in ("2024-03-31 00:59:59", "2024-03-31 01:00:00", "2024-10-27 00:30:00", "2024-10-27 01:30:00"):
    utc = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    local = utc.astimezone(berlin)
    print(local, local.tzname(), local.utcoffset(), local.dst(), local.fold)
t = datetime(2020, 7, 1, 12, tzinfo=ZoneInfo("America/New_York"))
print(t.astimezone(ZoneInfo("Asia/Kolkata")).isoformat(), repr(t.tzinfo), t + timedelta(days=200))
print("Australia/Sydney" in available_timezones(), ZoneInfo("UTC").key)
