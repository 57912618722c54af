// The list of runs at the left: a line for each, found by words, chosen by a click or a box.

import { count, duration, element, figure, short } from './dom.js';
import { store } from './store.js';

const mostLines = 300; // more are found by words; a thousand lines would only be scrolled past

export function showRuns(panel) {
  const words = element('input', { type: 'search', placeholder: 'find runs', 'aria-label': 'Find runs', oninput: draw });
  const total = element('span', { class: 'faint', id: 'total' });
  const list = element('ul', { id: 'run-list' });
  panel.append(element('div', { class: 'bar' }, words, total), list);
  store.on('runs', draw);
  store.on('chosen', draw);

  function draw() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(word => word);
    const found = [...store.runs.values()].filter(run => wanted.every(word => text(run).includes(word)));
    total.textContent = found.length === store.runs.size ? `${found.length} runs` : `${found.length} of ${store.runs.size}`;
    const shown = found.slice(0, mostLines);
    list.replaceChildren(...together(shown).flatMap(([sweep, runs]) => sweep ? [heading(sweep, runs), ...runs.map(line)] : runs.map(line)));
    if (found.length > shown.length) list.append(element('li', { class: 'notice' }, `and ${found.length - shown.length} more: find them by words`));
    if (store.runs.size === 0) list.append(element('li', { class: 'notice' }, `no runs in ${store.folder} yet`));
  }
}

// Runs of a sweep stand together, where its first one would; the others each for itself.
function together(runs) {
  const groups = new Map();
  for (const run of runs) {
    const key = run.sweep ? `sweep ${run.sweep}` : `run ${run.id}`;
    if (!groups.has(key)) groups.set(key, [run.sweep, []]);
    groups.get(key)[1].push(run);
  }
  return [...groups.values()];
}

function heading(sweep, runs) {
  const counts = Object.entries(Object.groupBy(runs, run => run.state)).map(([state, some]) => `${some.length} ${state}`);
  const all = runs.every(run => store.chosen.has(run.id));
  const box = element('input', {
    type: 'checkbox', checked: all, 'aria-label': `choose all runs of ${sweep}`,
    onclick: event => event.stopPropagation(), onchange: () => store.choose(all ? [] : runs.map(run => run.id)),
  });
  return element('li', { class: 'sweep', 'data-sweep': sweep, title: `sweep ${sweep}`, onclick: () => store.choose(runs.map(run => run.id)) },
    box, element('strong', {}, sweep), element('span', { class: 'faint' }, counts.join(', ')));
}

const counters = { env_steps: 'environment steps', updates: 'updates' };

const text = run => `${run.sweep || ''} ${run.id} ${run.task} ${run.presets} ${run.agent} ${run.state}`.toLowerCase();

function line(run) {
  const box = element('input', {
    type: 'checkbox', checked: store.chosen.has(run.id), 'aria-label': `choose ${run.id}`,
    onclick: event => event.stopPropagation(), onchange: () => toggle(run.id),
  });
  const goal = run.goal ? `${count(run[run.goal.counter])} of ${count(run.goal.total)} ${counters[run.goal.counter]}` : '';
  return element('li', {
    class: `run ${run.state}${store.chosen.has(run.id) ? ' chosen' : ''}`, 'data-run': run.id, title: run.id,
    onclick: () => store.choose([run.id]),
  },
  box,
  element('div', { class: 'what' },
    element('strong', {}, run.id),
    element('span', { class: 'faint' }, [run.task, run.presets || run.agent, `seed ${run.seed}`].filter(part => part).join(' · ')),
    run.damage ? element('span', { class: 'damage', title: run.damage }, run.damage) : element('span', { class: 'faint' }, rates(run))),
  element('div', { class: 'score' },
    element('span', { class: 'state' }, run.state),
    element('span', { class: 'return', title: run.return_of ? `return of the last ${run.return_of}` : 'no return yet' }, figure(run.return)),
    element('progress', { value: run.share, title: goal })));
}

function rates(run) {
  const parts = [`${short(run.env_steps)} steps`, duration(run.seconds)];
  if (run.updates_per_second) parts.push(`${short(run.updates_per_second)} upd/s`);
  if (run.env_steps_per_second) parts.push(`${short(run.env_steps_per_second)} steps/s`);
  return parts.join(' · ');
}

function toggle(id) {
  const chosen = new Set(store.chosen);
  if (!chosen.delete(id)) chosen.add(id);
  store.choose(chosen);
}
