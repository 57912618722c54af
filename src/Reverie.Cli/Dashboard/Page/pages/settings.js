// The configurations of the chosen runs side by side, what differs marked.

import { ask, element, notice } from '../dom.js';
import { store } from '../store.js';

const wishes = { words: '', differences: false };

export default {
  id: 'settings',
  title: 'Settings',

  show(room) {
    let answer = null;
    const body = element('div', { class: 'scroll' });
    const only = element('input', { type: 'checkbox', checked: wishes.differences, onchange: () => { wishes.differences = only.checked; draw(); } });
    const words = element('input', { type: 'search', placeholder: 'find keys', 'aria-label': 'Find keys', value: wishes.words,
      oninput: () => { wishes.words = words.value; draw(); } });
    room.append(element('div', { class: 'bar controls' }, words, element('label', {}, only, ' differences only')), body);
    load();
    return store.on('chosen', load);

    async function load() {
      const ids = store.chosenRuns().map(run => run.id);
      if (ids.length === 0) {
        body.replaceChildren(notice('Choose runs at the left; of several, their differences are shown.'));
        return;
      }
      try {
        answer = await ask('settings', { run: ids });
        draw();
      } catch (fault) {
        body.replaceChildren(notice(fault.message));
      }
    }

    function draw() {
      if (!answer) return;
      const rows = answer.keys.filter(key => key.key.includes(wishes.words) && (key.differs || !wishes.differences));
      body.replaceChildren(element('table', { class: 'settings' },
        element('thead', {}, element('tr', {}, element('th', {}, 'key'), ...answer.runs.map(id => element('th', {}, id)))),
        element('tbody', {}, ...rows.map(key => element('tr', { class: key.differs ? 'differs' : '', 'data-key': key.key, title: key.meaning ?? '' },
          element('th', {}, key.key), ...key.values.map((value, i) => element('td', { title: key.origins[i] ?? '' }, value ?? '–')))))));
      if (rows.length === 0) body.append(notice(answer.keys.length === 0 ? 'config.yaml is missing.' : 'Nothing differs.'));
    }
  },
};
