// Every metric of the chosen runs as a chart, moving as they train. Seeds of one setting are one curve with a band.

import { Chart, colors } from '../chart.js';
import { element, notice } from '../dom.js';
import { RunSeries, combine, smooth, table } from '../series.js';
import { store } from '../store.js';

const axes = { env_steps: 'environment steps', episodes: 'episodes', updates: 'updates', seconds: 'hours' };
const bands = { min_max: 'least to largest', std: 'standard deviation', none: 'no band' };
const wishes = { axis: 'env_steps', smoothing: 0, band: 'min_max', group: true, logarithmic: false, words: '' };
const pause = 1000; // milliseconds between drawings, however fast records arrive: drawing costs what training could use

export default {
  id: 'curves',
  title: 'Curves',

  show(room) {
    const view = new Curves(room);
    const ends = [store.on('chosen', () => view.choose()), store.on('records', news => view.take(news)),
      store.on('reload', ({ run }) => view.reload(run)), store.on('runs', () => view.relabel())];
    view.choose();
    return () => { for (const end of ends) end(); view.close(); };
  },
};

class Curves {
  constructor(room) {
    this.series = new Map();
    this.charts = new Map();
    this.range = null;
    this.legend = element('div', { class: 'legend', 'aria-label': 'Curves' });
    this.grid = element('div', { class: 'charts' });
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.recolor = () => this.rebuild();
    this.scheme.addEventListener('change', this.recolor);
    this.awake = () => this.drawSoon();
    document.addEventListener('visibilitychange', this.awake);
    room.append(this.controls(), this.legend, this.grid);
  }

  controls() {
    const select = (label, name, words) => element('label', {}, label, ' ', element('select', {
      name, onchange: event => { wishes[name] = event.target.value; if (name === 'axis') this.zoom(null); this.rebuild(); },
    }, ...Object.entries(words).map(([value, text]) => element('option', { value, selected: wishes[name] === value }, text))));
    const box = (label, name) => element('label', {}, element('input', {
      type: 'checkbox', name, checked: wishes[name], onchange: event => { wishes[name] = event.target.checked; this.rebuild(); },
    }), ' ', label);
    const shown = element('output', {}, String(wishes.smoothing));
    return element('div', { class: 'bar controls' },
      select('over', 'axis', axes),
      element('label', {}, 'smoothing ', element('input', {
        type: 'range', name: 'smoothing', min: '0', max: '0.99', step: '0.01', value: String(wishes.smoothing),
        oninput: event => { wishes.smoothing = Number(event.target.value); shown.textContent = event.target.value; this.drawSoon(); },
      }), ' ', shown),
      box('group seeds', 'group'), select('band', 'band', bands), box('logarithmic', 'logarithmic'),
      element('input', { type: 'search', placeholder: 'find metrics', 'aria-label': 'Find metrics', value: wishes.words,
        oninput: event => { wishes.words = event.target.value.toLowerCase(); this.draw(); } }),
      element('button', { onclick: () => this.zoom(null) }, 'whole axis'));
  }

  async choose() {
    for (const id of [...this.series.keys()]) if (!store.chosen.has(id)) this.series.delete(id);
    const fresh = [...store.chosen].filter(id => !this.series.has(id));
    for (const id of fresh) this.series.set(id, new RunSeries(id));
    await Promise.all(fresh.map(id => this.reload(id)));
    this.rebuild();
  }

  async reload(id) {
    const series = this.series.get(id);
    if (!series) return;
    try {
      await series.load(this.range && { axis: wishes.axis, from: this.range[0], to: this.range[1] });
    } catch {
      return; // deleted, or nothing measured yet; what was drawn stays
    }
    this.drawSoon();
  }

  take({ run, records }) {
    const series = this.series.get(run);
    if (!series) return;
    if (series.take(records)) this.reload(run);
    this.drawSoon();
  }

  drawSoon() {
    this.timer ??= setTimeout(() => { this.timer = null; if (!document.hidden) this.draw(); }, pause);
  }

