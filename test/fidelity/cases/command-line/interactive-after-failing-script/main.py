y = "kept"
raise ValueError("the script fails")
