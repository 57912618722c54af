// The pictures of a dream: what is dreamt, what is, how they differ, and where samples of the dream part.

import { element } from '../dom.js';

const captions = {
  dream: ['dream', 'what the model draws'],
  real: ['environment', 'what the environment shows under the same actions'],
  difference: ['difference', 'dream minus environment: grey where they agree, brighter where the dream is'],
  spread: ['spread', 'standard deviation of each pixel over the samples of the dream, four times as bright'],
};

export class Pictures {
  constructor({ height, width, channels }) {
    Object.assign(this, { height, width, channels });
    this.views = Object.fromEntries(Object.entries(captions).map(([name, [text, title]]) => {
      const canvas = element('canvas', { width, height, 'data-picture': name, role: 'img', 'aria-label': text });
      return [name, { canvas, box: element('figure', { title }, canvas, element('figcaption', {}, text)) }];
    }));
    this.element = element('div', { class: 'play-pictures' }, ...Object.values(this.views).map(view => view.box));
  }

  // Pictures lie one after the other: dream, spread, environment.
  show(frame, bytes) {
    const pixels = this.height * this.width;
    const size = pixels * this.channels;
    const dream = bytes.subarray(0, size);
    const spread = bytes.subarray(size, size + pixels);
    const real = frame.real ? bytes.subarray(size + pixels, 2 * size + pixels) : null;
    const at = (i, channel) => i * this.channels + (this.channels < 3 ? 0 : channel);
    this.views.dream.box.classList.toggle('seen', frame.seen);
    this.draw('dream', (i, channel) => dream[at(i, channel)]);
    this.draw('spread', i => 4 * spread[i]);
    for (const name of ['real', 'difference']) {
      this.views[name].box.classList.toggle('missing', !real && frame.real_end === null);
      this.views[name].box.classList.toggle('past', !real); // its last picture, once its episode ended
    }
    if (!real) return;
    this.draw('real', (i, channel) => real[at(i, channel)]);
    this.draw('difference', (i, channel) => (256 + dream[at(i, channel)] - real[at(i, channel)]) >> 1);
  }

  draw(name, level) {
    const context = this.views[name].canvas.getContext('2d');
    const image = context.createImageData(this.width, this.height);
    for (let i = 0; i < this.width * this.height; i++) {
      for (let channel = 0; channel < 3; channel++) image.data[4 * i + channel] = level(i, channel);
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  }
}
