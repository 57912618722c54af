// Plays a sheet of frames, one strip beside the other, as the server draws it: 32 frames in a row.

import { element, figure } from './dom.js';

const columns = 32;
const perSecond = 15;

export class Film {
  // `source` is the sheet; it has `frames` frames of `height` × `width` in each of the strips that `titles` name.
  // `told` is called with the number of each frame that is shown.
  constructor({ source, frames, height, width, titles, told = () => {} }) {
    Object.assign(this, { frames, height, width, told, at: 0 });
    this.canvases = titles.map(title => element('canvas', { width: String(width), height: String(height), role: 'img', 'aria-label': title }));
    this.slider = element('input', { type: 'range', min: '0', max: String(frames - 1), value: '0', 'aria-label': 'frame',
      oninput: () => { this.pause(); this.show(Number(this.slider.value)); } });
    this.button = element('button', { onclick: () => this.timer ? this.pause() : this.play() }, 'pause');
    this.box = element('div', { class: 'film' },
      element('div', { class: 'strips' }, ...titles.map((title, i) => element('figure', {}, this.canvases[i], element('figcaption', { class: 'faint' }, title)))),
      element('div', { class: 'bar' }, this.button, this.slider));
    this.sheet = new Image();
    this.sheet.onload = () => { this.show(0); this.play(); };
    this.sheet.src = source;
  }

  show(frame) {
    this.at = frame;
    this.slider.value = String(frame);
    const rows = Math.ceil(this.frames / columns);
    this.canvases.forEach((canvas, strip) => canvas.getContext('2d').drawImage(this.sheet,
      frame % columns * this.width, (strip * rows + Math.floor(frame / columns)) * this.height, this.width, this.height,
      0, 0, this.width, this.height));
    this.box.dataset.frame = frame;
    this.told(frame);
  }

  play() {
    this.button.textContent = 'pause';
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      if (!this.box.isConnected) this.pause();
      else if (this.box.offsetParent) this.show((this.at + 1) % this.frames);
    }, 1000 / perSecond);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.button.textContent = 'play';
  }
}

// A small curve under a film: values by frame, the frame that is shown marked, a part of it shaded.
export class Strip {
  constructor(title, values, { from = 0 } = {}) {
    this.values = values.map(value => value ?? 0);
    this.from = from;
    this.canvas = element('canvas', { class: 'strip', width: '640', height: '90', role: 'img', 'aria-label': title });
    this.number = element('span', { class: 'faint' });
    this.box = element('div', {}, element('div', { class: 'faint' }, title, ' ', this.number), this.canvas);
    requestAnimationFrame(() => this.show(0)); // once it is in the page and has its colours
  }

  show(frame) {
    const { width, height } = this.canvas;
    const style = name => getComputedStyle(this.canvas).getPropertyValue(name);
    const pen = this.canvas.getContext('2d');
    const [low, high] = [Math.min(0, ...this.values), Math.max(...this.values, 1e-9)];
    const x = i => (i + 0.5) / this.values.length * width;
    const y = value => height - 4 - (value - low) / (high - low) * (height - 8);
    pen.clearRect(0, 0, width, height);
    pen.globalAlpha = 0.12;
    pen.fillStyle = style('color');
    if (this.from > 0) pen.fillRect(x(this.from - 0.5), 0, width, height);
    pen.globalAlpha = 1;
    pen.strokeStyle = style('accent-color');
    pen.lineWidth = 2;
    pen.beginPath();
    this.values.forEach((value, i) => i === 0 ? pen.moveTo(x(i), y(value)) : pen.lineTo(x(i), y(value)));
    pen.stroke();
    pen.fillStyle = style('color');
    pen.fillRect(x(frame) - 1, 0, 2, height);
    this.number.textContent = figure(this.values[frame]);
  }
}
