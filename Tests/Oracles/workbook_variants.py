"""Writes one workbook's content as several programs would, and small workbooks of single features.

usage: workbook_variants.py IN.xlsx FOLDER

FOLDER gets
  openpyxl.xlsx        IN saved by openpyxl
  openpyxl_1904.xlsx   the same with the 1904 date epoch
  streamed.xlsx        the same through openpyxl's write-only mode
  excel.xlsx           the same packed by hand as Excel packs it: shared strings (some rich, with phonetic readings), dates in the
                       1904 epoch, numbers as 1.0 and 1E0, prefixed elements, absolute targets, rows and cells without references
  types.xlsx           dates, times, formats, booleans, errors, formulas; printed as JSON {cell: [kind, value]}
"""

import datetime
import json
import sys
import zipfile
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

source, folder = sys.argv[1], sys.argv[2]

openpyxl.load_workbook(source).save(f"{folder}/openpyxl.xlsx")

book = openpyxl.load_workbook(source)
book.epoch = CALENDAR_MAC_1904
book.save(f"{folder}/openpyxl_1904.xlsx")

# LibreOffice saves TRUE as the formula TRUE() with its value; the two files above keep the formula, these two the value.
book = openpyxl.load_workbook(source, data_only=True)
streamed = openpyxl.Workbook(write_only=True)
for sheet in book:
    copy = streamed.create_sheet(sheet.title)
    for row in sheet.iter_rows(values_only=True):
        copy.append(row)
streamed.save(f"{folder}/streamed.xlsx")

# Packed by hand.
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
strings = {}


def shared(text):
    return strings.setdefault(text, len(strings))


def cell_xml(value, reference):
    r = f' r="{reference}"' if reference else ""
    if isinstance(value, bool):
        return f'<x:c{r} t="b"><x:v>{int(value)}</x:v></x:c>'
    if isinstance(value, (datetime.datetime, datetime.date)):
        day = datetime.date(value.year, value.month, value.day)
        return f'<x:c{r} s="2"><x:v>{(day - datetime.date(1904, 1, 1)).days}</x:v></x:c>'
    if isinstance(value, int):
        return f'<x:c{r} s="1"><x:v>{value}.0</x:v></x:c>' if value % 2 else f'<x:c{r}><x:v>{value}E0</x:v></x:c>'
    if isinstance(value, float):
        return f"<x:c{r}><x:v>{value!r}</x:v></x:c>"
    if value.startswith("{") and "window" in value:
        return f'<x:c{r} t="str"><x:f>A1</x:f><x:v>{escape(value)}</x:v></x:c>'
    return f'<x:c{r} t="s"><x:v>{shared(value)}</x:v></x:c>'


sheets = []
for sheet in book:
    rows = []
    for row in sheet.iter_rows():
        values = [c.value for c in row]
        while values and values[-1] is None:
            values.pop()
        # Rows without gaps go without references; the others name every cell that has a value.
        dense = None not in values
        cells = "".join(cell_xml(v, None if dense else c.coordinate) for v, c in zip(values, row) if v is not None)
        rows.append(f"<x:row>{cells}</x:row>")
    sheets.append((sheet.title, f'{HEAD}<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{"".join(rows)}</x:sheetData></x:worksheet>'))


def string_item(text):
    if len(text) < 8:
        return f'<x:si><x:t xml:space="preserve">{escape(text)}</x:t></x:si>'
    cut = len(text) // 2
    return (
        f'<x:si><x:r><x:rPr><x:b/></x:rPr><x:t xml:space="preserve">{escape(text[:cut])}</x:t></x:r>'
        f'<x:r><x:t xml:space="preserve">{escape(text[cut:])}</x:t></x:r>'
        '<x:rPh sb="0" eb="1"><x:t>\u30ab\u30ca</x:t></x:rPh><x:phoneticPr fontId="1"/></x:si>'
    )


