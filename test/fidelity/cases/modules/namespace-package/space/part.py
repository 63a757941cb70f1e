x = "no __init__"
