import annotationlib
def f(x: later) -> int: ...
later = str
print(f.__annotations__, annotationlib.get_annotations(f, format=annotationlib.Format.STRING))
