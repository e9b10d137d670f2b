/// The frame of every page.
enum Page {
    static let themeButton: HTML =
        "<button type=\"button\" id=\"theme\" aria-label=\"Switch between light and dark\">\u{25D0}</button>"

    static func html(title: String, body: HTML) -> String {
        let policy: HTML = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        let page: HTML = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta http-equiv="Content-Security-Policy" content="\(policy)" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <title>\(title)</title>
            <style>
            \(HTML(trusted: Style.sheet))
            </style>
            </head>
            <body>
            \(body)<div id="tip" role="status" hidden="hidden"></div>
            <script>
            \(HTML(trusted: Script.text))
            </script>
            </body>
            </html>

            """
        return page.text
    }
}
