// One chart: the charting library with our colours, a title, and the numbers under the pointer.

import { count, element, figure } from './dom.js';

const light = ['#0b62a8', '#c4540a', '#0f7f5c', '#a53a83', '#8a6d00', '#4b4fb5', '#b3261e', '#3d7a8a'];
const dark = ['#6db3f2', '#f5973d', '#4fd1a1', '#e58cc8', '#e8cf5a', '#a3a6ff', '#ff8a80', '#7fd0e3'];

export const colors = () => matchMedia('(prefers-color-scheme: dark)').matches ? dark : light;

// A variable of the style sheet as a colour that a canvas takes.
function style(name) {
  const probe = element('i', { style: `color:var(${name})` });
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

export class Chart {
  // `zoomed` is told the part of the axis that was chosen by dragging, or null for all of it; `seen` is called when the
  // chart comes into view and what it shows is out of date.
  constructor(name, zoomed, seen) {
    this.zoomed = zoomed;
    this.stale = true;
    this.plot = element('div', { class: 'plot' });
    this.values = element('div', { class: 'values faint' });
    this.note = element('span', { class: 'faint note' });
    this.box = element('figure', { class: 'chart', 'data-chart': name },
      element('figcaption', {}, element('strong', {}, name), this.note,
        element('button', { class: 'wide', title: 'larger or smaller', 'aria-label': `larger or smaller: ${name}`, onclick: () => this.enlarge() }, '⤢')),
      this.plot, this.values);
    this.watcher = new IntersectionObserver(([entry]) => {
      this.visible = entry.isIntersecting;
      if (this.visible && this.stale) seen();
    }, { rootMargin: '100px' });
    this.watcher.observe(this.box);
  }

  // `rows` are [x, [low, middle, high], …], a triple for each label.
  draw(rows, labels, { axis, logarithmic, thinned }) {
    this.stale = false;
    this.box.dataset.points = rows.length;
    this.box.dataset.last = rows.length > 0 ? rows[rows.length - 1][0] : '';
    this.box.dataset.band = Math.max(0, ...rows.map(row => Math.max(...row.slice(1).map(([low, , high]) => (high ?? 0) - (low ?? 0)))));
    this.note.textContent = thinned > 1 ? `1 of ${count(thinned)} lines; zoom in for more` : '';
    if (rows.length === 0) return;
    const names = unique(labels);
    const options = {
      file: rows, labels: [axis, ...names], logscale: logarithmic && rows.some(row => row.slice(1).some(([, middle]) => middle > 0)),
      drawPoints: rows.length < 40, xlabel: axis,
    };
    if (this.graph) this.graph.updateOptions(options);
    else this.graph = this.make(options);
  }

  make({ file, ...options }) {
    const line = style('--line');
    return new window.Dygraph(this.plot, file, {
      ...options,
      customBars: true, connectSeparatedPoints: true, fillAlpha: 0.18, strokeWidth: 1.6, pointSize: 2,
      colors: colors(), gridLineColor: line, axisLineColor: line, axisLabelWidth: 58,
      legend: 'never', rightGap: 8, animatedZooms: false, highlightCircleSize: 3,
      axes: { x: { axisLabelFormatter: short, valueFormatter: figureOf }, y: { axisLabelFormatter: short, valueFormatter: figureOf } },
      highlightCallback: (event, x, points) => this.tell(x, points, options.xlabel),
      unhighlightCallback: () => { this.values.textContent = ''; },
      zoomCallback: (from, to) => this.zoomed(this.graph.isZoomed('x') ? [from, to] : null),
    });
  }

  tell(x, points, axis) {
    this.values.replaceChildren(`${axis} ${figureOf(x)}`, ...points.filter(point => Number.isFinite(point.yval)).map(point =>
      element('span', { title: point.name }, element('i', { style: `background:${this.graph.getPropertiesForSeries(point.name).color}` }), figure(point.yval))));
  }

  enlarge() {
    this.box.classList.toggle('large');
    this.graph?.resize();
  }

  close() {
    this.watcher.disconnect();
    this.graph?.destroy();
    this.graph = null;
    this.box.remove();
  }
}

// The library tells curves apart by their labels.
function unique(labels) {
  const seen = new Map();
  return labels.map(label => {
    seen.set(label, (seen.get(label) ?? 0) + 1);
    return seen.get(label) > 1 ? `${label} ${seen.get(label)}` : label;
  });
}

function short(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(6))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(6))}k`;
  return size !== 0 && size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(5)));
}

const figureOf = value => Number.isInteger(value) ? count(value) : figure(value);
