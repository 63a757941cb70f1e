from zoneinfo import ZoneInfo, ZoneInfoNotFoundError
for key in ("Mars/Olympus", "../etc/passwd", ""):
    try:
        ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError) as e:
        print(type(e).__name__, e)
