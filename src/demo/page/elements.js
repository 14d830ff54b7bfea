// The elements that people press, choose from and fill in.
//
// A context says where they stand: `world` (names, zone), `values` (what was put in here, as in state.values),
// `inForm` (an input block: kept until submitted) and `act(block, element, chosen)`, which tells the bot.

import { make, plain, text, instant } from './mrkdwn.js';
import { confirmFirst } from './modal.js';
import { openMenu } from './menu.js';

const FIELD = {
  plain_text_input: 'value', url_text_input: 'value', email_text_input: 'value', number_input: 'value',
  static_select: 'selected_option', radio_buttons: 'selected_option', multi_static_select: 'selected_options',
  checkboxes: 'selected_options', users_select: 'selected_user', multi_users_select: 'selected_users',
  conversations_select: 'selected_conversation', channels_select: 'selected_channel', datepicker: 'selected_date',
  timepicker: 'selected_time', datetimepicker: 'selected_date_time',
};

const initial = (el) => Object.entries(el).find(([name]) => name.startsWith('initial_'))?.[1];

function current(block, el, ctx) {
  const entry = ctx.values?.[block.block_id]?.[el.action_id];
  return entry ? entry[FIELD[el.type]] : initial(el);
}

// Keeps what was put in; outside a form, tells the bot too.
async function put(block, el, ctx, content) {
  const entry = { type: el.type, [FIELD[el.type]]: content };
  if (ctx.values) ((ctx.values[block.block_id] ??= {})[el.action_id] = entry);
  if (ctx.inForm && !block.dispatch_action) return;
  if (!(await confirmFirst(el.confirm, ctx.world))) return;
  await ctx.act(block, el, entry);
}

// What tests and styles know an element by.
const named = (block, el) => ({ 'data-block-id': block.block_id, 'data-action-id': el.action_id, 'data-element': el.type });

function button(el, block, ctx) {
  const node = make('button', {
    type: 'button', class: `button ${el.style ?? ''}`, ...named(block, el), 'data-value': el.value,
    'aria-label': el.accessibility_label,
  }, plain(el.text));
  node.addEventListener('click', async () => {
    if (el.url) window.open(el.url, '_blank', 'noopener');
    if (!(await confirmFirst(el.confirm, ctx.world))) return;
    node.classList.add('busy');
    node.disabled = true;
    await ctx.act(block, el, null);
    node.classList.remove('busy');
    node.disabled = false;
  });
  return node;
}

const groupsOf = (el) => el.option_groups?.map((g) => ({ label: plain(g.label), options: g.options })) ?? [{ options: el.options ?? [] }];

const entries = (groups) => groups.map(({ label, options }) => ({
  label, items: options.map((o) => ({ value: o.value, words: plain(o.text), note: o.description && plain(o.description), url: o.url, option: o })),
}));

function people(ctx) {
  return [{ items: ctx.world.users.map((u) => ({ value: u.id, words: u.name, note: u.title, option: u.id })) }];
}

function places(ctx) {
  const open = ctx.world.conversations.filter((c) => c.kind === 'channel');
  return [{ items: open.map((c) => ({ value: c.id, words: `#${c.name}`, option: c.id })) }];
}

// A select: a button that opens a list. `groups` are its entries; options of one kind of select are whole objects.
function select(el, block, ctx, groups) {
  const many = el.type.startsWith('multi_');
  const key = (option) => option?.value ?? option;
  const words = (option) => groups.flatMap((g) => g.items).find((i) => i.value === key(option))?.words;
  const placeholder = plain(el.placeholder) || 'Choose an option';
  const label = make('span', { class: 'select-label' });
  const node = make('button', {
    type: 'button', class: 'select', 'aria-haspopup': 'listbox', 'aria-expanded': 'false', ...named(block, el),
    'data-placeholder': placeholder,
  }, label, chevron());
  const show = () => {
    const chosen = current(block, el, ctx);
    const shown = (many ? chosen ?? [] : chosen ? [chosen] : []).map(words).filter(Boolean).join(', ');
    label.textContent = shown || placeholder;
    node.classList.toggle('empty', !shown);
    node.setAttribute('aria-label', shown ? `${ctx.label ?? placeholder}: ${shown}` : ctx.label ?? placeholder);
  };
  show();
  node.addEventListener('click', async () => {
    const item = await openMenu(node, groups, { role: 'listbox', chosen: [current(block, el, ctx)].flat().map(key) });
    if (!item) return;
    const before = current(block, el, ctx) ?? [];
    const without = many ? before.filter((o) => key(o) !== item.value) : [];
    const content = many ? (without.length < before.length ? without : [...before, item.option]) : item.option;
    const kept = put(block, el, ctx, content);
    show();
    await kept;
  });
  return node;
}

const chevron = () => {
  const node = make('span', { class: 'chevron', 'aria-hidden': 'true' });
  return node;
};

function overflow(el, block, ctx) {
  const node = make('button', {
    type: 'button', class: 'button overflow', 'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-label': 'More actions', ...named(block, el),
  }, '⋯');
  node.addEventListener('click', async () => {
    const item = await openMenu(node, entries(groupsOf(el)), { role: 'menu', chosen: [] });
    if (!item) return;
    if (item.url) window.open(item.url, '_blank', 'noopener');
    if (await confirmFirst(el.confirm, ctx.world)) await ctx.act(block, el, { selected_option: item.option });
  });
  return node;
}

