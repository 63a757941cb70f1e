mine = "the neighbour wins over the library"
