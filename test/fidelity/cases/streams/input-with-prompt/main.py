name = input("name? ")
year = int(input("born? "))
print(f"hello {name}, {2000 - year}")
