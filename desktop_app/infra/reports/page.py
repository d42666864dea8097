"""Reports as one HTML file that needs nothing beside it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Generator
from html import escape
from pathlib import Path

from desktop_app.domain.report_ports import Report, ReportCard, ReportSection
from desktop_app.infra.reports.contents import address_of, readable, thumbnail_of

_STEP_SECTIONS = 20

_STYLE = """\
:root { color-scheme: light dark; --page: #f6f6f8; --card: #ffffff; --line: #dcdce4;
  --text: #1d1d24; --muted: #5c5c6a; --accent: #4a4ac0; --mat: #f2f2f4;
  --plain: #e6e6ee; --plain-text: #3c3c48; --good: #d9f0df; --good-text: #14592b;
  --warning: #fbe8c8; --warning-text: #6b4400; }
@media (prefers-color-scheme: dark) { :root { --page: #17171b; --card: #222228; --line: #3a3a44;
  --text: #ececf2; --muted: #a9a9b8; --accent: #a9a9ff; --mat: #e9e9ec;
  --plain: #35353f; --plain-text: #d6d6e0; --good: #17412a; --good-text: #b5ebc6;
  --warning: #4d3508; --warning-text: #f7d79a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 24px; background: var(--page); color: var(--text);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", "Noto Sans",
  "Noto Sans CJK SC", sans-serif; }
main, header { max-width: 1180px; margin: 0 auto; }
h1 { font-size: 22px; margin: 0 0 12px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 0 0 24px; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  padding: 16px; margin: 0 0 16px; content-visibility: auto; contain-intrinsic-size: auto 420px; }
h2 { font-size: 16px; margin: 0; } .note { color: var(--muted); margin: 2px 0 12px; }
.cards { display: flex; flex-wrap: wrap; gap: 12px; }
article { width: 190px; break-inside: avoid; }
figure { margin: 0 0 8px; height: 190px; background: var(--mat); border-radius: 6px;
  display: flex; align-items: center; justify-content: center; }
img { max-width: 178px; max-height: 178px; }
figure span { color: #5c5c6a; }
h3 { font-size: 14px; margin: 4px 0 2px; overflow-wrap: anywhere; }
article p { margin: 0; overflow-wrap: anywhere; } article p + p { color: var(--muted); }
.badge { display: inline-block; padding: 1px 8px; border-radius: 9px; font-size: 12px; }
.plain { background: var(--plain); color: var(--plain-text); }
.good { background: var(--good); color: var(--good-text); }
.warning { background: var(--warning); color: var(--warning-text); }
a { color: var(--accent); margin-right: 10px; }
.wide { overflow-x: auto; margin-top: 14px; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 3px 14px 3px 0; border-top: 1px solid var(--line);
  vertical-align: top; } th { color: var(--muted); font-weight: 500; border-top: 0; }
@media print { :root { --page: #fff; --card: #fff; --text: #000; --muted: #444; --line: #bbb;
    --accent: #000; --mat: #fff; --plain: #eee; --plain-text: #000; --good: #eee;
    --good-text: #000; --warning: #eee; --warning-text: #000; }
  body { padding: 0; font-size: 11px; } section { content-visibility: visible;
    break-inside: avoid-page; padding: 8px; } article { width: 150px; }
  figure { height: 150px; } img { max-width: 146px; max-height: 146px; } }
"""

_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" \
content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<dl>
{facts}
</dl>
</header>
<main>
"""


class HtmlReportWriter:
    """Writes the sections, pictures and style included; light or dark as the reader's system
    is, without scripts. Everything is escaped, and only web addresses and files are links. See
    :class:`~desktop_app.domain.report_ports.ReportWriter`."""

    def steps(self, report: Report) -> int:
        return report.section_count

    def write(self, report: Report, path: Path) -> Generator[int, None, None]:
        facts = "\n".join(
            f"<dt>{_text(label)}</dt><dd>{_text(text)}</dd>" for label, text in report.facts
        )
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(_HEAD.format(title=_text(report.title), style=_STYLE, facts=facts))
            number = 0
            for number, section in enumerate(report.sections, 1):
                file.write(_section(section))
                if number % _STEP_SECTIONS == 0:
                    yield number
            if not number:
                file.write(f"<p>{_text(report.empty_text)}</p>\n")
            file.write("</main>\n</body>\n</html>\n")


def _text(text: str) -> str:
    return escape(readable(text))


def _section(section: ReportSection) -> str:
    cards = "\n".join(_card(card) for card in section.cards)
    note = f'<p class="note">{_text(section.note)}</p>\n' if section.note else ""
    return (
        f"<section>\n<h2>{_text(section.heading)}</h2>\n{note}"
        f'<div class="cards">\n{cards}\n</div>\n{_table(section)}</section>\n'
    )


def _card(card: ReportCard) -> str:
    lines = "".join(f"<p>{_text(line)}</p>" for line in card.lines if line)
    links = "".join(
        f'<a href="{escape(address)}" rel="noopener noreferrer">{_text(words)}</a>'
        for words, target in card.links
        if (address := address_of(readable(target)))
    )
    badge = f'<span class="badge {card.tone}">{_text(card.badge)}</span>' if card.badge else ""
    return (
        f"<article><figure>{_picture(card)}</figure>{badge}<h3>{_text(card.heading)}</h3>"
        f"{lines}{f'<div>{links}</div>' if links else ''}</article>"
    )


def _picture(card: ReportCard) -> str:
    found = thumbnail_of(card.thumbnail)
    if found is None:
        return "<span>No picture</span>"
    kind = "png" if found.suffix == ".png" else "jpeg"
    data = b64encode(found.data).decode("ascii")
    return f'<img alt="{_text(card.heading)}" src="data:image/{kind};base64,{data}">'


def _table(section: ReportSection) -> str:
    if not section.table_rows:
        return ""
    head = "".join(f"<th>{_text(header)}</th>" for header in section.table_headers)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>"
        for row in section.table_rows
    )
    return f'<div class="wide"><table>\n<tr>{head}</tr>\n{rows}\n</table></div>\n'
