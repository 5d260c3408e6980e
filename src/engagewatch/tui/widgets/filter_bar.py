"""The filter line: typed in place of the key bar, applied as it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message

from engagewatch.tui.widgets.headline import Headline
from engagewatch.tui.widgets.lines import Part

if TYPE_CHECKING:
    from textual.widgets import Input

_HINT = 'word  !not  column:word  "two words"   enter keep  esc clear'


class FilterBar(Horizontal):
    """Holds the input, which is made when it is first needed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close(False)", "Clear", id="filter-clear", tooltip="Clear the filter"),
        Binding("down", "close(True)", "To the list", show=False, id="filter-leave"),
    ]

    class Changed(Message):
        """The filter reads differently."""

        def __init__(self, text: str) -> None:
            """Tell the text."""
            super().__init__()
            self.text = text

    class Closed(Message):
        """The filter is done with."""

        def __init__(self, *, keep: bool) -> None:
            """Tell whether it stays."""
            super().__init__()
            self.keep = keep

    def __init__(self) -> None:
        """Start empty and hidden."""
        super().__init__()
        self._note = Headline()
        self._field: Input | None = None

    async def open(self, text: str) -> None:
        """Take the keys, with ``text`` to go on from."""
        if self._field is None:
            from textual.widgets import Input

            self._field = Input(compact=True, select_on_focus=False)
            self._field.cursor_blink = False
            sigil = Headline()
            sigil.add_class("sigil")
            sigil.show_parts((Part("/", "key"),))
            self._note.add_class("hint")
            await self.mount(sigil, self._field, self._note)
        self._field.value = text
        self._field.cursor_position = len(text)
        self._field.focus()

    def show_words(self, words: str) -> None:
        """Show how much the filter leaves, and how to write one where there is room."""
        hint = f"{_HINT}   " if self._note.size.width > len(_HINT) + len(words) + 7 else ""
        self._note.show_parts((), (Part(hint, "dim"), Part(words, "bold")))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Apply what is typed."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter."""
        event.stop()
        self.action_close(keep=True)

    def action_close(self, keep: bool) -> None:
        """Give the keys back; ``keep`` tells whether the filter stays."""
        self.post_message(self.Closed(keep=keep))
