class Box:
    def __init__(self):
        self.width = 1
Box().widht
