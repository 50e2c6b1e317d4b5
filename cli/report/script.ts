// The report's own script, inlined as it stands: reading values off the charts by pointer and keys, and the slider of the samples.
// Without it the report loses nothing but that. It must not contain the text that would end a script element.
export const REPORT_SCRIPT = `(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('report-data').textContent);

  function chartReader(figure, stops) {
    const plot = figure.querySelector('.plot');
    const svg = plot.querySelector('svg');
    const cursor = svg.querySelector('.cursor');
    const crosshair = cursor.querySelector('.crosshair');
    const dots = [...cursor.querySelectorAll('circle')];
    const place = figure.querySelector('[data-place]');
    const values = [...figure.querySelectorAll('[data-value]')];
    const last = stops.length - 1;
    let at = last;

    function show(index, visible) {
      at = Math.max(0, Math.min(last, index));
      const [x, name, readings] = stops[at];
      cursor.setAttribute('visibility', visible ? 'visible' : 'hidden');
      crosshair.setAttribute('transform', 'translate(' + x + ' 0)');
      place.textContent = name;
      readings.forEach((reading, curve) => {
        values[curve].textContent = reading === null ? '\\u2013' : reading[1];
        // A hidden parent does not hide a child that is told to be visible.
        dots[curve].setAttribute('visibility', reading === null ? 'hidden' : 'inherit');
        if (reading !== null) {
          dots[curve].setAttribute('cx', x);
          dots[curve].setAttribute('cy', reading[0]);
        }
      });
      plot.setAttribute('aria-valuenow', at);
      plot.setAttribute('aria-valuetext', name + ': ' + values.map((value) => value.parentNode.textContent.trim()).join(', '));
    }

    function nearest(event) {
      const box = svg.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
      let low = 0;
      let high = last;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (stops[middle][0] <= x) low = middle; else high = middle;
      }
      return x - stops[low][0] <= stops[high][0] - x ? low : high;
    }

    svg.setAttribute('aria-hidden', 'true');
    plot.setAttribute('role', 'slider');
    plot.setAttribute('tabindex', '0');
    plot.setAttribute('aria-label', svg.getAttribute('aria-label') + ' Arrow keys read values.');
    plot.setAttribute('aria-valuemin', '0');
    plot.setAttribute('aria-valuemax', last);
    show(last, false);
    plot.addEventListener('pointermove', (event) => show(nearest(event), true));
    plot.addEventListener('pointerdown', (event) => show(nearest(event), true));
    // A finger that is lifted leaves too; what it chose stays until something else is touched.
    plot.addEventListener('pointerleave', (event) => { if (event.pointerType === 'mouse') show(last, false); });
    plot.addEventListener('focus', () => show(at, true));
    plot.addEventListener('blur', () => show(last, false));
    plot.addEventListener('keydown', (event) => {
      const page = Math.max(1, Math.round(last / 10));
      const moves = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - page, PageUp: at + page, Home: 0, End: last };
      if (!(event.key in moves) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      show(moves[event.key], true);
    });
  }

  for (const figure of document.querySelectorAll('[data-chart]')) {
    const stops = data.charts[figure.dataset.chart];
    if (stops.length > 0) chartReader(figure, stops);
  }

  const slider = document.getElementById('frame-number');
  if (slider !== null) {
    const frames = [...document.querySelectorAll('#frames img')];
    const large = document.getElementById('frame');
    const update = document.getElementById('frame-update');
    const select = (index) => {
      const frame = frames[index];
      slider.value = index;
      large.src = frame.src;
      large.alt = frame.alt;
      update.textContent = frame.dataset.update;
      slider.setAttribute('aria-valuetext', 'update ' + frame.dataset.update);
      frames.forEach((other) => other.classList.toggle('current', other === frame));
    };
    slider.addEventListener('input', () => select(Number(slider.value)));
    frames.forEach((frame, index) => frame.addEventListener('click', () => select(index)));
    document.getElementById('slider').hidden = false;
    select(frames.length - 1);
  }
})();
`;
