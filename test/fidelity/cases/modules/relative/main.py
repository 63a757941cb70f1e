from pkg.deep.leaf import chain
print(chain)
