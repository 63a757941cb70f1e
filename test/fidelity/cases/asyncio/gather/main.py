import asyncio
log = []
async def work(name, delay):
    log.append(f"start {name}")
    await asyncio.sleep(delay)
    log.append(f"end {name}")
    return name
async def main():
    print(await asyncio.gather(work("slow", 0.12), work("quick", 0.02), work("mid", 0.07)))
    print(await asyncio.gather(work("a", 0), asyncio.sleep(0, "b"), bad(), return_exceptions=True))
async def bad():
    raise ValueError("kept")
asyncio.run(main())
print(log)
