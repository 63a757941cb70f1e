name = "package"
from . import sub