  // Groups of runs: a label and the series in it.
  groups() {
    const groups = new Map();
    for (const [id, series] of this.series) {
      const run = store.runs.get(id);
      const key = wishes.group && run ? run.setting : id;
      if (!groups.has(key)) groups.set(key, { key, members: [], runs: [] });
      groups.get(key).members.push(series);
      groups.get(key).runs.push(run ?? { id });
    }
    return [...groups.values()].map(group => ({ ...group, label: labelOf(group.runs) }));
  }

  // What a run is called and which setting it has may become known after its measurements.
  relabel() {
    if (this.groups().map(group => group.label).join() !== this.labels) this.draw();
  }

  draw() {
    const groups = this.groups();
    this.labels = groups.map(group => group.label).join();
    const hue = colors();
    this.legend.replaceChildren(...groups.map((group, i) => element('span', { title: group.runs.map(run => run.id).join('\n') },
      element('i', { style: `background:${hue[i % hue.length]}` }), group.label)));
    const names = this.metrics(groups).filter(name => name.includes(wishes.words));
    for (const [name, chart] of [...this.charts]) if (!names.includes(name)) { chart.close(); this.charts.delete(name); }
    for (const name of names) if (!this.charts.has(name)) this.charts.set(name, this.chart(name));
    names.forEach((name, i) => {
      const { box } = this.charts.get(name);
      if (this.grid.children[i] !== box) this.grid.insertBefore(box, this.grid.children[i] ?? null);
    });
    if (names.length === 0) this.grid.replaceChildren(notice(store.chosen.size === 0 ? 'Choose runs at the left: a click for one, the boxes for several.' : 'Nothing measured yet.'));
    else for (const left of this.grid.querySelectorAll('.notice')) left.remove();
    for (const [name, chart] of this.charts) {
      chart.stale = true;
      if (!chart.visible) continue; // drawn when somebody looks
      const kind = name.split('/')[0], metric = name.slice(kind.length + 1); // TASK/return has another slash
      const scale = wishes.axis === 'seconds' ? 1 / 3600 : 1;
      const curves = groups.map(group => combine(
        group.members.map(series => smooth(series.points(kind, metric, wishes.axis), wishes.smoothing)).filter(points => points.length > 0),
        wishes.band).map(([x, ...ends]) => [x * scale, ...ends]));
      const thinned = Math.max(1, ...groups.flatMap(group => group.members.map(series => series.kinds[kind]?.stride ?? 1)));
      chart.draw(table(curves), groups.map(group => group.label), { axis: axes[wishes.axis], logarithmic: wishes.logarithmic, thinned });
    }
  }

  // Names kind/metric: returns, then losses, then the rest.
  metrics(groups) {
    const names = new Set();
    for (const group of groups)
      for (const series of group.members)
        for (const [kind, { values }] of Object.entries(series.kinds))
          for (const name of Object.keys(values)) names.add(`${kind}/${name}`);
    const rank = name => name.endsWith('/return') ? (name.startsWith('evaluation') ? 0 : 1)
      : name.includes('/return') ? 4 : name.includes('/loss') ? 2 : 3;
    return [...names].sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  }

  chart(name) {
    return new Chart(name, range => this.zoom(range && wishes.axis === 'seconds' ? range.map(x => x * 3600) : range), () => this.drawSoon());
  }

  // All charts show one part of the axis; lines that were left out of the whole come with it.
  zoom(range) {
    if (!range && !this.range) return;
    this.range = range;
    for (const id of this.series.keys()) this.reload(id);
  }

  rebuild() {
    for (const chart of this.charts.values()) chart.close();
    this.charts.clear();
    this.draw();
  }

  close() {
    clearTimeout(this.timer);
    this.scheme.removeEventListener('change', this.recolor);
    document.removeEventListener('visibilitychange', this.awake);
    for (const chart of this.charts.values()) chart.close();
  }
}

function labelOf(runs) {
  if (runs.length === 1) return runs[0].id;
  const [first] = runs;
  return `${first.task} ${first.presets || first.agent} (${runs.length} seeds)`;
}