function choices(el, block, ctx) {
  const one = el.type === 'radio_buttons';
  const group = make('div', { class: 'choices', role: one ? 'radiogroup' : 'group', 'aria-label': ctx.label, ...named(block, el) });
  const name = `${block.block_id}-${el.action_id}-${Math.random().toString(36).slice(2)}`;
  const chosen = [current(block, el, ctx) ?? []].flat().map((o) => o?.value);
  for (const option of el.options ?? []) {
    const box = make('input', { type: one ? 'radio' : 'checkbox', name, value: option.value, checked: chosen.includes(option.value) });
    box.addEventListener('change', () => {
      const picked = [...group.querySelectorAll('input:checked')].map((b) => el.options.find((o) => o.value === b.value));
      put(block, el, ctx, one ? picked[0] ?? null : picked);
    });
    const note = option.description && make('small', {}, text(option.description, ctx.world));
    group.append(make('label', { class: 'choice' }, box, make('span', {}, text(option.text, ctx.world), note)));
  }
  return group;
}

function textInput(el, block, ctx) {
  const kinds = { url_text_input: 'url', email_text_input: 'email' };
  const tag = el.multiline ? 'textarea' : 'input';
  const node = make(tag, {
    class: 'field', ...named(block, el), 'aria-label': ctx.label, placeholder: plain(el.placeholder),
    type: el.multiline ? null : kinds[el.type] ?? 'text', inputmode: el.type === 'number_input' ? 'decimal' : null,
    maxlength: el.max_length, rows: el.multiline ? 4 : null, autofocus: el.focus_on_load === true,
  });
  node.value = current(block, el, ctx) ?? '';
  node.addEventListener('input', () => {
    if (ctx.values) ((ctx.values[block.block_id] ??= {})[el.action_id] = { type: el.type, value: node.value || null });
  });
  return node;
}

function datepicker(el, block, ctx) {
  const node = make('input', { type: 'date', class: 'field picker', ...named(block, el), 'aria-label': ctx.label ?? (plain(el.placeholder) || 'Date') });
  node.value = current(block, el, ctx) ?? '';
  node.addEventListener('change', () => put(block, el, ctx, node.value || null));
  return node;
}

function timepicker(el, block, ctx) {
  const node = make('input', { type: 'time', class: 'field picker', ...named(block, el), 'aria-label': ctx.label ?? (plain(el.placeholder) || 'Time') });
  node.value = current(block, el, ctx) ?? '';
  node.addEventListener('change', () => put(block, el, ctx, node.value || null));
  return node;
}

// Unix seconds of a wall-clock time in a zone: guessed as UTC, then put right by what the zone makes of the guess.
export function epoch(date, time, tz) {
  const wanted = Date.parse(`${date}T${time}:00Z`) / 1000;
  let guess = wanted;
  for (let i = 0; i < 3; i += 1) guess += wanted - Date.parse(`${wall(guess, tz).join('T')}:00Z`) / 1000;
  return guess;
}

export function wall(seconds, tz) {
  const date = instant(seconds, tz, { year: 'numeric', month: '2-digit', day: '2-digit' }).replace(/(\d+)\/(\d+)\/(\d+)/, '$3-$1-$2');
  const time = instant(seconds, tz, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return [date, time];
}

function datetimepicker(el, block, ctx) {
  const { tz } = ctx.world;
  const [date, time] = wall(current(block, el, ctx) ?? ctx.world.now, tz);
  const day = make('input', { type: 'date', class: 'field picker', value: date, 'aria-label': `${ctx.label ?? 'When'}: date` });
  const clock = make('input', { type: 'time', class: 'field picker', value: time, 'aria-label': `${ctx.label ?? 'When'}: time` });
  const changed = () => put(block, el, ctx, day.value && clock.value ? epoch(day.value, clock.value, tz) : null);
  day.addEventListener('change', changed);
  clock.addEventListener('change', changed);
  return make('div', { class: 'pickers', ...named(block, el) }, day, clock);
}

export function element(el, block, ctx) {
  switch (el.type) {
    case 'button': return button(el, block, ctx);
    case 'overflow': return overflow(el, block, ctx);
    case 'static_select': case 'multi_static_select': return select(el, block, ctx, entries(groupsOf(el)));
    case 'users_select': case 'multi_users_select': return select(el, block, ctx, people(ctx));
    case 'conversations_select': case 'channels_select': return select(el, block, ctx, places(ctx));
    case 'radio_buttons': case 'checkboxes': return choices(el, block, ctx);
    case 'plain_text_input': case 'url_text_input': case 'email_text_input': case 'number_input': return textInput(el, block, ctx);
    case 'datepicker': return datepicker(el, block, ctx);
    case 'timepicker': return timepicker(el, block, ctx);
    case 'datetimepicker': return datetimepicker(el, block, ctx);
    default: return make('span', { class: 'unknown-inline', 'data-unknown': el.type }, `This page can't show a ${el.type}`);
  }
}
