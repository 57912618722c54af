// Evaluations of several tasks: which of them a section shows. `chosen` is the task of one that has been chosen before, and
// `select` lets another be, where there is more than one.

import { element } from './dom.js';

export function taskOf(section, evaluations, again) {
  const tasks = [...new Set(evaluations.map(one => one.task))];
  const chosen = tasks.find(task => task === section.dataset.task) ?? tasks[0];
  const select = tasks.length < 2 ? null : element('select', { 'aria-label': 'task', onchange: event => {
    section.dataset.task = event.target.value;
    again();
  } }, ...tasks.map(task => element('option', { value: task, selected: task === chosen }, task)));
  return { select, of: evaluations.filter(one => one.task === chosen) };
}
