"""Says an invitation in words: what a calendar part holds for people. Sources: RFC 5545 (iCalendar), 5546 (methods)."""

from dataclasses import dataclass, field

from channels.email.params import split

MAX_READ = 256 * 1024  # characters
MAX_EVENTS = 5  # said in words; the rest is in the file
MAX_VALUE = 2000  # characters
METHODS = {
    "REQUEST": "Invitation",
    "PUBLISH": "Calendar entry",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Other time proposed",
    "REFRESH": "Invitation asked for again",
}
ANSWERS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "accepted tentatively"}


@dataclass(slots=True)
class _Event:
    values: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)


def in_words(text: str) -> str:
    """Return what a calendar says, a line for each event; empty if it holds none."""
    method, events = _events(text[:MAX_READ])
    return "\n".join(_said(method, event) for event in events[:MAX_EVENTS])


def _events(text: str) -> tuple[str, list[_Event]]:
    method = ""
    events: list[_Event] = []
    inside: list[str] = []
    unfolded = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    for line in unfolded.split("\n"):
        head, colon, value = _cut(line)
        if not colon:
            continue
        name, parameters = split(head)
        name, value = name.upper(), value.strip()[:MAX_VALUE]
        if name == "BEGIN":
            inside.append(value.upper())
            if value.upper() == "VEVENT":
                events.append(_Event())
        elif name == "END":
            del inside[-1:]
        elif name == "METHOD" and not method:
            method = value.upper()
        elif inside[-1:] == ["VEVENT"] and events:
            if name == "ATTENDEE" and (answer := ANSWERS.get(parameters.get("partstat", "").upper())):
                events[-1].answers.append(f"{parameters.get('cn') or _address(value)} {answer}")
            events[-1].values.setdefault(name, (value, parameters))
    return method, events


def _cut(line: str) -> tuple[str, str, str]:
    """Cut at the first colon outside quotes."""
    if '"' not in line:
        return line.partition(":")
    quoted = False
    for at, char in enumerate(line[:MAX_VALUE]):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            return line[:at], ":", line[at + 1 :]
    return line, "", ""


def _said(method: str, event: _Event) -> str:
    kind = METHODS.get(method, "Calendar entry")
    parts = [_plain(event, "SUMMARY") or "without a title"]
    if when := _when(event):
        parts.append(when)
    if where := _plain(event, "LOCATION"):
        parts.append(where)
    organizer, parameters = event.values.get("ORGANIZER", ("", {}))
    if organizer:
        parts.append(f"from {parameters.get('cn') or _address(organizer)}")
    if method == "REPLY":
        parts += event.answers[:MAX_EVENTS]
    return f"{kind}: {'; '.join(parts)}"


def _when(event: _Event) -> str:
    start, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if start and end and start[:10] == end[:10] and len(end) > 11:
        zone = end[16:]
        start, end = start.removesuffix(zone) if zone else start, end[11:]
    return f"{start} to {end}" if start and end and start != end else start


def _moment(event: _Event, name: str) -> str:
    """Return `20261120T100000Z` as 2026-11-20 10:00 UTC, any other form as it is written."""
    value, parameters = event.values.get(name, ("", {}))
    day, _, time = value.partition("T")
    if len(day) != 8 or not day.isdigit():
        return value[:40]
    said = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    if len(time) >= 4 and time[:4].isdigit():
        said += f" {time[:2]}:{time[2:4]}"
        zone = "UTC" if time.endswith("Z") else parameters.get("tzid", "")
        said += f" {zone}" if zone else ""
    return said


def _plain(event: _Event, name: str) -> str:
    value = event.values.get(name, ("", {}))[0]
    plain = value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    return " ".join(plain.split())


def _address(value: str) -> str:
    return value[7:] if value.lower().startswith("mailto:") else value
