// What the model dreams: open loop, beside what happened, at every evaluation of the training.

import { ask, count, element, figure, notice } from '../dom.js';
import { Film, Strip } from '../film.js';
import { perRun } from '../perrun.js';
import { taskOf } from '../tasks.js';

export default {
  id: 'dreams',
  title: 'Dreams',

  show(room) {
    return perRun(room, fill);
  },
};

async function fill(section, id) {
  const { evaluations, videos } = await ask('evaluations', { run: id });
  const task = taskOf(section, evaluations.filter(one => one.dream), () => fill(section, id));
  const dreams = task.of.map(one => one.at);
  const newest = dreams[dreams.length - 1];
  const follows = !dreams.includes(section.dataset.at) || section.dataset.at === section.dataset.newest;
  const at = follows ? newest : section.dataset.at;
  if (newest === section.dataset.newest && section.dataset.videos === String(videos.length)) return;
  section.dataset.newest = newest;
  section.dataset.videos = videos.length;

  const stage = element('div', { class: 'stage' });
  const when = element('output', {});
  const slider = element('input', { type: 'range', min: '0', max: String(Math.max(0, dreams.length - 1)), value: String(dreams.indexOf(at)),
    'aria-label': 'evaluation', oninput: () => choose(dreams[Number(slider.value)]) });
  section.replaceChildren(element('h2', {}, id));
  if (dreams.length > 0) {
    section.append(element('div', { class: 'bar' }, task.select, element('label', {}, 'over training ', slider), when), stage);
    await choose(at);
  } else {
    section.append(notice('No dream yet: one is kept at every evaluation (training.evaluate_every).'));
  }
  if (videos.length > 0)
    section.append(films(id, videos));

  async function choose(at) {
    section.dataset.at = at;
    when.textContent = `after ${count(parseInt(at, 10))} updates`;
    const dream = await ask('dream', { run: id, at });
    const strips = [];
    const told = frame => {
      for (const strip of strips) strip.show(frame);
      title.textContent = frame < dream.context ? `t ${frame}, seen` : `t ${frame}, imagined for ${frame - dream.context + 1}`;
    };
    const title = element('p', { class: 'faint' });
    stage.replaceChildren(title);
    if (dream.frames > 0) {
      strips.push(new Strip('error of the picture (root mean square, of 255)', dream.error, { from: dream.context }));
      const film = new Film({ source: `api/dream.png?${new URLSearchParams({ run: id, at })}`, titles: ['truth', 'model', 'error'], told, ...dream });
      const imagined = dream.error.slice(dream.context);
      stage.append(film.box, strips[0].box, element('p', { class: 'faint' },
        `error of what was imagined: ${figure(imagined.reduce((sum, value) => sum + value, 0) / Math.max(1, imagined.length))} on average`));
    }
    for (let entry = 0; entry < dream.entries; entry++) {
      const column = values => Array.from({ length: values.length / dream.entries }, (_, row) => values[row * dream.entries + entry]);
      const [truth, model] = [column(dream.vector_truth), column(dream.vector_model)];
      stage.append(new Strip(`entry ${entry}: difference of model and truth`, truth.map((value, i) => Math.abs(model[i] - value)), { from: dream.context }).box);
    }
  }
}

// Loaded when they are unfolded.
function films(id, names) {
  const room = element('div', { class: 'films' });
  return element('details', { ontoggle: () => room.childElementCount === 0 && room.append(...names.map(name => element('figure', {},
    element('img', { src: `api/video?${new URLSearchParams({ run: id, name })}`, alt: name, loading: 'lazy' }), element('figcaption', { class: 'faint' }, name)))) },
  element('summary', {}, `${names.length} pictures and films in videos/`), room);
}
