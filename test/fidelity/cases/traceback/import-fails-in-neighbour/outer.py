from inner import missing
