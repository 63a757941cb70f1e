import linecache
text = "def f():\n    return undefined_name\nf()\n"
linecache.cache["<template>"] = (len(text), None, text.splitlines(True), "<template>")
exec(compile(text, "<template>", "exec"))
