import asyncio
loop = asyncio.new_event_loop()
print(loop.run_until_complete(asyncio.sleep(0, "value")), type(loop).__name__.endswith("SelectorEventLoop"))
loop.call_soon(loop.stop)
loop.run_forever()
print(loop.is_running(), loop.is_closed())
loop.close()
try:
    asyncio.get_event_loop()
except RuntimeError as e:
    print(e)
