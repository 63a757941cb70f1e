import os
text = open(os.path.join(os.path.dirname(__file__), "table.csv")).read()
