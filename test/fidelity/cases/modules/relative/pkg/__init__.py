root = "root"
