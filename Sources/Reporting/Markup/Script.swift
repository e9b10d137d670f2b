/// The page's only script: tool tips and the light/dark switch. The page is complete without it.
///
/// It uses neither `<` nor `&`, so that the page stays well-formed XML, and writes text only, never markup.
enum Script {
    static let text = """
        'use strict';
        (function () {
          var tip = document.getElementById('tip');
          function show(text, x, y) {
            tip.textContent = text;
            tip.hidden = false;
            var box = tip.getBoundingClientRect();
            var left = x + 14;
            if (left + box.width > window.innerWidth - 8) left = x - box.width - 14;
            var top = y + 16;
            if (top + box.height > window.innerHeight - 8) top = y - box.height - 12;
            tip.style.left = Math.max(8, left) + 'px';
            tip.style.top = Math.max(8, top) + 'px';
          }
          function hide() { tip.hidden = true; }

          function anchored(event) {
            var source = event.target.closest('[data-tip]');
            if (!source) return;
            var box = source.getBoundingClientRect();
            show(source.getAttribute('data-tip'), box.left, box.bottom - 8);
          }
          document.addEventListener('mouseover', anchored);
          document.addEventListener('focusin', anchored);
          document.addEventListener('mouseout', function (event) { if (event.target.closest('[data-tip]')) hide(); });
          document.addEventListener('focusout', hide);
          document.addEventListener('keydown', function (event) { if (event.key === 'Escape') hide(); });

          var whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
          var cents = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
          var digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });
          function written(value, kind) {
            if (value === null) return '\\u2013';
            var text = kind === 'number' ? digits.format(value) : kind === 'percent' ? cents.format(value * 100) + '%'
              : kind === 'money' ? (Math.abs(value) >= 10000 ? whole : cents).format(value) : cents.format(value);
            return text.replace('-', '\\u2212');
          }

          document.querySelectorAll('.hovers').forEach(function (group) {
            var data = JSON.parse(group.querySelector('script.hover').textContent);
            var plots = Array.from(group.querySelectorAll('.plot'));
            var cursors = plots.map(function (plot) {
              var line = document.createElement('div');
              line.className = 'cursor';
              line.hidden = true;
              plot.appendChild(line);
              return line;
            });
            function nearest(x) {
              var low = 0, high = data.x.length - 1;
              while (high - low > 1) {
                var middle = (low + high) >> 1;
                if (data.x[middle] > x) high = middle; else low = middle;
              }
              return x - data.x[low] > data.x[high] - x ? high : low;
            }
            plots.forEach(function (plot) {
              plot.addEventListener('pointermove', function (event) {
                var box = plot.getBoundingClientRect();
                var index = nearest((event.clientX - box.left) / box.width);
                cursors.forEach(function (line) {
                  line.hidden = false;
                  line.style.left = data.x[index] * 100 + '%';
                });
                var rows = data.series.map(function (series) {
                  return series.name + '  ' + written(series.values[index], series.kind);
                });
                show([data.labels[index]].concat(rows).join('\\n'), event.clientX, event.clientY);
              });
              plot.addEventListener('pointerleave', function () {
                cursors.forEach(function (line) { line.hidden = true; });
                hide();
              });
            });
          });

          document.getElementById('theme').addEventListener('click', function () {
            var root = document.documentElement;
            var dark = root.dataset.theme
              ? root.dataset.theme === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
            root.dataset.theme = dark ? 'light' : 'dark';
          });
        })();
        """
}
