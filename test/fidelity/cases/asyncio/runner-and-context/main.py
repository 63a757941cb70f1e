import asyncio, contextvars
v = contextvars.ContextVar("v", default="none")
async def child():
    v.set("child")
    return v.get()
async def main():
    v.set("main")
    t = await asyncio.create_task(child())
    print(t, v.get())
with asyncio.Runner(debug=False) as runner:
    runner.run(main())
    print(runner.run(asyncio.sleep(0, v.get())))
