// The last decisions of a dream as curves: rewards, and how unsure the model is.

import { element } from '../dom.js';

const length = 300; // rows that are kept
const pause = 100; // milliseconds between two drawings
const colours = { dream: '#e07b1a', real: '#3b82f6', third: '#16a374' };

export class Plots {
  constructor(session) {
    this.rows = [];
    this.timer = null;
    this.plots = [];
    this.room = element('div', { class: 'play-plots' });
    this.element = this.room;
    this.session = session;
    this.clear();
  }

  // Once the element stands in the page, since a plot measures its room.
  begin() {
    const { draws_latents: draws, predicts_reward: predicts } = this.session;
    const same = value => [value, value, value]; // without a band
    const all = [
      predicts && ['Reward', ['expected', 'environment'], { customBars: true, colors: [colours.dream, colours.real] },
        row => [[row.reward_least, row.reward, row.reward_most], same(row.real?.reward ?? null)]],
      ['Pictures, levels of 255', ['spread of samples', 'pixel error'], { colors: [colours.dream, colours.real] },
        row => [draws ? row.picture_spread : null, row.real?.error ?? null]],
      draws && ['Latents', ['deviation or entropy'], { colors: [colours.third] }, row => [row.latent_spread]],
    ].filter(plot => plot).map(plot => [element('div', { class: 'play-plot' }), ...plot]);
    this.room.append(...all.map(([box, title]) => element('div', {}, element('h3', {}, title), box)));
    for (const plot of all) this.plot(...plot);
    // Not in the observer's own turn: drawing measures the room anew.
    const fit = () => this.plots.forEach(({ graph }) => graph.resize());
    this.observer = new ResizeObserver(() => requestAnimationFrame(fit));
    this.observer.observe(this.room);
  }

  plot(box, title, names, options, values) {
    const nothing = options.customBars ? [null, null, null] : null;
    const graph = new Dygraph(box, [[0, ...names.map(() => nothing)]], {
      labels: ['decision', ...names], legend: 'always', includeZero: true, strokeWidth: 1.6, axisLabelFontSize: 11,
      gridLineColor: getComputedStyle(box).outlineColor, axisLineColor: 'transparent', interactionModel: {}, rightGap: 8,
      ...options,
    });
    this.plots.push({ graph, values });
  }

  clear() {
    this.rows = [];
    this.errors = { sum: 0, count: 0 };
  }

  // Of the rows that were dreamt since the reset.
  get meanError() {
    return this.errors.count > 0 ? this.errors.sum / this.errors.count : null;
  }

  add(row) {
    if (this.rows.at(-1)?.decision === row.decision) this.rows.pop();
    else if (row.real && !row.seen) {
      this.errors.sum += row.real.error;
      this.errors.count++;
    }
    this.rows.push(row);
    if (this.rows.length > length) this.rows.shift();
    this.timer ??= setTimeout(() => this.draw(), pause);
  }

  draw() {
    this.timer = null;
    for (const { graph, values } of this.plots)
      graph.updateOptions({ file: this.rows.map(row => [row.decision, ...values(row)]) });
  }

  end() {
    clearTimeout(this.timer);
    this.observer?.disconnect();
    for (const { graph } of this.plots) graph.destroy();
    this.plots = [];
  }
}
