print("the neighbour named random")
