class Own(BaseException):
    pass
raise Own("base")
