// Decodes responses with the generated TypeScript client, and calls the loopback service with it.
// Arguments: the file of cases, the base URL, a large file, the secret.
import * as generated from './index';

declare const require: any, process: any;
const fs = require('fs');
const util = require('util');
const client: any = generated;

const [cases, base, large, secret]: string[] = process.argv.slice(2);
const tell = (line: object) => fs.writeSync(1, JSON.stringify(line) + '\n');

// The type is the one that the generated method promises: a model, a list of models, or something without a decoder.
function converter(type: string, way: string): (json: any) => any {
    const list = /^Array<(.*)>$/.exec(type);
    if (list) {
        const each = converter(list[1], way);
        return json => json.map(each);
    }
    const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
    if (map) {
        const each = converter(map[1], way);
        return json => Object.fromEntries(Object.entries(json).map(([key, value]) => [key, each(value)]));
    }
    return client[type + way] ?? ((json: any) => json);
}

for (const one of JSON.parse(fs.readFileSync(cases, 'utf8'))) {
    try {
        const read = converter(one.type, 'FromJSON')(JSON.parse(one.body));
        tell({ case: one.case, value: JSON.parse(JSON.stringify(converter(one.type, 'ToJSON')(read) ?? null)) });
    } catch (thrown: any) {
        tell({ case: one.case, error: String(thrown) });
    }
}

function peak(): number | null {
    try {
        return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))![1]);
    } catch {
        return null;
    }
}

async function step(name: string, call: (images: any) => Promise<any>) {
    try {
        fs.writeFileSync('/proc/self/clear_refs', '5');
    } catch {}
    const images = new client.SourceimagesApi(new client.Configuration({ basePath: `${base}/${name}`, apiKey: secret }));
    const before = peak();
    let done: any;
    try {
        const value = await call(images);
        done = { value: value == null ? 'nothing' : value.constructor.name };
    } catch (thrown: any) {
        done = { error: String(thrown), status: thrown.response?.status, body: await thrown.response?.text() };
    }
    const after = peak();
    tell({ step: name, memory: before && after ? after - before : null, ...done });
}

(async () => {
    const image = { organization: 'acme', hash: '3f9a21' };
    await step('upload', async images => images.createSourceImage({ organization: 'acme', filedata: await fs.openAsBlob(large) }));
    await step('download', images => images.downloadSourceImage(image));
    await step('filters', images => images.listSourceImages({ organization: 'acme', filters: { 'user:int:sku': '[4000,}' } }));
    await step('html', images => images.getSourceImage(image));
    await step('flat', images => images.getSourceImage(image));
    await step('no-content', images => images.putSourceImageOptionsProtected({ ...image, body: true }));
    await step('busy', images => images.getSourceImage(image));
    await step('redirect', images => images.getSourceImage(image));
    await step('path', images => images.getSourceImageMetaUserWithName({ ...image, metaName: 'a b/../c?d' }));
    const configuration = new client.Configuration({ apiKey: secret, accessToken: secret });
    tell({ step: 'print', shows: util.inspect(configuration, { depth: 9 }).includes(secret) });
    tell({ step: 'print-model', shows: util.inspect(client.ApiKeyFromJSON({ id: '1', api_key: secret })).includes(secret) });
})();
