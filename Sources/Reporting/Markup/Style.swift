/// The style sheet. Colours are few: one blue for the strategy, grey for what it is compared with, teal and red for gains and
/// losses (told apart by lightness too). Text has a contrast of at least 4.5:1 on its ground in both themes.
enum Style {
    static let sheet =
        light + "@media (prefers-color-scheme:dark){:root:not([data-theme=light]){" + dark + "}}\n"
        + ":root[data-theme=dark]{" + dark + "}\n" + frame + cards + charts + tables + trees + small

    private static let light = """
        :root{--ground:#f5f6f8;--panel:#fff;--ink:#15191f;--muted:#5b6470;--line:#e1e5ea;--grid:#eceff3;--zero:#a3abb6;
        --blue:#2358c4;--blue-soft:rgba(35,88,196,.10);--bench:#8b94a1;--amber:#a35f00;--hold:#5d6f96;
        --hold-soft:rgba(93,111,150,.22);
        --pos:#0b7a5c;--neg:#c0322b;--neg-soft:rgba(192,50,43,.16);--pos-rgb:11 132 98;--neg-rgb:205 62 52;--tip:#15191f;
        --tip-ink:#fff;
        color-scheme:light}

        """

    private static let dark = """
        --ground:#0f1216;--panel:#171b21;--ink:#e7eaee;--muted:#9aa4b1;--line:#2a313a;--grid:#222831;--zero:#5c6672;\
        --blue:#78a4ff;--blue-soft:rgba(120,164,255,.12);--bench:#818b98;--amber:#e0a24a;--hold:#92a5cf;
        --hold-soft:rgba(146,165,207,.24);\
        --pos:#3cc497;--neg:#ff7a70;--neg-soft:rgba(255,122,112,.18);--pos-rgb:34 150 113;--neg-rgb:205 74 66;--tip:#e7eaee;
        --tip-ink:#15191f;\
        color-scheme:dark
        """

