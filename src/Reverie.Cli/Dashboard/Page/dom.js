// Elements and numbers as the pages write them. Text is always set as text: names of runs come from a disk.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name === 'class') made.className = value;
    else if (name in made && typeof value !== 'string') made[name] = value;
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

// Four figures, as the command line has them.
export function figure(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

// As short as a line of the list wants it: 113k, 1.2M, 3.09.
export function short(value) {
  const [size, unit] = value >= 1e6 ? [1e6, 'M'] : value >= 1e3 ? [1e3, 'k'] : [1, ''];
  return `${Number((value / size).toPrecision(3))}${unit}`;
}

export const count = value => (value ?? 0).toLocaleString('en-US');

export function duration(seconds) {
  const whole = Math.floor(seconds ?? 0);
  const two = number => String(number).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

// Asks the server; a refusal is an error with the server's line.
export async function ask(path, parameters = {}) {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) words.append(name, one);
  const answer = await fetch(`api/${path}?${words}`);
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

export const notice = text => element('p', { class: 'notice' }, text);
