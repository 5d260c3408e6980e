"""A box over the screen that asks for a few words: what a person enters by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input

from engagewatch.model.text import safe_text
from engagewatch.tui.widgets.detail import Detail
from engagewatch.tui.widgets.headline import Headline
from engagewatch.tui.widgets.lines import Line, Part, part, wrapped

Check = Callable[[str], str]
"""Takes what was typed, stripped; returns what is wrong with it in words, or nothing."""

LONGEST_TEXT = 500
"""Characters of one answer that are kept."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a dialog asks for."""

    key: str
    """Under which the answer is returned."""
    label: str
    """Before the input; the longest of a dialog sets the column."""
    value: str = ""
    """What it starts with."""
    hint: str = ""
    """Shown while it is empty: an example of an answer."""
    required: str = ""
    """What to say when it is left empty; empty itself where it may be."""
    check: Check | None = None
    """Asked before the dialog closes; not about an empty answer."""
    choices: Sequence[str] = ()
    """Answers that are completed while typed (the right arrow takes one); others are free."""


class Dialog(ModalScreen["dict[str, str] | None"]):
    """Asks for one to three answers; closing it returns them by key, stripped, or ``None``.

    ``enter`` goes on to the next input and saves from the last one; ``esc`` leaves everything as
    it was. An answer that will not do is told below the inputs, and the cursor goes to it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="dialog-cancel", tooltip="Leave it as it was"),
        Binding("down", "app.focus_next", "Next", show=False, id="dialog-next"),
        Binding("up", "app.focus_previous", "Previous", show=False, id="dialog-previous"),
        Binding("ctrl+s", "save", "Save", show=False, id="dialog-save", tooltip="Save"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        *,
        about: Callable[[int], Sequence[Line]] | str = "",
        check: Callable[[Mapping[str, str]], str] | None = None,
    ) -> None:
        """Take the title (never remote text), what is asked, and what it is about.

        ``about`` stands above the inputs and may quote remote text. ``check`` looks at the answers
        together once each will do by itself.

        Raises:
            ValueError: there is nothing to ask, or more than fits on the smallest terminal.
        """
        if not 1 <= len(fields) <= 3:
            raise ValueError(f"a dialog asks for one to three things, not {len(fields)}")
        super().__init__()
        self._title = title
        self._fields = tuple(fields)
        self._check = check
        self._about_words = about
        self._about = Detail(self._about_lines)
        self._about.add_class("about")
        self._inputs = {field.key: self._input(field) for field in fields}
        self.problem = ""
        """What is wrong with the answers, as shown; empty if nothing is known to be."""
        self._problem = Headline()
        self._problem.add_class("problem")

    def _about_lines(self, width: int) -> Sequence[Line]:
        words = self._about_words
        if callable(words):
            return words(width)
        return wrapped(words, width, "dim") if words else []

    @staticmethod
    def _input(field: Field) -> Input:
        made = Input(
            field.value,
            placeholder=field.hint,
            compact=True,
            max_length=LONGEST_TEXT,
            select_on_focus=False,
            suggester=SuggestFromList(field.choices, case_sensitive=False)
            if field.choices
            else None,
        )
        made.cursor_blink = False
        return made

    def compose(self) -> ComposeResult:
        """Make the box."""
        column = max(len(field.label) for field in self._fields) + 2
        with Vertical(id="box") as box:
            box.border_title = self._title
            box.border_subtitle = "enter save  esc cancel"
            yield self._about
            for field in self._fields:
                with Horizontal(classes="field"):
                    label = Headline()
                    label.styles.width = column + 2
                    label.show_parts(part(field.label, "bold"))
                    yield label
                    yield self._inputs[field.key]
            yield self._problem

    def on_mount(self) -> None:
        """Take the keys at the first thing left to say."""
        empty = [field.key for field in self._fields if not field.value]
        self._inputs[empty[0] if empty else self._fields[0].key].focus()

    def on_resize(self) -> None:
        """Give the words above the inputs the lines that they need."""
        self.call_after_refresh(self._fit_about)

    def _fit_about(self) -> None:
        # Detail keeps two cells free at either side.
        lines = len(self._about_lines(max(1, self._about.size.width - 4)))
        self._about.styles.height = min(lines, max(1, self.size.height - 10))
        self._about.display = bool(lines)

    def _say(self, words: str) -> None:
        self.problem = words
        self._problem.show_parts((Part(words, "bad"),) if words else ())

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong may be right by now."""
        event.stop()
        self._say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go on to the next input, or save from the last one."""
        event.stop()
        keys = [field.key for field in self._fields]
        at = next(index for index, key in enumerate(keys) if self._inputs[key] is event.input)
        answer = self._answer(keys[at])
        problem = self._problem_with(self._fields[at], answer)
        if problem:
            self._say(problem)
        elif at + 1 < len(keys):
            self._inputs[keys[at + 1]].focus()
        else:
            self.action_save()

    def _answer(self, key: str) -> str:
        return safe_text(self._inputs[key].value, LONGEST_TEXT).strip()

    @staticmethod
    def _problem_with(field: Field, answer: str) -> str:
        if not answer:
            return field.required
        return "" if field.check is None else field.check(answer)

    def action_save(self) -> None:
        """Return the answers, if they will do."""
        answers = {field.key: self._answer(field.key) for field in self._fields}
        for field in self._fields:
            problem = self._problem_with(field, answers[field.key])
            if problem:
                self._say(problem)
                self._inputs[field.key].focus()
                return
        problem = self._check(answers) if self._check is not None else ""
        if problem:
            self._say(problem)
            return
        self.dismiss(answers)

    def action_cancel(self) -> None:
        """Close, changing nothing."""
        self.dismiss(None)
