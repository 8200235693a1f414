'use strict';
// Uploads of the submit page. The rows of the form are the truth: a file whose
// row is gone was removed, or is part of an ingest by now.
(() => {
  const form = document.getElementById('submit-form');
  if (!form || !window.tus) return;
  const byId = (id) => document.getElementById(id);
  const text = (key, values = {}) => (form.dataset[key] || '').replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');

  const atOnce = 2;
  const chunk = 64 * 1024 * 1024; // a proxy that gathers requests holds no more
  const prefix = 'orchestrate|' + form.dataset.tenant + '|';
  const storage = tus.defaultOptions.urlStorage;
  const uploads = new Map(); // by the key of a row
  let held = false; // to be submitted when all is uploaded

  const row = (key) => form.querySelector(`[data-file="${key}"]`);
  const fingerprint = (file) => prefix + [file.name, file.size, file.lastModified].join('|');
  const all = () => [...uploads.values()];
  const busy = () => all().filter((u) => u.state !== 'done');
  const percent = (sent, size) => (size ? Math.floor((100 * sent) / size) : 100);

  function add(files) {
    const known = new Set(all().map((u) => fingerprint(u.file)));
    let fresh = false;
    for (const file of files) {
      if (known.has(fingerprint(file))) continue;
      known.add(fingerprint(file));
      const key = 'f' + [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, '0')).join('');
      uploads.set(key, {key, file, state: 'waiting', sent: 0, rate: 0, uri: '', problem: ''});
      const fields = document.createElement('span');
      fields.dataset.incoming = key;
      for (const [name, value] of [['file', key], ['name.' + key, file.name], ['size.' + key, file.size]]) {
        const input = document.createElement('input');
        Object.assign(input, {type: 'hidden', name, value});
        fields.append(input);
      }
      byId('incoming').append(fields);
      fresh = true;
    }
    if (fresh) byId('match').click();
  }

  // settle brings uploads and rows together after the server has sent rows.
  function settle() {
    for (const fields of byId('incoming').querySelectorAll('[data-incoming]')) {
      if (row(fields.dataset.incoming)) fields.remove();
    }
    for (const u of all()) {
      if (row(u.key)) paint(u);
      else if (!byId('incoming').querySelector(`[data-incoming="${u.key}"]`)) drop(u);
    }
    if (all().length === 0) held = false;
    next();
    tell();
    form.dispatchEvent(new Event('replan'));
  }

  function drop(u) {
    uploads.delete(u.key);
    if (u.upload && u.state !== 'done') u.upload.abort(true).catch(() => {}); // The server lets go of it in a day anyway.
    forget(fingerprint(u.file));
  }

  async function forget(print) {
    for (const found of await storage.findUploadsByFingerprint(print)) await storage.removeUpload(found.urlStorageKey);
  }

  function next() {
    let running = all().filter((u) => u.state === 'running').length;
    for (const u of all()) {
      if (running >= atOnce) return;
      if (u.state === 'waiting' && row(u.key)) {
        running++;
        begin(u);
      }
    }
  }

  async function begin(u) {
    u.state = 'running';
    u.mark = {at: performance.now(), sent: u.sent};
    paint(u);
    u.upload ??= make(u);
    u.found ??= u.upload.findPreviousUploads();
    const [earlier] = await u.found;
    if (earlier && !u.upload.url) u.upload.resumeFromPreviousUpload(earlier);
    if (u.state === 'running' && uploads.has(u.key)) u.upload.start();
  }

  function make(u) {
    return new tus.Upload(u.file, {
      endpoint: form.dataset.uploads, chunkSize: chunk, retryDelays: [0, 1000, 3000, 8000, 20000],
      headers: {'X-Vimond-Tenant': form.dataset.tenant}, metadata: {filename: u.file.name},
      fingerprint: async (file) => fingerprint(file), removeFingerprintOnSuccess: false,
      onShouldRetry: (error) => {
        const status = statusOf(error);
        return status === 0 || [408, 409, 423, 429].includes(status) || (status >= 500 && status !== 507);
      },
      onProgress: (sent) => progress(u, sent),
      onSuccess: () => {
        u.uri = 'upload:' + u.upload.url.split('/').pop();
        end(u, 'done');
      },
      onError: (error) => {
        u.problem = problem(error);
        end(u, 'failed');
      },
    });
  }

  function progress(u, sent) {
    const now = performance.now();
    u.sent = sent;
    if (now - u.mark.at > 1000) {
      u.rate = (sent - u.mark.sent) / (now - u.mark.at) / 1000; // MB/s
      u.mark = {at: now, sent};
    }
    paint(u);
    tell();
  }

  function end(u, state) {
    u.state = state;
    if (!uploads.has(u.key)) return;
    paint(u);
    next();
    tell();
    form.dispatchEvent(new Event('replan'));
    if (held && busy().length === 0) {
      held = false;
      form.requestSubmit(byId('send'));
    }
  }

  const statusOf = (error) => error.originalResponse?.getStatus() ?? 0;

  function problem(error) {
    const status = statusOf(error);
    let detail = '';
    try {
      detail = JSON.parse(error.originalResponse.getBody()).detail || '';
    } catch { /* No answer, or not the server's. */ }
    return text(form.dataset['error' + status] ? 'error' + status : 'error', {detail});
  }

  function paint(u) {
    const li = row(u.key);
    if (!li) return;
    const done = percent(u.sent, u.file.size);
    li.dataset.state = u.state;
    li.querySelector('progress').value = u.state === 'done' ? 100 : done;
    li.querySelector('.submit-state').textContent = u.state === 'failed' ? u.problem : text(u.state, {percent: done, rate: u.rate.toFixed(1)});
    li.querySelector(`input[name="uri.${u.key}"]`).value = u.uri;
    const toggle = li.querySelector('[data-toggle]');
    toggle.hidden = u.state === 'done';
    toggle.textContent = text(['running', 'waiting'].includes(u.state) ? 'pause' : 'resume');
    toggle.setAttribute('aria-label', toggle.textContent + ': ' + u.file.name);
  }

  // tell says how far all is, in steps of ten percent, so that whoever listens to
  // the page is not told of every one.
  function tell() {
    const files = all();
    const size = files.reduce((sum, u) => sum + u.file.size, 0);
    const sent = files.reduce((sum, u) => sum + (u.state === 'done' ? u.file.size : u.sent), 0);
    const left = busy();
    let state = '';
    if (left.length > 0) {
      const values = {done: files.length - left.length, all: files.length, percent: Math.floor(percent(sent, size) / 10) * 10};
      state = text('progress', values) + (held ? ' ' + text('held') : '');
    } else if (files.length > 0) {
      state = text('finished');
    }
    const failed = left.filter((u) => u.state === 'failed').map((u) => u.file.name + ': ' + u.problem);
    state = [state, ...failed].join(' ');
    if (byId('upload-state').textContent !== state) byId('upload-state').textContent = state;
    byId('send').textContent = text(held ? 'hold' : 'send');
  }

  form.addEventListener('click', (event) => {
    const key = event.target.closest('[data-toggle]')?.closest('[data-file]').dataset.file;
    const u = uploads.get(key);
    if (!u) return;
    if (u.state === 'running' || u.state === 'waiting') {
      u.state = 'paused';
      u.upload?.abort();
    } else {
      u.state = 'waiting';
    }
    paint(u);
    next();
    tell();
  });

  // Submitted while something is uploading, it waits for that, or waits no more.
  form.addEventListener('submit', (event) => {
    if (event.submitter?.id !== 'send' || busy().length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = !held;
    tell();
  }, true);

  // What is typed while the server answers is not in its answer.
  const edited = new Map(); // value by the name of a field
  form.addEventListener('input', (event) => {
    if (event.target.closest('#work') && event.target.name) edited.set(event.target.name, event.target.value);
  });
  const isForm = (event) => ['work', 'submit-form'].includes(event.detail.target?.id);
  document.body.addEventListener('htmx:configRequest', (event) => {
    if (isForm(event)) edited.clear();
  });

  // restore gives whether what belongs together has changed since.
  function restore() {
    let changed = false;
    for (const [name, value] of edited) {
      const field = form.elements.namedItem(name);
      if (!field) continue;
      changed ||= /^(with|kind)[.]/.test(name) && field.value !== value;
      field.value = value;
    }
    edited.clear();
    return changed;
  }

  function mark() {
    for (const p of form.querySelectorAll('.submit-problem')) {
      for (const field of form.querySelectorAll(`[aria-describedby="${p.id}"]`)) {
        field.toggleAttribute('aria-invalid', false);
        if (p.textContent) field.setAttribute('aria-invalid', 'true');
      }
    }
  }

  document.body.addEventListener('htmx:afterSettle', (event) => {
    mark();
    if (!isForm(event)) return;
    const again = restore();
    settle();
    if (again) byId('match').click();
    if (event.detail.requestConfig?.elt === form) (form.querySelector('.submit-review') ?? byId('done-head'))?.focus();
  });

  byId('chooser').addEventListener('change', (event) => {
    add(event.target.files);
    event.target.value = '';
  });

  const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
  document.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    byId('drop').classList.add('over');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) byId('drop').classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    byId('drop').classList.remove('over');
    const items = [...event.dataTransfer.items].filter((item) => item.kind === 'file');
    const folders = items.filter((item) => item.webkitGetAsEntry?.()?.isDirectory);
    add(items.filter((item) => !folders.includes(item)).map((item) => item.getAsFile()).filter(Boolean));
    if (folders.length > 0) byId('upload-state').textContent = text('folder');
  });

  addEventListener('beforeunload', (event) => {
    if (all().some((u) => u.state === 'running' || u.state === 'waiting')) event.preventDefault();
  });

  // What earlier visits began. The server keeps it for a day.
  async function earlier() {
    const names = [];
    for (const found of await storage.findAllUploads()) {
      if (!found.urlStorageKey.startsWith('tus::' + prefix)) continue;
      if (Date.now() - Date.parse(found.creationTime) > 24 * 3600 * 1000) await storage.removeUpload(found.urlStorageKey);
      else if (found.metadata?.filename) names.push(found.metadata.filename);
    }
    byId('earlier').textContent = text('earlier', {names: names.join(', ')});
    byId('earlier').hidden = names.length === 0;
  }

  byId('drop').hidden = false;
  earlier();
})();
