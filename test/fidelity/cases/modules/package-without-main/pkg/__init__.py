print("init runs")
