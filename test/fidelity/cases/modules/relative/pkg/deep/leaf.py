from . import root, side
from ..side import side as again
chain = [root, side, again, __package__, __name__]
