print("runs once as an import")
