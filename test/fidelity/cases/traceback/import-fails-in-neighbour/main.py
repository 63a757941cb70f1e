import outer
