// The script of the page. The server writes all HTML; what changes something is a request to the API itself.
'use strict';

const { organization, page } = document.body.dataset;

// --- Messages and small things

/** Shows a message, which screen readers read. */
function say(text, { failed = false, link } = {}) {
    const message = document.createElement('p');
    message.className = failed ? 'failed' : '';
    message.append(text);
    if (link) {
        const anchor = document.createElement('a');
        anchor.href = link.href;
        anchor.textContent = link.text;
        message.append(' ', anchor);
    }
    const close = document.createElement('button');
    close.type = 'button';
    close.textContent = '×';
    close.setAttribute('aria-label', 'Close the message');
    close.addEventListener('click', () => message.remove());
    message.append(close);
    const messages = document.getElementById('messages');
    messages.append(message);
    while (messages.children.length > 4) messages.firstChild.remove();
    if (!failed) setTimeout(() => message.remove(), 12000);
}

const bytes = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const sizeOf = (length) => (length < 1024 ? `${length} bytes` : `${bytes.format(length / 1024)} KB`);

async function copy(source) {
    const text = source.textContent;
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        // Without a secure context there is no clipboard: select the text instead.
        const selection = getSelection();
        selection.selectAllChildren(source);
        if (!document.execCommand('copy')) return say('Press Ctrl-C: the text is selected.');
    }
    say('Copied.');
}

/** Shows dates in the time of this browser. */
function localizeTimes(root) {
    for (const time of root.querySelectorAll('time[datetime]')) {
        const date = new Date(time.dateTime);
        if (Number.isNaN(date.valueOf())) continue;
        time.textContent = time.closest('.log') ? date.toLocaleTimeString() : date.toLocaleString();
    }
}

/** Says what a rendering is, and what it lacks. The picture itself comes from the cache. */
async function describe(image, place) {
    place.textContent = `${image.naturalWidth} × ${image.naturalHeight}`;
    const response = await fetch(image.currentSrc, { cache: 'force-cache' });
    const { size, type } = await response.blob();
    const lacks = response.headers.get('X-Rokka-Emulator-Unsupported');
    place.textContent += `, ${type}, ${sizeOf(size)}${lacks ? `; without ${lacks}` : ''}`;
}

function watchPictures(root) {
    for (const image of root.querySelectorAll('.picture img')) {
        const measure = () => {
            const place = image.closest('figure')?.querySelector('[data-size]');
            if (place) describe(image, place);
        };
        const fail = () => image.closest('.picture').classList.add('broken');
        image.addEventListener('load', measure);
        image.addEventListener('error', fail);
        if (image.complete && image.getAttribute('src')) (image.naturalWidth ? measure : fail)();
    }
}

// --- The API

let key = document.body.dataset.key ?? sessionStorage.getItem('rokka-api-key');

/** Asks for the key where the page does not have it. */
function askForKey() {
    const dialog = document.getElementById('key-dialog');
    return new Promise((resolve) => {
        dialog.returnValue = '';
        dialog.addEventListener('close', () => {
            const field = document.getElementById('key');
            if (dialog.returnValue === 'use') {
                key = field.value.trim();
                sessionStorage.setItem('rokka-api-key', key);
            }
            field.value = '';
            resolve(dialog.returnValue === 'use');
        }, { once: true });
        dialog.showModal();
    });
}

/** Sends a request to the API, and returns status, location and JSON; throws an error with the message of the API. */
async function api(method, path, { json, form } = {}) {
    if (!key && !(await askForKey())) throw new Error('No key, no change.');
    const headers = { 'Api-Key': key, 'Api-Version': '1' };
    if (json !== undefined) headers['Content-Type'] = 'application/json';
    const response = await fetch(path, { method, headers, body: json ?? form });
    const text = await response.text();
    let body = null;
    try {
        body = JSON.parse(text);
    } catch {
        // Not every response has JSON.
    }
    if (!response.ok) {
        if (body?.invalid_authentication && !document.body.dataset.key) {
            key = null;
            sessionStorage.removeItem('rokka-api-key');
        }
        const message = body?.error?.message ?? body?.message ?? response.statusText;
        throw new Error(`${response.status}: ${message}`);
    }
    const location = response.headers.get('Location');
    return { status: response.status, hash: location?.split('/').pop() ?? body?.hash, json: body };
}

