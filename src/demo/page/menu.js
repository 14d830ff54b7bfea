// The list that a select or an overflow button opens. Lives in the top layer, inside the dialog it was opened from.

import { make } from './mrkdwn.js';

const SEARCH_FROM = 9;

function place(menu, anchor) {
  const at = anchor.getBoundingClientRect();
  menu.style.minWidth = `${Math.max(at.width, 180)}px`;
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + 4 + height < window.innerHeight || at.top < height;
  menu.style.top = `${Math.max(8, below ? Math.min(at.bottom + 4, window.innerHeight - height - 8) : at.top - height - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - width - 8))}px`;
}

// Moves the focus among the entries that are shown.
function onArrows(menu, event) {
  const shown = [...menu.querySelectorAll('[data-option]:not([hidden])')];
  const at = shown.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? shown.length - 1 : at - 1, Home: 0, End: shown.length - 1 }[event.key];
  if (to === undefined || !shown.length) return;
  event.preventDefault();
  shown[(to + shown.length) % shown.length].focus();
}

function search(menu) {
  const box = make('input', { type: 'search', class: 'field menu-search', placeholder: 'Search', 'aria-label': 'Search the options' });
  box.addEventListener('input', () => {
    const wanted = box.value.toLowerCase();
    menu.querySelectorAll('[data-option]').forEach((o) => { o.hidden = !o.textContent.toLowerCase().includes(wanted); });
  });
  return box;
}

// Resolves to the entry chosen, or to nothing where the list was closed.
export function openMenu(anchor, groups, { role, chosen }) {
  return new Promise((resolve) => {
    const menu = make('div', { class: 'menu-list', popover: 'auto', role });
    let picked;
    const items = groups.flatMap((g) => g.items);
    if (items.length >= SEARCH_FROM) menu.append(search(menu));
    for (const { label, items } of groups) {
      if (label) menu.append(make('div', { class: 'menu-group' }, label));
      for (const item of items) {
        const isChosen = chosen.includes(item.value);
        const entry = make('button', {
          type: 'button', role: role === 'menu' ? 'menuitem' : 'option', 'data-option': item.value, class: isChosen ? 'chosen' : null,
          'aria-selected': role === 'listbox' ? String(isChosen) : null,
        }, make('span', {}, item.words), item.note ? make('small', {}, item.note) : null);
        entry.addEventListener('click', () => { picked = item; menu.hidePopover(); });
        menu.append(entry);
      }
    }
    menu.addEventListener('keydown', (event) => onArrows(menu, event));
    menu.addEventListener('toggle', (event) => {
      if (event.newState === 'open') return;
      menu.remove();
      anchor.setAttribute('aria-expanded', 'false');
      anchor.focus();
      resolve(picked);
    });
    (anchor.closest('dialog') ?? document.body).append(menu);
    menu.showPopover();
    anchor.setAttribute('aria-expanded', 'true');
    place(menu, anchor);
    (menu.querySelector('.menu-search') ?? menu.querySelector('.chosen') ?? menu.querySelector('[data-option]'))?.focus();
  });
}
