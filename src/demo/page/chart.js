// The data_visualization block: an inline SVG, with every number again in a table for those who can't see it.

import { make } from './mrkdwn.js';

const NS = 'http://www.w3.org/2000/svg';
const COLOURS = ['var(--chart-1)', 'var(--chart-2)', 'var(--chart-3)', 'var(--chart-4)', 'var(--chart-5)', 'var(--chart-6)'];
const H = 220, LEFT = 40, BOTTOM = 30, TOP = 12;
// Narrow where the screen is, so that the labels stay legible.
let W = 520;

function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// A round number at or above `most`, and how many round steps lead to it.
function scale(most) {
  const rough = most / 4;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * size).find((n) => n >= rough * 0.999);
  const steps = Math.max(1, Math.ceil(most / step - 0.001));
  return { top: step * steps, steps };
}

const number = (n) => (Number.isInteger(n) ? String(n) : String(Math.round(n * 100) / 100));
const colour = (i) => COLOURS[i % COLOURS.length];

function grid(root, top, steps, y) {
  for (let i = 0; i <= steps; i += 1) {
    const value = (top / steps) * i;
    root.append(
      svg('line', { x1: LEFT, x2: W, y1: y(value), y2: y(value), class: i ? 'grid' : 'axis' }),
      svg('text', { x: LEFT - 8, y: y(value) + 4, 'text-anchor': 'end' }, number(value)),
    );
  }
}

function seriesChart(chart) {
  W = window.innerWidth < 760 ? 320 : 520;
  const { categories } = chart.axis_config;
  const valueAt = (series, label) => series.data.find((p) => p.label === label)?.value ?? 0;
  const most = Math.max(1e-9, ...chart.series.flatMap((s) => s.data.map((p) => p.value)));
  const { top, steps } = scale(most);
  const y = (value) => H - BOTTOM - (value / top) * (H - BOTTOM - TOP);
  const band = (W - LEFT) / categories.length;
  const root = svg('svg', { viewBox: `0 0 ${W} ${H}`, 'aria-hidden': 'true' });
  grid(root, top, steps, y);
  categories.forEach((label, i) => {
    root.append(svg('text', { x: LEFT + band * (i + 0.5), y: H - 10, 'text-anchor': 'middle' }, label));
  });
  chart.series.forEach((series, s) => {
    if (chart.type === 'bar') bars(root, series, s, chart.series.length, categories, band, y, valueAt);
    else line(root, series, s, chart.type === 'area', categories, band, y, valueAt);
  });
  return root;
}

function bars(root, series, s, count, categories, band, y, valueAt) {
  const width = Math.min(44, (band * 0.7) / count);
  categories.forEach((label, i) => {
    const value = valueAt(series, label);
    const x = LEFT + band * (i + 0.5) - (width * count) / 2 + width * s;
    const bar = svg('rect', { x: x + 1, y: y(value), width: width - 2, height: Math.max(0, y(0) - y(value)), rx: 3, fill: colour(s) });
    bar.append(svg('title', {}, `${series.name}, ${label}: ${number(value)}`));
    root.append(bar);
  });
}

function line(root, series, s, filled, categories, band, y, valueAt) {
  const points = categories.map((label, i) => [LEFT + band * (i + 0.5), y(valueAt(series, label))]);
  const path = points.map(([px, py], i) => `${i ? 'L' : 'M'}${px} ${py}`).join('');
  if (filled) root.append(svg('path', { d: `${path}L${points.at(-1)[0]} ${y(0)}L${points[0][0]} ${y(0)}Z`, fill: colour(s), opacity: 0.18 }));
  root.append(svg('path', { d: path, fill: 'none', stroke: colour(s), 'stroke-width': 2.5, 'stroke-linejoin': 'round' }));
  points.forEach(([cx, cy]) => root.append(svg('circle', { cx, cy, r: 3.5, fill: colour(s) })));
}

function pie(chart) {
  const total = chart.segments.reduce((sum, s) => sum + s.value, 0);
  const root = svg('svg', { viewBox: '0 0 220 220', class: 'pie', 'aria-hidden': 'true' });
  let from = -Math.PI / 2;
  chart.segments.forEach((segment, i) => {
    const to = from + (segment.value / total) * Math.PI * 2;
    const at = (angle) => `${110 + 96 * Math.cos(angle)} ${110 + 96 * Math.sin(angle)}`;
    const whole = chart.segments.length === 1;
    const shape = whole
      ? svg('circle', { cx: 110, cy: 110, r: 96, fill: colour(i) })
      : svg('path', { d: `M110 110L${at(from)}A96 96 0 ${to - from > Math.PI ? 1 : 0} 1 ${at(to)}Z`, fill: colour(i), class: 'slice' });
    shape.append(svg('title', {}, `${segment.label}: ${number(segment.value)}`));
    root.append(shape);
    from = to;
  });
  return root;
}

function legend(names) {
  const list = make('ul', { class: 'legend', 'aria-hidden': 'true' });
  names.forEach((name, i) => list.append(make('li', {}, make('i', { style: `background:${colour(i)}` }), name)));
  return list;
}

// The same numbers as a table, read out instead of the picture.
function spoken(block) {
  const { chart } = block;
  const row = (cells, tag) => make('tr', {}, ...cells.map((cell) => make(tag, {}, cell)));
  const table = make('table', { class: 'hidden' }, make('caption', {}, block.title));
  if (chart.type === 'pie') {
    chart.segments.forEach((s) => table.append(row([s.label, number(s.value)], 'td')));
  } else {
    table.append(row(['', ...chart.series.map((s) => s.name)], 'th'));
    chart.axis_config.categories.forEach((label) => {
      const values = chart.series.map((s) => number(s.data.find((p) => p.label === label)?.value ?? 0));
      table.append(row([label, ...values], 'td'));
    });
  }
  return table;
}

export function chart(block) {
  const figure = make('figure', { class: 'chart' }, make('figcaption', {}, block.title));
  if (block.chart.type === 'pie') {
    const labels = block.chart.segments.map((s) => `${s.label} · ${number(s.value)}`);
    figure.append(make('div', { class: 'pie-row' }, pie(block.chart), legend(labels)));
  } else {
    const axis = block.chart.axis_config;
    if (axis.y_label) figure.append(make('div', { class: 'axis-label' }, axis.y_label));
    figure.append(seriesChart(block.chart));
    if (axis.x_label) figure.append(make('div', { class: 'axis-label centre' }, axis.x_label));
    if (block.chart.series.length > 1) figure.append(legend(block.chart.series.map((s) => s.name)));
  }
  figure.append(spoken(block));
  return figure;
}