// --- Moving between pages without losing the messages

const imagePage = (hash) => `${page}/${organization}/images/${hash}`;

/** Loads a page into the place of this one. */
async function show(url, { replace = false, focus } = {}) {
    const response = await fetch(url, { headers: { Accept: 'text/html' } });
    const loaded = new DOMParser().parseFromString(await response.text(), 'text/html');
    document.querySelector('main').replaceWith(document.adoptNode(loaded.querySelector('main')));
    document.title = loaded.title;
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
    shown = location.pathname + location.search;
    start();
    document.querySelector(focus ?? 'main')?.focus({ preventScroll: true });
}

let shown = location.pathname + location.search;
addEventListener('popstate', () => {
    // A link within the page is no other page.
    if (location.pathname + location.search !== shown) location.reload();
});

/** Shows what became of a change. */
async function changed(method, path, result) {
    const hash = location.pathname.startsWith(`${page}/${organization}/images/`)
        ? location.pathname.split('/').pop()
        : null;
    const isNew = result.hash && hash && result.hash !== hash && path.startsWith('/sourceimages/');
    say(`${method}: ${result.status}.${isNew ? ` New hash: ${result.hash}` : ''}`);
    await show(isNew ? imagePage(result.hash) : location.href, { replace: !isNew });
}

function startForms(root) {
    for (const button of root.querySelectorAll('button[data-method]')) {
        button.addEventListener('click', async () => {
            const { method, path, body } = button.dataset;
            button.disabled = true;
            try {
                await changed(method, path, await api(method, path, body === undefined ? {} : { json: body }));
            } catch (error) {
                say(error.message, { failed: true });
                button.disabled = false;
            }
        });
    }
    for (const form of root.querySelectorAll('form[data-method]')) {
        form.addEventListener('submit', async (event) => {
            event.preventDefault();
            const { method, path } = form.dataset;
            try {
                await changed(method, path, await api(method, path, { json: new FormData(form).get('json') }));
            } catch (error) {
                say(error.message, { failed: true });
            }
        });
    }
}

// --- Upload

async function upload(files) {
    const form = document.getElementById('upload');
    const path = form?.dataset.path ?? `/sourceimages/${organization}`;
    const isProtected = document.getElementById('upload-protected')?.checked;
    const progress = document.getElementById('upload-progress');
    const hashes = [];
    if (progress) Object.assign(progress, { hidden: false, max: files.length, value: 0 });
    for (const file of files) {
        const body = new FormData();
        body.append('filedata', file, file.name);
        if (isProtected) body.append('options[0]', JSON.stringify({ protected: true }));
        try {
            const { json } = await api('POST', path, { form: body });
            hashes.push(json.items[0].hash);
        } catch (error) {
            say(`${file.name}: ${error.message}`, { failed: true });
        }
        if (progress) progress.value += 1;
    }
    if (progress) progress.hidden = true;
    if (hashes.length === 0) return;
    const link = { href: imagePage(hashes[0]), text: hashes[0] };
    say(hashes.length === 1 ? 'Uploaded:' : `Uploaded ${hashes.length} files, the first one:`, { link });
    await show(form ? location.href : `${page}/${organization}`, { replace: Boolean(form) });
}

function startUpload(root) {
    const files = root.querySelector('#files');
    files?.addEventListener('change', () => {
        const chosen = [...files.files];
        files.value = '';
        upload(chosen);
    });
}

const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.add('dropping');
});
addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) document.body.classList.remove('dropping');
});
addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove('dropping');
    upload([...event.dataTransfer.files]);
});

// --- The subject area

