"""The open tickets that make today interesting, with what happens to them next."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from engagewatch.demo.case import WITH_SUPPLIER, Case, Office, status
from engagewatch.demo.catalogue import HOSTILE_SUBJECTS
from engagewatch.demo.desk import Record, Via
from engagewatch.demo.people import Member
from engagewatch.demo.profile import (
    FINANCE_APPROVER,
    HR_LEAD,
    LIAISON,
    MANAGING_DIRECTOR,
    SALES_LEAD,
    WAREHOUSE_LEAD,
)
from engagewatch.model.instants import HOUR, MINUTE, Instant


class Storyteller:
    """Writes the tickets that are open now, by what each is to show."""

    def __init__(self, office: Office, anchor: Instant) -> None:
        self.office = office
        self.rng: Random = office.rng
        self.anchor = anchor
        self._desk = office.agents_of("Service Desk")
        self._network = office.agents_of("Infrastructure")
        self._applications = office.agents_of("Applications")
        self._offset = 0

    def northwind(self) -> Iterator[Record]:
        """Yield the stories of the larger engagement."""
        yield from self._due_soon()
        yield from self._overdue()
        yield from self._waiting_on_client()
        yield from self._silent()
        yield from self._strange()
        yield from self._asked_in_vain()
        yield self._answered_late()

    def alder_finch(self) -> Iterator[Record]:
        """Yield the stories of the smaller one."""
        alder = self._person("e.alder")
        case = self._approval(alder, 31 * HOUR, "Approval: dictation licences for Litigation")
        case.remind(self._back(9 * HOUR))
        yield case.record
        case = self._open("Scanner in post room sends to the wrong folder", "low", 15 * HOUR)
        case.answer(self._back(13 * HOUR), "first")
        yield case.record
        case = self._open(
            "Bundle software freezes on large PDFs",
            "high",
            7 * HOUR + 8 * MINUTE,
            story="due soon",
        )
        case.answer(self._back(6 * HOUR + 52 * MINUTE), "first")
        case.answer(self._back(2 * HOUR), "update")
        case.answer(self.anchor + 33 * MINUTE, "solution", status("solved"))
        yield case.record

    # -- what is due ----------------------------------------------------------------------------

    def _due_soon(self) -> Iterator[Record]:
        now = self.anchor
        case = Case.open(
            self.office,
            now - 3 * HOUR - 12 * MINUTE,
            self._person(WAREHOUSE_LEAD),
            "Goods-in scanners cannot reach the ERP, despatch has stopped",
            "Nothing moves here. Three lorries are waiting.",
            kind="incident",
            team="Infrastructure",
            category="depot",
            via=Via.FORM,
            priority="urgent",
            story="due soon",
        )
        agent = self.rng.choice(self._network)
        case.triage(now - 3 * HOUR - 8 * MINUTE, agent, "urgent", note=True)
        case.answer(now - 3 * HOUR - 4 * MINUTE, "first")
        case.note(now - 2 * HOUR - 20 * MINUTE)
        case.answer(now - HOUR - 35 * MINUTE, "update")
        case.note(now - 31 * MINUTE)
        case.answer(now + 12 * MINUTE, "update")
        case.answer(now + 39 * MINUTE, "solution", status("solved"))
        yield case.record

        case = self._open(
            "Month-end invoices cannot be posted for two customers",
            "high",
            7 * HOUR + 9 * MINUTE,
            self._applications,
            "due soon",
            via=Via.PHONE,
        )
        case.answer(self._back(6 * HOUR + 40 * MINUTE), "first")
        case.note(self._back(4 * HOUR))
        case.answer(self._back(3 * HOUR), "update")
        case.note(now + 9 * MINUTE)
        case.answer(now + 44 * MINUTE, "solution", status("solved"))
        yield case.record

        for subject, priority, age, answered in (
            ("Tender portal rejects our certificate", "high", 19 * MINUTE, 7 * MINUTE),
            ("Second screen flickers since Friday", "normal", 3 * HOUR + 36 * MINUTE, 21 * MINUTE),
        ):
            case = self._unanswered(subject, priority, age)
            case.triage(now + answered - 2 * MINUTE, self.rng.choice(self._desk), priority)
            case.answer(now + answered, "first")
            yield case.record

    def _overdue(self) -> Iterator[Record]:
        now = self.anchor
        case = self._open("Archive search finds nothing older than May", "normal", 27 * HOUR)
        case.record.story = "overdue"
        case.answer(self._back(25 * HOUR), "first")
        case.note(self._back(11 * HOUR))
        case.answer(self._back(5 * HOUR), "update")
        case.answer(now + 52 * MINUTE, "solution", status("solved"))
        yield case.record

        case = self._open(
            "Line to Bristol office runs at half speed", "high", 9 * HOUR, self._network, "overdue"
        )
        case.answer(self._back(8 * HOUR + 40 * MINUTE), "first")
        case.note(self._back(7 * HOUR), status("hold", WITH_SUPPLIER))
        case.answer(now + 27 * MINUTE, "update", status("open"))
        yield case.record

        case = self._open("Old label printer to be replaced", "low", 83 * HOUR)
        case.record.story = "overdue"
        case.answer(self._back(80 * HOUR), "first")
        case.answer(self._back(61 * HOUR), "update")
        case.reply(self._back(38 * HOUR), "chaser")
        yield case.record

        case = self._open("Outlook search broken again", "normal", 44 * HOUR)
        case.record.story = "reopened"
        case.answer(self._back(43 * HOUR), "first")
        case.answer(self._back(30 * HOUR), "solution", status("solved"))
        case.reply(self._back(4 * HOUR), "again")
        case.note(self._back(3 * HOUR))
        yield case.record

        case = self._open("Quotation templates lost after update", "high", 8 * HOUR - 4 * MINUTE)
        case.record.story = "lowered"
        case.answer(self._back(7 * HOUR + 40 * MINUTE), "first")
        case.set(self._back(5 * MINUTE), {"priority": "normal"})
        yield case.record

    # -- what waits on the client ---------------------------------------------------------------

    def _waiting_on_client(self) -> Iterator[Record]:
        finance = self._person(FINANCE_APPROVER)
        case = self._approval(
            finance, 125 * HOUR, "Approval: 12 scanners for the Bristol store room"
        )
        for reminder in (101, 66, 24):
            case.remind(self._back(reminder * HOUR))
        yield case.record
        case = self._approval(finance, 46 * HOUR, "Approval: firewall renewal")
        case.remind(self._back(20 * HOUR))
        case.decide(self.anchor + 34 * MINUTE, "approved")
        yield case.record
        yield self._approval(finance, 13 * HOUR, "Approval: Power BI licences for Sales").record

        for email, subject, priority, asked, words, answered in (
            (
                HR_LEAD,
                "New starter Monday: O. Pritchard, Marketing",
                "normal",
                33 * HOUR,
                "Who is the line manager, and which laptop model may we order?",
                11 * MINUTE,
            ),
            (
                WAREHOUSE_LEAD,
                "Test of the new scanner software",
                "low",
                54 * HOUR,
                "The test build is ready. Could you run ten receipts through it and tell us?",
                None,
            ),
            (
                MANAGING_DIRECTOR,
                "Date for the switch of the phone system",
                "normal",
                12 * HOUR,
                "Which of the two Saturdays suits you?",
                None,
            ),
            (
                SALES_LEAD,
                "CRM export for the tender is empty",
                "high",
                4 * HOUR + 40 * MINUTE,
                "Which campaign is the export for, and does the preview show rows?",
                18 * MINUTE,
            ),
            (
                LIAISON,
                "List of users for the MFA change",
                "normal",
                40 * MINUTE,
                "Is the attached list complete?",
                None,
            ),
        ):
            case = self._open(subject, priority, asked + HOUR, requester=self._person(email))
            case.record.story = "waiting on client"
            case.write(self._back(asked), words, status("pending"))
            if answered is not None:
                case.reply(self.anchor + answered)
            yield case.record

        case = self._open("Folder permissions after department move", "normal", 30 * HOUR)
        case.record.story = "parked"
        case.answer(self._back(28 * HOUR), "first")
        case.note(self._back(26 * HOUR), status("pending"))
        yield case.record

    # -- what is quiet, and what is odd ---------------------------------------------------------

    def _silent(self) -> Iterator[Record]:
        for subject, last in (
            ("Phone book entries for the new site", 88 * HOUR),
            ("Slow opening of large drawings", 63 * HOUR),
        ):
            case = self._open(subject, None, last + 6 * HOUR)
            case.record.story = "silent"
            case.answer(self._back(last), "update")
            yield case.record
        case = self._open("Dashboard numbers differ from the ERP", "normal", 23 * HOUR)
        case.record.story = "silent"
        case.answer(self._back(22 * HOUR), "question", status("pending"))
        case.reply(self._back(19 * HOUR))
        yield case.record

    def _strange(self) -> Iterator[Record]:
        for index in (0, 1, 2, 3, 5):
            case = self._open(HOSTILE_SUBJECTS[index], "low", (5 + 3 * index) * HOUR)
            case.record.story = "hostile"
            case.answer(self._back((4 + 3 * index) * HOUR), "first")
            yield case.record

    # -- what was late because nobody answered ---------------------------------------------------

    def _asked_in_vain(self) -> Iterator[Record]:
        """Solved too late: a question stood open for a week, and no status said so."""
        for subject, priority, opened, words, solved in (
            (
                "Delivery notes print on the wrong form",
                "high",
                66 * HOUR,
                "Which of the three layouts is the right one? We cannot go on without.",
                13 * HOUR,
            ),
            (
                "Approved suppliers missing in the ERP",
                "high",
                61 * HOUR,
                "Could you send us the list of those that are missing?",
                9 * HOUR,
            ),
        ):
            case = self._open(subject, priority, opened, self._applications, "asked in vain")
            case.answer(self._back(opened - 20 * MINUTE), "first")
            case.write(self._back(opened - HOUR), words)
            case.reply(self._back(solved + 2 * HOUR))
            case.answer(self._back(solved), "solution", status("solved"))
            yield case.record

    def _answered_late(self) -> Record:
        """Solved in time, but taken up some minutes late: of few such tickets each one counts."""
        self._begin(to_the_minute=True)
        at = self._back(19 * HOUR)
        case = Case.open(
            self.office,
            at,
            self._person(SALES_LEAD),
            "Order desk cannot take calls",
            "All lines are dead, customers write to us by mobile.",
            kind="incident",
            team="Infrastructure",
            category="phone",
            via=Via.FORM,
            priority="urgent",
            story="answered late",
        )
        case.triage(at + 16 * MINUTE, self.rng.choice(self._network), "urgent")
        case.answer(at + 23 * MINUTE, "first")
        case.answer(at + 95 * MINUTE, "update")
        case.answer(at + 150 * MINUTE, "solution", status("solved"))
        return case.record

    # -- helpers --------------------------------------------------------------------------------

    def _back(self, seconds: int) -> Instant:
        """Return the instant so many office seconds ago, on the ticket being written."""
        return self.office.hours.subtract(self.anchor, seconds + self._offset)

    def _begin(self, *, to_the_minute: bool) -> None:
        """Begin another ticket: a little older than told, unless its age matters."""
        self._offset = 0 if to_the_minute else self.rng.randrange(19 * MINUTE)

    def _person(self, email: str) -> Member:
        return self.office.crowd.named(f"{email}@{self.office.profile.client_domain}")

    def _somebody(self) -> Member:
        users = [user for user in self.office.crowd.users if user.pace < 3]
        return self.rng.choice([user for user in users if user.created_at < self._back(120 * HOUR)])

    def _approval(self, approver: Member, age: int, subject: str) -> Case:
        self._begin(to_the_minute=False)
        agent = self.rng.choice(self._desk)
        return Case.approval(
            self.office, self._back(age), approver, agent, subject, story="waiting on client"
        )

    def _unanswered(self, subject: str, priority: str, age: int) -> Case:
        self._begin(to_the_minute=True)
        return Case.open(
            self.office,
            self._back(age),
            self._somebody(),
            subject,
            "Please have a look, thank you.",
            kind="incident",
            team="Service Desk",
            category="laptop",
            via=Via.FORM,
            priority=priority,
            story="due soon",
        )

    def _open(
        self,
        subject: str,
        priority: str | None,
        age: int,
        agents: list[Member] | None = None,
        story: str = "open",
        *,
        requester: Member | None = None,
        via: Via = Via.EMAIL,
    ) -> Case:
        """Open a ticket ``age`` office seconds ago and give it to somebody."""
        self._begin(to_the_minute=story == "due soon")
        team = agents or self._desk
        at = self._back(age)
        case = Case.open(
            self.office,
            at,
            requester or self._somebody(),
            subject,
            "More details on request.",
            kind="incident",
            team=team[0].department,
            category="request",
            via=via,
            priority=priority,
            opened_by=team[0] if via is Via.PHONE else None,
            story=story,
        )
        case.triage(at + self.rng.randrange(2, 9) * MINUTE, self.rng.choice(team), priority)
        return case
