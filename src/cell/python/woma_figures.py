"""
A backend of Matplotlib's: Agg draws, and `plt.show()` hands the picture to woma's front end, or saves it where the
program may write. Its classes are made when Matplotlib asks for them, which this module does not import by itself.
"""

import io
import os
import sys

import woma_kernel
import woma_settle

_PIECE_BYTES = 1 << 19


def __getattr__(name):
    if name not in ("FigureCanvas", "FigureManager"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from matplotlib.backend_bases import FigureManagerBase
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    class FigureManager(FigureManagerBase):
        def show(self):
            show_figure(self.canvas.figure)

        @classmethod
        def pyplot_show(cls, *args, **options):
            from matplotlib._pylab_helpers import Gcf

            for manager in Gcf.get_all_fig_managers():
                manager.show()
            # As after a window that was closed: the next show() shows new figures only.
            Gcf.destroy_all()

    class FigureCanvas(FigureCanvasAgg):
        manager_class = FigureManager

    globals().update(FigureCanvas=FigureCanvas, FigureManager=FigureManager)
    return globals()[name]


def show_figure(figure) -> None:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    picture = buffer.getvalue()
    path = save(picture) or hand_over(picture)
    if path is not None:
        print(f"woma: figure saved to {path}", file=sys.stderr)


def save(picture: bytes) -> str | None:
    """Beside the user's files, where the program was given a directory to write to."""
    directory = os.getcwd()
    if not woma_settle.is_mounted(directory):
        return None
    number = 1
    while True:
        path = os.path.join(directory, f"figure-{number}.png")
        try:
            with open(path, "xb") as file:
                file.write(picture)
            return path
        except FileExistsError:
            number += 1
        except OSError:
            return None


def hand_over(picture: bytes) -> str | None:
    """Where the front end has put it, should that be a file."""
    reply: dict = {}
    for start in range(0, len(picture), _PIECE_BYTES):
        piece = picture[start : start + _PIECE_BYTES]
        reply, _ = woma_kernel.request("figure", piece, last=start + _PIECE_BYTES >= len(picture))
    return reply.get("path")
