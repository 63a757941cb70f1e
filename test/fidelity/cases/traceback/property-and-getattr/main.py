class A:
    @property
    def p(self):
        return self.q
    def __getattr__(self, name):
        raise AttributeError(f"no {name} here")
A().p