    private static let frame = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--ground);color:var(--ink);
        font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
        font-variant-numeric:tabular-nums}
        header,main,footer{max-width:1240px;margin:0 auto;padding:0 20px}
        header{display:flex;justify-content:space-between;align-items:flex-start;gap:16px;padding-top:26px;padding-bottom:16px}
        h1{font-size:24px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em;overflow-wrap:anywhere}
        header p{margin:0;color:var(--muted)}
        h2{font-size:15px;margin:0 0 12px;display:flex;flex-wrap:wrap;gap:2px 10px;align-items:baseline}
        h2 small{font-weight:400;font-size:12px;color:var(--muted)}
        h3{font-size:12px;font-weight:600;color:var(--muted);margin:14px 0 4px}
        code{font:12px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
        a{color:var(--blue)}
        .muted{color:var(--muted)}
        .chips{display:flex;flex-wrap:wrap;gap:6px;margin-top:8px}
        .chip{font-size:12px;color:var(--muted);border:1px solid var(--line);border-radius:5px;padding:1px 7px;
        background:var(--panel)}
        .chip code{color:var(--ink)}
        #theme{flex:none;width:36px;height:36px;border-radius:8px;border:1px solid var(--line);background:var(--panel);
        color:var(--ink);font-size:17px;cursor:pointer}
        .grid{display:grid;grid-auto-flow:dense;grid-template-columns:repeat(2,minmax(0,1fr));gap:16px;margin-top:16px}
        .panel{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:16px 18px;min-width:0}
        .wide{grid-column:1/-1}
        .empty{color:var(--muted);margin:28px 0;text-align:center}
        .note{margin:12px 0 0;color:var(--muted)}
        .note strong{color:var(--ink)}
        footer{color:var(--muted);font-size:12px;padding-top:18px;padding-bottom:40px}
        #tip{position:fixed;z-index:9;max-width:300px;padding:7px 10px;border-radius:6px;background:var(--tip);
        color:var(--tip-ink);font-size:12.5px;
        white-space:pre-line;pointer-events:none;box-shadow:0 3px 14px rgba(0,0,0,.25);overflow-wrap:anywhere}
        .term{border-bottom:1px dotted var(--zero);cursor:help}
        [data-tip]:focus-visible,a:focus-visible,summary:focus-visible,
        button:focus-visible,.scroll:focus-visible{outline:2px solid var(--blue);outline-offset:2px}

        """

    private static let cards = """
        .cards{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:1px;background:var(--line);
        border:1px solid var(--line);border-radius:10px;overflow:hidden}
        .card{background:var(--panel);padding:13px 16px 12px}
        .card .k{font-size:12px;color:var(--muted)}
        .card .v{font-size:22px;font-weight:600;letter-spacing:-.015em;line-height:1.3;margin-top:2px}
        .card .s{font-size:12px;color:var(--muted);min-height:1.45em}
        .pos{color:var(--pos)}.neg{color:var(--neg)}

        """

    private static let charts = """
        .plotbox{padding:7px 6px 6px var(--yw)}
        .plotbox.hasx{padding-bottom:24px}
        .plot{position:relative;height:var(--h)}
        .plot svg{display:block;width:100%;height:100%;overflow:visible}
        svg path,svg rect{vector-effect:non-scaling-stroke}
        .grid-line,path.grid{stroke:var(--grid);stroke-width:1;fill:none}
        path.zero{stroke:var(--zero);stroke-width:1;fill:none}
        path.base{stroke:var(--zero);stroke-width:1;stroke-dasharray:2 3;fill:none}
        path.mean{stroke:var(--ink);stroke-width:1;stroke-dasharray:4 3;fill:none}
        path.line{fill:none;stroke-width:1.5;stroke-linejoin:round;stroke-linecap:round}
        path.strategy{stroke:var(--blue)}path.strategy-area{fill:var(--blue-soft)}
        path.bench{stroke:var(--bench);stroke-width:1.25}
        path.amber{stroke:var(--amber)}
        path.down{stroke:var(--neg);stroke-width:1.25}path.down-area{fill:var(--neg-soft)}
        path.hold{stroke:var(--hold);stroke-width:.75;opacity:.7}path.hold-area{fill:var(--hold-soft)}
        rect.bar{stroke:var(--panel);stroke-width:1}
        rect.p{fill:var(--pos)}rect.n{fill:var(--neg)}rect.b{fill:var(--bench)}
        path.dot{stroke-width:6;stroke-linecap:round;fill:none;opacity:.62}
        path.dot.p{stroke:var(--pos)}path.dot.n{stroke:var(--neg)}
        .yl,.xl{position:absolute;font-size:11px;line-height:1;color:var(--muted);white-space:nowrap;pointer-events:none}
        .yl{right:100%;margin-right:7px;transform:translateY(-50%)}
        .xl{top:100%;margin-top:8px;transform:translateX(-50%)}
        .cursor{position:absolute;top:0;bottom:0;width:0;border-left:1px solid var(--zero);pointer-events:none}
        .legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:12px;color:var(--muted);margin:-4px 0 4px}
        .key:before{content:"";display:inline-block;width:14px;height:0;border-top:2px solid;vertical-align:middle;
        margin-right:6px}
        .key.strategy:before{color:var(--blue)}.key.bench:before{color:var(--bench)}
        .key.dotp:before,.key.dotn:before{width:8px;height:8px;border:0;border-radius:50%;background:var(--pos)}
        .key.dotn:before{background:var(--neg)}
        .key.boxp:before,.key.boxn:before,.key.boxb:before{width:9px;height:9px;border:0;border-radius:2px;background:var(--pos)}
        .key.boxn:before{background:var(--neg)}.key.boxb:before{background:var(--bench)}
        .spark{display:block;width:130px;height:30px;overflow:visible}

        """

    private static let tables = """
        .scroll{overflow-x:auto;margin:0 -4px;padding:0 4px}
        table{border-collapse:collapse;width:100%;font-size:13px}
        th,td{text-align:right;padding:5px 9px;white-space:nowrap;border-bottom:1px solid var(--line)}
        th{font-weight:500;color:var(--muted);font-size:12px}
        .l{text-align:left}
        .strong{font-weight:600}
        tbody tr:last-child>*{border-bottom:0}
        table.heat{border-collapse:separate;border-spacing:2px;table-layout:fixed;min-width:700px}
        .heat th,.heat td{border:0;padding:5px 4px;text-align:center}
        .heat th.l,.tall th.l:first-child,.tall td.l:first-child,.index td.run{position:sticky;left:0;background:var(--panel)}
        .heat th.l{width:52px;text-align:left;color:var(--ink)}
        .heat td:last-child{text-align:right;font-weight:600;padding-right:6px}
        .heat td:last-child,.heat th:last-child{position:sticky;right:0;background:var(--panel)}
        .heat .h{border-radius:3px;background:var(--grid)}
        .heat .p{background:rgb(var(--pos-rgb)/var(--a))}.heat .n{background:rgb(var(--neg-rgb)/var(--a))}
        .tall thead th{position:sticky;top:0;background:var(--panel);z-index:1}
        .tall thead th.l:first-child{z-index:2}
        .scroll:has(.tall){max-height:520px;overflow-y:auto}
        .groups{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 40px}
        .figures{margin-bottom:20px}
        .figures td,.figures th{padding:4px 2px 4px 14px}
        .figures .l{padding-left:0;white-space:normal}
        .figures th.l{font-weight:600;color:var(--ink);font-size:13px}
        .findings td.l{white-space:normal;vertical-align:top}
        .index td{padding-top:9px;padding-bottom:9px}
        .run small{display:block;color:var(--muted);font-size:12px}
        .run a{font-weight:600}

        """

    private static let trees = """
        .tree{font-size:13px;overflow-wrap:anywhere}
        .tree details{border-bottom:1px solid var(--line)}
        .tree details>div{padding:0 0 8px 14px;margin-left:3px;border-left:1px solid var(--line)}
        .tree summary{cursor:pointer;padding:5px 0;font-weight:500}
        .tree summary small{color:var(--muted);font-weight:400}
        .leaf{display:flex;justify-content:space-between;gap:16px;padding:4px 0;border-bottom:1px solid var(--line)}
        .tree details details:last-child,.tree .leaf:last-child{border-bottom:0}
        .key-name{color:var(--muted);flex:none;max-width:60%}
        .value{text-align:right}
        .digest{cursor:help;border-bottom:1px dotted var(--zero)}

        """

    private static let small = """
        @media (max-width:1000px){.cards{grid-template-columns:repeat(4,minmax(0,1fr))}}
        @media (max-width:700px){
        header,main,footer{padding-left:12px;padding-right:12px}
        header{padding-top:16px}
        h1{font-size:20px}
        .cards{grid-template-columns:repeat(2,minmax(0,1fr))}
        .card{padding:10px 12px}.card .v{font-size:19px}
        .grid{grid-template-columns:minmax(0,1fr);gap:12px;margin-top:12px}
        .panel{padding:14px 12px}
        .groups{grid-template-columns:minmax(0,1fr)}
        .xl.opt{display:none}
        table.heat{min-width:620px;font-size:12px}
        .spark{width:76px}
        }
        @media print{body{background:#fff}.panel{break-inside:avoid}#theme,#tip{display:none}}
        """
}
