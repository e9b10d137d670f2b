"""Writes files that must be refused, and prints JSON {file name: [error code, text that the error must hold]}.

usage: workbook_refused.py FOLDER
"""

import json
import sys
import zipfile

folder = sys.argv[1]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006/relationships"
ROOT = f'<Relationships xmlns="{PKG}"><Relationship Id="a" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="S" sheetId="1" r:id="b"/></sheets></workbook>'
RELS = f'<Relationships xmlns="{PKG}"><Relationship Id="b" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
expected = {}


def sheet(rows):
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'


def package(name, code, text, **changes):
    parts = {"_rels/.rels": ROOT, "xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": RELS, "xl/worksheets/sheet1.xml": sheet("")}
    parts.update(changes.get("parts", {}))
    with zipfile.ZipFile(f"{folder}/{name}", "w", zipfile.ZIP_DEFLATED) as z:
        for entry, content in parts.items():
            if content is not None:
                z.writestr(entry, content)
    expected[name] = [code, text]


def raw(name, code, text, content):
    with open(f"{folder}/{name}", "wb") as f:
        f.write(content)
    expected[name] = [code, text]


SHEET = "xl/worksheets/sheet1.xml"
ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000)
raw("old.xls", "xlsx.xls", ".xls", ole + "Workbook".encode("utf-16-le") + bytes(500))
raw("secret.xlsx", "xlsx.encrypted", "password", ole + "EncryptedPackage".encode("utf-16-le") + bytes(500))
raw("empty.xlsx", "xlsx.zip", "zip", b"")
raw("text.xlsx", "xlsx.zip", "zip", b"Date,Close\n2024-01-02,1\n")
package("open.xlsx", "xlsx.ods", "OpenDocument", parts={"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"})
package("binary.xlsx", "xlsx.xlsb", ".xlsb", parts={"xl/workbook.bin": b"x"})
package("nobook.xlsx", "xlsx.part", "xl/workbook.xml", parts={"xl/workbook.xml": None})
package("nosheet.xlsx", "xlsx.part", SHEET, parts={SHEET: None})
package("bomb.xlsx", "xlsx.size", SHEET, parts={SHEET: b" " * (300 << 20)})
package("doctype.xlsx", "xlsx.xml", "document type", parts={SHEET: '<!DOCTYPE a [<!ENTITY b "c">]>' + sheet("")})
package("utf16.xlsx", "xlsx.xml", "UTF-8", parts={SHEET: sheet("").encode("utf-16")})
package("malformed.xlsx", "xlsx.xml", "line: 3", parts={SHEET: "<worksheet>\n<sheetData>\n<row></sheetData></worksheet>"})
package("nothing.xlsx", "xlsx.xml", SHEET, parts={SHEET: ""})
package("string.xlsx", "xlsx.xml", "shared string 3", parts={SHEET: sheet('<row r="1"><c r="A1" t="s"><v>3</v></c></row>')})
package("number.xlsx", "xlsx.xml", "A1", parts={SHEET: sheet('<row r="1"><c r="A1"><v>1,5</v></c></row>')})
package("order.xlsx", "xlsx.xml", "row 1", parts={SHEET: sheet('<row r="2"/>\n<row r="1"/>')})
package("cell.xlsx", "xlsx.xml", "B2", parts={SHEET: sheet('<row r="1"><c r="B2"><v>1</v></c></row>')})
package("beyond.xlsx", "xlsx.xml", "XFE1", parts={SHEET: sheet('<row r="1"><c r="XFE1"><v>1</v></c></row>')})
package("kind.xlsx", "xlsx.xml", "unknown cell type", parts={SHEET: sheet('<row r="1"><c r="A1" t="q"><v>1</v></c></row>')})
package("infinite.xlsx", "xlsx.xml", "A1", parts={SHEET: sheet('<row r="1"><c r="A1"><v>1E999</v></c></row>')})
print(json.dumps(expected))
