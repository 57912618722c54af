// Curves as numbers: what the server gave for a run, smoothing, and the mean and band of several seeds.

import { ask } from './dom.js';

const most = 800; // points of a curve; a chart has fewer pixels

// The measurements of one run: columns by kind, as /api/series gives them, growing as records arrive.
export class RunSeries {
  constructor(id) {
    this.id = id;
    this.kinds = {};
    this.position = -1;
    this.waiting = [];
  }

  // Asks for the whole curve, or for a part of an axis; records that arrive meanwhile are kept.
  async load(range) {
    this.range = range;
    this.loading = true;
    try {
      const { kinds, position } = await ask('series', { run: this.id, most, ...range });
      [this.kinds, this.position] = [kinds, position];
    } finally {
      this.loading = false;
    }
    const kept = this.waiting.splice(0);
    this.take(kept);
  }

  // Appends records; true where the curve has grown so long that it is better asked for again.
  take(records) {
    if (this.loading) {
      this.waiting.push(...records);
      return false;
    }
    let long = false;
    for (const record of records) {
      if (record.at < this.position) continue;
      const axes = { env_steps: record.axes[0], updates: record.axes[1], episodes: record.axes[2], seconds: record.axes[3] };
      if (this.range && axes[this.range.axis] > this.range.to) continue;
      const kind = this.kinds[record.kind] ??= { count: 0, stride: 1, axes: { env_steps: [], updates: [], episodes: [], seconds: [] }, values: {} };
      kind.count++;
      const rows = kind.axes.env_steps.length;
      for (const [name, column] of Object.entries(kind.axes)) column.push(axes[name]);
      for (const name of Object.keys(record.values)) kind.values[name] ??= Array(rows).fill(null);
      for (const [name, column] of Object.entries(kind.values)) column.push(record.values[name] ?? null);
      long ||= rows > 2 * most;
    }
    return long;
  }

  // One metric as [x, y] pairs, without what is no number, in the order of x.
  points(kind, name, axis) {
    const columns = this.kinds[kind];
    const [xs, ys] = [columns?.axes[axis], columns?.values[name]];
    if (!ys) return [];
    const points = [];
    for (let i = 0; i < xs.length; i++) if (ys[i] !== null && ys[i] !== undefined) points.push([xs[i], ys[i]]);
    return points;
  }
}

// Exponential moving average that is not drawn to zero at its beginning.
export function smooth(points, weight) {
  if (weight <= 0) return points;
  let [mean, mass] = [0, 0];
  return points.map(([x, y]) => {
    mean = weight * mean + (1 - weight) * y;
    mass = weight * mass + (1 - weight);
    return [x, mean / mass];
  });
}

// The value of a curve between its points; NaN before its beginning and after its end.
function at(points, x, from) {
  let i = from.at;
  while (i + 1 < points.length && points[i + 1][0] <= x) i++;
  from.at = i;
  if (points.length === 0 || x < points[0][0] || x > points[points.length - 1][0]) return NaN;
  if (i + 1 === points.length || points[i][0] === x) return points[i][1];
  const [[x0, y0], [x1, y1]] = [points[i], points[i + 1]];
  return y0 + (y1 - y0) * (x - x0) / (x1 - x0);
}

// Mean of several curves with a band: rows [x, low, mean, high]. One curve is its own mean and band. Where curves have
// different x, each is taken between its points, so a mean never jumps because one seed was logged and another not; and
// it ends where not half of the seeds are left.
export function combine(curves, band) {
  if (curves.length === 1) return curves[0].map(([x, y]) => [x, y, y, y]);
  const all = [...new Set(curves.flatMap(points => points.map(([x]) => x)))].sort((a, b) => a - b);
  const step = Math.ceil(all.length / most);
  const grid = all.filter((_, i) => i % step === 0 || i === all.length - 1);
  const places = curves.map(() => ({ at: 0 }));
  const rows = [];
  for (const x of grid) {
    const values = curves.map((points, i) => at(points, x, places[i])).filter(value => !Number.isNaN(value));
    if (values.length * 2 <= curves.length - 1 || values.length === 0) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    rows.push([x, ...ends(values, mean, band)]);
  }
  return rows;
}

function ends(values, mean, band) {
  if (band === 'none') return [mean, mean, mean];
  if (band === 'min_max') return [Math.min(...values), mean, Math.max(...values)];
  const spread = values.length < 2 ? 0
    : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  return [mean - spread, mean, mean + spread];
}

// Several curves in one table as the charting library wants it: a row for each x that any of them has.
export function table(curves) {
  const rows = new Map();
  curves.forEach((points, i) => {
    for (const [x, ...ends] of points) {
      if (!rows.has(x)) rows.set(x, [x, ...Array.from(curves, () => [null, null, null])]);
      rows.get(x)[i + 1] = ends;
    }
  });
  return [...rows.values()].sort((a, b) => a[0] - b[0]);
}
