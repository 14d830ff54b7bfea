// Block Kit, made into DOM nodes.

import { make, mrkdwn, plain, richText, text } from './mrkdwn.js';
import { element } from './elements.js';
import { chart } from './chart.js';

function image(block, world) {
  const src = block.image_url ?? `/files/${block.slack_file?.id ?? block.slack_file?.url?.split('/').pop()}`;
  const title = block.title && make('figcaption', {}, text(block.title, world));
  return make('figure', { class: 'image' }, title, make('img', { src, alt: block.alt_text, loading: 'lazy' }));
}

function section(block, ctx) {
  const main = make('div', { class: 'section-main' });
  if (block.text) main.append(make('div', { class: 'section-text' }, text(block.text, ctx.world)));
  if (block.fields) main.append(make('div', { class: 'fields' }, ...block.fields.map((f) => make('div', {}, text(f, ctx.world)))));
  const beside = block.accessory;
  if (!beside) return main;
  const accessory = beside.type === 'image'
    ? make('img', { class: 'accessory-image', src: beside.image_url, alt: beside.alt_text })
    : element(beside, block, ctx);
  return make('div', { class: 'section-row' }, main, make('div', { class: 'accessory' }, accessory));
}

function context(block, world) {
  const items = block.elements.map((e) => (e.type === 'image'
    ? make('img', { src: e.image_url, alt: e.alt_text })
    : make('span', {}, text(e, world))));
  return make('div', { class: 'context' }, ...items);
}

function cell(item, world) {
  if (item.type === 'rich_text') return richText(item, world);
  return item.type === 'raw_number' ? String(item.value) : item.text ?? '';
}

function table(block, world) {
  const settings = block.column_settings ?? [];
  const row = (cells, tag) => make('tr', {}, ...cells.map((item, i) => {
    const setting = settings[i] ?? {};
    return make(tag, { style: setting.align ? `text-align:${setting.align}` : null, class: setting.is_wrapped ? 'wrap' : null }, cell(item, world));
  }));
  const [head, ...rest] = block.rows;
  const body = make('table', {}, make('thead', {}, row(head, 'th')), make('tbody', {}, ...rest.map((r) => row(r, 'td'))));
  return make('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': 'Table' }, body);
}

function input(block, ctx) {
  const label = plain(block.label);
  const inner = element(block.element, block, { ...ctx, inForm: true, label });
  const optional = block.optional ? make('span', { class: 'optional' }, ' (optional)') : null;
  const hint = block.hint && make('div', { class: 'field-hint' }, text(block.hint, ctx.world));
  const error = make('div', { class: 'field-error', role: 'alert', hidden: true });
  return make('div', { class: 'input' }, make('div', { class: 'label' }, label, optional), inner, error, hint);
}

function unknown(block) {
  const details = make('details', {}, make('summary', {}, `A block this page can't show: ${block.type}`), make('pre', {}, JSON.stringify(block, null, 2)));
  return make('div', { class: 'unknown', 'data-unknown': block.type }, details);
}

function inside(block, ctx) {
  const { world } = ctx;
  switch (block.type) {
    case 'section': return section(block, ctx);
    case 'header': return make('h3', { class: 'header' }, text(block.text, world));
    case 'divider': return make('hr');
    case 'context': return context(block, world);
    case 'actions': return make('div', { class: 'actions' }, ...block.elements.map((e) => element(e, block, ctx)));
    case 'image': return image(block, world);
    case 'rich_text': return richText(block, world);
    case 'input': return input(block, ctx);
    case 'table': return table(block, world);
    case 'data_visualization': return chart(block);
    case 'markdown': return make('div', { class: 'section-text' }, mrkdwn(block.text.replace(/\*\*(.+?)\*\*/g, '*$1*'), world));
    default: return unknown(block);
  }
}

export function blocks(list, ctx) {
  const out = make('div', { class: 'blocks' });
  for (const block of list) {
    let node;
    try {
      node = inside(block, ctx);
    } catch (error) {
      console.error(error);
      node = unknown(block);
    }
    out.append(make('div', { class: `block is-${block.type}`, 'data-block': block.block_id }, node));
  }
  return out;
}
