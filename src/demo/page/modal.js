// Dialogs: the bot's modals, and *are you sure?*

import { make, plain, text } from './mrkdwn.js';

// Asks where the element wants it; resolves to whether to go on.
export function confirmFirst(confirm, world) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const answer = (yes) => make('button', { type: 'button', class: `button ${yes ? confirm.style ?? 'primary' : ''}`, 'data-confirm': yes ? 'yes' : 'no', onclick: () => dialog.close(yes ? 'yes' : 'no') },
      plain(yes ? confirm.confirm : confirm.deny));
    const dialog = make('dialog', { class: 'modal small', 'aria-label': plain(confirm.title) },
      make('header', {}, make('h2', {}, plain(confirm.title))),
      make('div', { class: 'modal-body' }, text(confirm.text, world)),
      make('footer', {}, answer(false), answer(true)));
    dialog.addEventListener('close', () => { resolve(dialog.returnValue === 'yes'); dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

let shown = null;

// Shows the view on top of the person's stack, or none. `tools` renders blocks and tells the bot.
export function showModal(view, tools) {
  if (!view) {
    shown?.dialog.remove();
    shown = null;
    return;
  }
  if (shown?.id === view.id && shown.hash === view.hash && shown.viewer === tools.viewer) return;
  const before = shown?.id === view.id ? shown.values : {};
  shown?.dialog.remove();
  const values = structuredClone(view.state?.values ?? {});
  for (const [block, actions] of Object.entries(before)) {
    for (const [action, entry] of Object.entries(actions)) {
      if (values[block]?.[action]?.type === entry.type) values[block][action] = entry;
    }
  }
  const dialog = build(view, values, tools);
  shown = { id: view.id, hash: view.hash, viewer: tools.viewer, dialog, values };
  document.body.append(dialog);
  dialog.showModal();
  const first = dialog.querySelector('[autofocus]') ?? dialog.querySelector('.modal-body :is(input, textarea, .select)');
  first?.focus();
}

function build(view, values, tools) {
  const dialog = make('dialog', { class: 'modal', 'data-view-id': view.id, 'data-callback-id': view.callback_id, 'aria-labelledby': 'modal-title' });
  const form = make('form', { method: 'dialog', novalidate: true });
  const close = (label, extra) => make('button', { type: 'button', 'data-close': true, onclick: () => tools.close(), ...extra }, label);
  const submit = view.submit && make('button', { type: 'submit', class: 'button primary', 'data-submit': true }, plain(view.submit));
  form.append(
    make('header', {}, make('img', { src: '/icon.svg', alt: '' }), make('h2', { id: 'modal-title' }, plain(view.title)),
      close('×', { class: 'icon-button', 'aria-label': 'Close' })),
    make('div', { class: 'modal-body' }, tools.blocks(view, values)),
    make('footer', {}, close(plain(view.close) || (submit ? 'Cancel' : 'Close'), { class: 'button' }), submit),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (!submit) return;
    submit.disabled = true;
    submit.classList.add('busy');
    const outcome = await tools.submit(view, values);
    submit.disabled = false;
    submit.classList.remove('busy');
    showErrors(dialog, outcome);
  });
  // Ctrl or Command and Enter submit from a multi-line field, as in Slack.
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  dialog.addEventListener('cancel', (event) => { event.preventDefault(); tools.close(); });
  dialog.append(form);
  return dialog;
}

function showErrors(dialog, outcome) {
  dialog.querySelectorAll('.field-error').forEach((e) => { e.hidden = true; });
  dialog.querySelectorAll('.has-error').forEach((e) => e.classList.remove('has-error'));
  dialog.querySelector('.modal-trouble')?.remove();
  if (!outcome.ok) {
    const words = 'We had some trouble connecting. Try again?';
    dialog.querySelector('.modal-body').prepend(make('div', { class: 'modal-trouble', role: 'alert' }, words));
  }
  for (const [block, why] of Object.entries(outcome.errors ?? {})) {
    const place = dialog.querySelector(`[data-block="${CSS.escape(block)}"]`);
    const error = place?.querySelector('.field-error');
    if (!error) continue;
    place.classList.add('has-error');
    error.textContent = why;
    error.hidden = false;
  }
  dialog.querySelector('.has-error :is(input, textarea, button)')?.focus();
}
