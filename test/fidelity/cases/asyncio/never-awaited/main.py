import asyncio
async def forgotten():
    pass
async def main():
    forgotten()
    print("main over")
asyncio.run(main())
