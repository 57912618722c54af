// What the agent looked ahead at in an evaluation: the planner's candidates by iteration, or what the actor imagined.

import { ask, count, element, figure, notice } from '../dom.js';
import { Film, Strip } from '../film.js';
import { perRun } from '../perrun.js';
import { taskOf } from '../tasks.js';

export default {
  id: 'ahead',
  title: 'Looking ahead',

  show(room) {
    return perRun(room, fill);
  },
};

async function fill(section, id) {
  const { evaluations } = await ask('evaluations', { run: id });
  const task = taskOf(section, evaluations.filter(one => one.foresight), () => fill(section, id));
  const kept = task.of.map(one => one.at);
  if (section.dataset.newest === kept[kept.length - 1] && kept.length > 0) return;
  section.dataset.newest = kept[kept.length - 1] ?? '';
  const stage = element('div', { class: 'stage' });
  const when = element('output', {});
  const slider = element('input', { type: 'range', min: '0', max: String(kept.length - 1), value: String(kept.length - 1), 'aria-label': 'evaluation', oninput: choose });
  section.replaceChildren(element('h2', {}, id));
  if (kept.length === 0) {
    section.append(notice('Nothing yet: it is kept at every evaluation, by agents that plan or imagine.'));
    return;
  }
  section.append(element('div', { class: 'bar' }, task.select, element('label', {}, 'over training ', slider), when), stage);
  await choose();

  async function choose() {
    const at = kept[Number(slider.value)];
    when.textContent = `after ${count(parseInt(at, 10))} updates`;
    const ahead = await ask('foresight', { run: id, at });
    stage.replaceChildren(...(ahead.candidates ? planned(ahead) : imagined(id, ahead)));
  }
}

function planned({ candidates, rows, shares, count: size }) {
  return [
    element('p', { class: 'faint' }, `Returns that the planner expected of its ${count(size)} candidates, iteration by iteration: `
      + `least and largest, the middle ${Math.round((shares[3] - shares[1]) * 100)} in 100, and the median.`),
    element('div', { class: 'charts' }, ...candidates.map((iterations, state) => element('figure', { class: 'chart', 'data-state': rows[state] },
      element('figcaption', {}, element('strong', {}, `at t = ${rows[state]}`)), spread(iterations)))),
  ];
}

// A box for each iteration: whiskers from least to largest, a box of the middle, a line at the median.
function spread(iterations) {
  const [width, height, left, bottom] = [360, 190, 52, 22];
  const all = iterations.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const y = value => height - bottom - 6 - (value - low) / Math.max(high - low, 1e-9) * (height - bottom - 16);
  const step = (width - left - 10) / iterations.length;
  const make = (tag, attributes, text) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const drawing = make('svg', { viewBox: `0 0 ${width} ${height}`, class: 'spread', role: 'img' });
  for (const value of [low, (low + high) / 2, high])
    drawing.append(make('line', { x1: left, x2: width - 6, y1: y(value), y2: y(value), class: 'rule' }),
      make('text', { x: left - 6, y: y(value) + 4, 'text-anchor': 'end' }, figure(value)));
  iterations.forEach(([least, from, middle, to, largest], i) => {
    const x = left + (i + 0.5) * step;
    drawing.append(make('line', { x1: x, x2: x, y1: y(least), y2: y(largest), class: 'whisker' }),
      make('rect', { x: x - step * 0.3, width: step * 0.6, y: y(to), height: Math.max(1, y(from) - y(to)), class: 'box' }),
      make('line', { x1: x - step * 0.3, x2: x + step * 0.3, y1: y(middle), y2: y(middle), class: 'median' }),
      make('text', { x, y: height - 6, 'text-anchor': 'middle' }, String(i + 1)));
  });
  return drawing;
}

function imagined(id, { at, rows, rewards, values, horizon, height, width }) {
  const strips = rewards.map((reward, state) => [new Strip('reward expected', reward), new Strip('value of the state', values[state])]);
  const told = frame => {
    const [state, step] = [Math.floor(frame / horizon), frame % horizon];
    title.textContent = `from t = ${rows[state]}, imagined for ${step + 1}`;
    strips.forEach((both, k) => { for (const strip of both) strip.show(k === state ? step : 0); });
  };
  const title = element('p', { class: 'faint' });
  const film = height ? [new Film({ source: `api/foresight.png?${new URLSearchParams({ run: id, at })}`, frames: rows.length * horizon, height, width, titles: ['imagined'], told }).box] : [];
  return [element('p', { class: 'faint' }, `What the actor imagines that it will do, from ${rows.length} states of the test episode, ${horizon} decisions ahead.`),
    title, ...film, element('div', { class: 'charts' }, ...strips.map((both, state) => element('figure', { class: 'chart' },
      element('figcaption', {}, element('strong', {}, `from t = ${rows[state]}`)), ...both.map(strip => strip.box))))];
}
