from ...up import x