function startArea(root) {
    const editor = root.querySelector('#area-editor');
    if (!editor) return;
    const stage = editor.querySelector('#stage');
    const box = editor.querySelector('#area');
    const form = editor.querySelector('#area-form');
    const status = editor.querySelector('#area-status');
    const full = { width: Number(editor.dataset.width), height: Number(editor.dataset.height) };
    const fields = Object.fromEntries(
        ['x', 'y', 'width', 'height'].map((name) => [name, form.elements.namedItem(name)]),
    );
    const read = () => (box.hidden ? null : Object.fromEntries(
        Object.entries(fields).map(([name, field]) => [name, Number(field.value)]),
    ));
    const stored = fields.x.value === '' ? null : Object.fromEntries(
        Object.entries(fields).map(([name, field]) => [name, Number(field.value)]),
    );
    const clamp = (value, low, high) => Math.min(Math.max(Math.round(value), low), high);

    /** Puts the box and the numbers where the area is, within the picture. */
    function place(area) {
        box.hidden = !area;
        if (!area) return;
        const width = clamp(area.width, 1, full.width);
        const height = clamp(area.height, 1, full.height);
        const within = { x: clamp(area.x, 0, full.width - width), y: clamp(area.y, 0, full.height - height), width, height };
        for (const [name, field] of Object.entries(fields)) field.value = within[name];
        box.style.left = `${(within.x / full.width) * 100}%`;
        box.style.top = `${(within.y / full.height) * 100}%`;
        box.style.width = `${(width / full.width) * 100}%`;
        box.style.height = `${(height / full.height) * 100}%`;
        box.classList.toggle('unsent', Object.keys(within).some((name) => within[name] !== stored?.[name]));
        status.textContent = `x ${within.x}, y ${within.y}, ${width} by ${height} pixels`;
    }

    async function send(method, area) {
        const mode = form.querySelector('#area-mode').value;
        const query = mode ? `?${mode}=true` : '';
        const focus = document.activeElement === box ? '#area' : undefined;
        try {
            const result = await api(method, editor.dataset.path + query, area && { json: JSON.stringify(area) });
            const isNew = !location.pathname.endsWith(`/${result.hash}`);
            say(`${method} subject_area: ${result.status}. ${isNew ? 'New hash:' : 'The hash stays:'} ${result.hash}`);
            await show(imagePage(result.hash), { replace: !isNew, focus });
        } catch (error) {
            say(error.message, { failed: true });
            place(stored);
        }
    }

    /** Turns a position of the pointer into pixels of the image. */
    function position(event) {
        const frame = stage.getBoundingClientRect();
        return {
            x: ((event.clientX - frame.left) / frame.width) * full.width,
            y: ((event.clientY - frame.top) / frame.height) * full.height,
        };
    }

    let drag = null;
    stage.addEventListener('pointerdown', (event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        const at = position(event);
        const begin = { x: clamp(at.x, 0, full.width), y: clamp(at.y, 0, full.height) };
        const corner = event.target.dataset?.corner;
        drag = { begin, corner, area: box.contains(event.target) ? read() : null, moved: false };
        stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener('pointermove', (event) => {
        if (!drag) return;
        const now = position(event);
        const [dx, dy] = [now.x - drag.begin.x, now.y - drag.begin.y];
        const perPixel = full.width / stage.getBoundingClientRect().width;
        if (!drag.moved && Math.hypot(dx, dy) < 3 * perPixel) return;
        drag.moved = true;
        const { area, corner } = drag;
        if (area && !corner) return place({ ...area, x: area.x + dx, y: area.y + dy });
        // The corner opposite of the one that is dragged stays.
        const fixed = area
            ? { x: corner.endsWith('w') ? area.x + area.width : area.x, y: corner.startsWith('n') ? area.y + area.height : area.y }
            : drag.begin;
        const moving = { x: clamp(now.x, 0, full.width), y: clamp(now.y, 0, full.height) };
        place({
            x: Math.min(fixed.x, moving.x),
            y: Math.min(fixed.y, moving.y),
            width: Math.abs(fixed.x - moving.x),
            height: Math.abs(fixed.y - moving.y),
        });
    });
    const release = (event) => {
        if (!drag) return;
        const { moved } = drag;
        drag = null;
        box.focus({ preventScroll: true });
        if (event.type === 'pointercancel') place(stored);
        else if (moved) send('PUT', read());
    };
    stage.addEventListener('pointerup', release);
    stage.addEventListener('pointercancel', release);

    box.addEventListener('keydown', (event) => {
        const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
        const area = read();
        if (event.key === 'Enter') {
            event.preventDefault();
            send('PUT', area);
        } else if (event.key === 'Escape') {
            place(stored);
        } else if (arrows[event.key]) {
            event.preventDefault();
            const step = event.shiftKey ? 1 : Math.max(1, Math.round(Math.max(full.width, full.height) / 50));
            const [dx, dy] = arrows[event.key].map((direction) => direction * step);
            place(event.ctrlKey || event.altKey
                ? { ...area, width: Math.min(area.width + dx, full.width - area.x), height: Math.min(area.height + dy, full.height - area.y) }
                : { ...area, x: area.x + dx, y: area.y + dy });
        }
    });
    form.addEventListener('input', (event) => {
        if (event.target.type !== 'number' || !form.checkValidity()) return;
        box.hidden = false;
        const field = event.target;
        const { value } = field;
        place(read());
        // What is being typed stays.
        if (Number(value) <= full[field.name === 'x' || field.name === 'width' ? 'width' : 'height']) field.value = value;
    });
    form.addEventListener('submit', (event) => {
        event.preventDefault();
        box.hidden = false;
        place(read());
        send('PUT', read());
    });
    form.querySelector('#area-delete').addEventListener('click', () => send('DELETE'));
    place(stored);
}

// --- The log

let timer = null;

function startLog(root) {
    clearTimeout(timer);
    const log = root.querySelector('#log');
    if (!log) return;
    const pause = root.querySelector('#pause');
    const isPaused = () => pause.getAttribute('aria-pressed') === 'true';
    pause.addEventListener('click', () => pause.setAttribute('aria-pressed', String(!isPaused())));

    async function poll() {
        const rows = [...log.children];
        const query = new URLSearchParams(location.search);
        query.set('after', Math.max(0, ...rows.map((row) => Number(row.dataset.number))));
        query.set('pending', rows.filter((row) => 'pending' in row.dataset).map((row) => row.dataset.number).join());
        if (rows.length === 0) query.delete('after');
        const response = await fetch(`${log.dataset.rows}?${query}`);
        if (response.status !== 200) return;
        const loaded = new DOMParser().parseFromString(`<ol>${await response.text()}</ol>`, 'text/html');
        localizeTimes(loaded);
        // From the oldest to the latest, each to its place at the top.
        for (const row of [...loaded.querySelectorAll('li')].reverse()) {
            row.classList.add('new');
            const former = log.querySelector(`[data-number="${row.dataset.number}"]`);
            if (former) former.replaceWith(row);
            else log.prepend(row);
        }
        while (log.children.length > 500) log.lastElementChild.remove();
        root.querySelector('#log-empty').hidden = true;
    }

    async function tick() {
        if (!document.hidden && !isPaused()) await poll().catch(() => {});
        if (!log.isConnected) return;
        clearTimeout(timer);
        timer = setTimeout(tick, 1000);
    }
    timer = setTimeout(tick, 1000);
}

// --- The start

function start() {
    const root = document.querySelector('main');
    for (const button of root.querySelectorAll('[data-copy]')) {
        button.addEventListener('click', () => copy(document.getElementById(button.dataset.copy)));
    }
    localizeTimes(root);
    watchPictures(root);
    startForms(root);
    startUpload(root);
    startArea(root);
    startLog(root);
}

start();
