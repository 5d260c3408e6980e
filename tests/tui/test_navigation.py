"""Going in and back: every frame keeps its own place."""

from __future__ import annotations

from engagewatch.tui.navigation import Navigation, Place

PORTFOLIO = Place("portfolio")
BRIEF = Place("brief", "northwind")
TICKETS = Place("tickets", "northwind")
TICKET = Place("clock", "northwind", ("desk", "1"))


def test_back_returns_to_the_frame_as_it_was_left() -> None:
    navigation = Navigation(PORTFOLIO)
    navigation.enter(BRIEF)
    state = navigation.current.list_state()
    state.cursor, state.filter_text, state.sort = "row", "vpn", "age"
    navigation.enter(TICKET)
    assert navigation.back().list_state() is state


def test_entering_the_place_one_is_at_adds_no_frame() -> None:
    navigation = Navigation(PORTFOLIO)
    navigation.enter(BRIEF)
    navigation.enter(BRIEF)
    assert [frame.place for frame in navigation.trail] == [PORTFOLIO, BRIEF]


def test_a_number_key_leaves_what_was_drilled_into_and_remembers_its_screen() -> None:
    navigation = Navigation(PORTFOLIO)
    navigation.switch(TICKETS).list_state().cursor = "row"
    navigation.enter(TICKET)
    navigation.switch(BRIEF)
    assert [frame.place for frame in navigation.trail] == [PORTFOLIO, BRIEF]
    assert navigation.switch(TICKETS).list_state().cursor == "row"


def test_the_screens_of_a_single_engagement_stand_beside_its_brief() -> None:
    navigation = Navigation(BRIEF)
    assert not navigation.can_go_back
    navigation.switch(TICKETS)
    assert [frame.place for frame in navigation.trail] == [TICKETS]
    assert navigation.can_go_back
    assert navigation.back().place == BRIEF


def test_home_is_where_back_ends() -> None:
    navigation = Navigation(PORTFOLIO)
    navigation.enter(BRIEF)
    navigation.enter(TICKET)
    assert navigation.go_home().place == PORTFOLIO
    assert not navigation.can_go_back
    assert navigation.back().place == PORTFOLIO
