"""Where the terminal interface is entered. Importing this costs nothing: Textual comes later."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engagewatch.tui.context import TuiContext


def run_tui(context: TuiContext) -> int:
    """Run the terminal interface until it is left; return the process's exit code.

    The terminal is restored before the poller is waited for.
    """
    # Importing Textual and drawing a first frame make many objects and no garbage: collecting would
    # only delay them. The shell turns collection on again when the frame is on screen.
    gc.disable()
    from engagewatch.tui.application import EngagewatchApp

    app = EngagewatchApp(context)
    try:
        app.run()
    finally:
        if context.leaving is not None:
            context.leaving(app.return_code or 0)
        if app.shell.polling is not None:
            app.shell.polling.stop()
        app.reader.close()
    return app.return_code or 0
