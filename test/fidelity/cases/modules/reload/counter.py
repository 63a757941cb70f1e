n = 1
print("counter runs")
