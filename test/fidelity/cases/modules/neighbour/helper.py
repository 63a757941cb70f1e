value = "from beside"
