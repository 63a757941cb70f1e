from errors import Refused
raise Refused("qualified by its module", 3)
