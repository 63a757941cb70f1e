from .work import go
go()
