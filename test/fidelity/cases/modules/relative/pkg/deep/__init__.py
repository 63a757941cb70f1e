from .. import root
from ..side import side