with zipfile.ZipFile(f"{folder}/excel.xlsx", "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("_rels/.rels", f'{HEAD}<Relationships xmlns="{PKG}"><Relationship Id="rId1" Type="{REL}/officeDocument" Target="/xl/book.xml"/></Relationships>')
    listed = "".join(
        f'<x:sheet name="{name}" sheetId="{i + 7}" r:id="rId{i + 10}"{" state=" + chr(34) + "hidden" + chr(34) if i == 3 else ""}/>'
        for i, (name, _) in enumerate(sheets)
    )
    z.writestr("xl/book.xml", f'{HEAD}<x:workbook xmlns:x="{MAIN}" xmlns:r="{REL}"><x:workbookPr date1904="1"/><x:sheets>{listed}</x:sheets></x:workbook>')
    targets = "".join(
        f'<Relationship Id="rId{i + 10}" Type="{REL}/worksheet" Target="{"/xl/" if i % 2 else ""}worksheets/s{i}.xml"/>' for i in range(len(sheets))
    )
    z.writestr(
        "xl/_rels/book.xml.rels",
        f'{HEAD}<Relationships xmlns="{PKG}">{targets}<Relationship Id="rId1" Type="{REL}/sharedStrings" Target="sst.xml"/>'
        f'<Relationship Id="rId2" Type="{REL}/styles" Target="../xl/styles.xml"/></Relationships>',
    )
    z.writestr(
        "xl/styles.xml",
        f'{HEAD}<x:styleSheet xmlns:x="{MAIN}"><x:numFmts count="1"><x:numFmt numFmtId="170" formatCode="[$-409]d\\-mmm\\-yyyy;@"/></x:numFmts>'
        '<x:cellStyleXfs><x:xf numFmtId="14"/></x:cellStyleXfs>'
        '<x:cellXfs count="3"><x:xf numFmtId="0"/><x:xf numFmtId="2"/><x:xf numFmtId="170"/></x:cellXfs></x:styleSheet>',
    )
    for i, (_, xml) in enumerate(sheets):
        z.writestr(f"xl/worksheets/s{i}.xml", xml)
    z.writestr("xl/sst.xml", f'{HEAD}<x:sst xmlns:x="{MAIN}">{"".join(string_item(t) for t in strings)}</x:sst>')

# Single features. The values are what the file format says, not what a library reads.
FORMATS = ["General", "yyyy-mm-dd", "[h]:mm:ss", '"day "0', "0.00E+00", "[Red]#,##0;[Blue]-#,##0", 'h:mm AM/PM', "0.0\\d", "mm/dd/yy hh:mm", "@"]
CELLS = [
    ("A1", '<c r="A1"><v>1</v></c>', ["number", 1.0]),
    ("B1", '<c r="B1" s="1"><v>45000</v></c>', ["date", "2023-03-15T00:00:00Z"]),
    ("C1", '<c r="C1" s="2"><v>1.5</v></c>', ["date", "1900-01-01T12:00:00Z"]),
    ("D1", '<c r="D1" s="3"><v>7</v></c>', ["number", 7.0]),
    ("E1", '<c r="E1" s="4"><v>1.5E-3</v></c>', ["number", 0.0015]),
    ("F1", '<c r="F1" s="5"><v>-12</v></c>', ["number", -12.0]),
    ("G1", '<c r="G1" s="6"><v>0.75</v></c>', ["date", "1899-12-31T18:00:00Z"]),
    ("H1", '<c r="H1" s="7"><v>3</v></c>', ["number", 3.0]),
    ("I1", '<c r="I1" s="8"><v>45000.604166666664</v></c>', ["date", "2023-03-15T14:30:00Z"]),
    ("J1", '<c r="J1" s="9"><v>5</v></c>', ["number", 5.0]),
    ("A2", '<c r="A2" s="1"><v>59</v></c>', ["date", "1900-02-28T00:00:00Z"]),
    ("B2", '<c r="B2" s="1"><v>60</v></c>', ["nodate", "60.0"]),
    ("C2", '<c r="C2" s="1"><v>61</v></c>', ["date", "1900-03-01T00:00:00Z"]),
    ("D2", '<c r="D2" t="d"><v>2024-02-29</v></c>', ["date", "2024-02-29T00:00:00Z"]),
    ("A3", '<c r="A3" t="b"><v>1</v></c>', ["bool", True]),
    ("B3", '<c r="B3" t="e"><v>#N/A</v></c>', ["error", "#N/A"]),
    ("C3", '<c r="C3" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', ["text", "ab"]),
    ("D3", '<c r="D3"><f>1+1</f><v>2</v></c>', ["number", 2.0]),
    ("E3", '<c r="E3"><f>1+1</f></c>', ["formula", "1+1"]),
    ("F3", '<c r="F3" t="str"><f>""</f><v></v></c>', None),
    ("G3", '<c r="G3"><f>1+1</f><v/></c>', ["formula", "1+1"]),
    ("H3", '<c r="H3" t="e"><f>1/0</f><v>#DIV/0!</v></c>', ["error", "#DIV/0!"]),
    ("A4", '<c r="A4" t="inlineStr"><is><t>in</t></is></c>', ["text", "in"]),
    ("B4", '<c r="B4" t="inlineStr"><is><r><t>ri</t></r><r><t xml:space="preserve">ch </t></r></is></c>', ["text", "rich "]),
    ("C4", '<c r="C4" t="inlineStr"><is><t>a_x000D_b_x005F_x0041_</t></is></c>', ["text", "a\rb_x0041_"]),
    ("D4", '<c r="D4" s="1"/>', None),
    ("XFD1048576", '<c r="XFD1048576"><v>9</v></c>', ["number", 9.0]),
]
rows = {}
for reference, xml, _ in CELLS:
    rows.setdefault(int("".join(ch for ch in reference if ch.isdigit())), []).append(xml)
body = "".join(f'<row r="{n}">{"".join(cells)}</row>' for n, cells in sorted(rows.items()))
codes = "".join(f'<numFmt numFmtId="{200 + i}" formatCode="{escape(f, {chr(34): "&quot;"})}"/>' for i, f in enumerate(FORMATS))
xfs = "".join(f'<xf numFmtId="{200 + i}"/>' for i in range(len(FORMATS)))
with zipfile.ZipFile(f"{folder}/types.xlsx", "w") as z:
    z.writestr("_rels/.rels", f'{HEAD}<Relationships xmlns="{PKG}"><Relationship Id="a" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    z.writestr("xl/workbook.xml", f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="S" sheetId="1" r:id="b"/></sheets></workbook>')
    z.writestr(
        "xl/_rels/workbook.xml.rels",
        f'{HEAD}<Relationships xmlns="{PKG}"><Relationship Id="b" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="c" Type="{REL}/styles" Target="styles.xml"/></Relationships>',
    )
    z.writestr("xl/styles.xml", f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>')
    z.writestr(
        "xl/worksheets/sheet1.xml",
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData><mergeCells><mergeCell ref="B1:C2"/></mergeCells></worksheet>',
    )
print(json.dumps({reference: value for reference, _, value in CELLS if value is not None}))
