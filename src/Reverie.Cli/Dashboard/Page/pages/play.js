// Playing the dream: a person walks through the model of a run, beside the environment or alone.

import { element, notice } from '../dom.js';
import { store } from '../store.js';
import { Dream } from '../play/dream.js';

export default {
  id: 'play',
  title: 'Play the dream',

  show(room) {
    let dream = null;
    const ends = store.on('chosen', () => open());
    open();
    return () => {
      ends();
      dream?.end();
    };

    function open(again = false) {
      const run = store.chosenRuns()[0];
      if (run && dream?.run === run.id && !again) return;
      dream?.end();
      dream = null;
      room.replaceChildren();
      if (run) dream = new Dream(run.id, room, () => open(true));
      else room.append(notice('Choose a run at the left.'));
      const count = store.chosenRuns().length;
      if (count > 1) room.append(element('p', { class: 'faint' }, `The first of the ${count} runs that are chosen.`));
    }
  },
};
