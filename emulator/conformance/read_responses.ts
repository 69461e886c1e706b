// Reads each documented response with the TypeScript client (fetch) of OpenAPI Generator, by its operation, and prints it as the
// client encodes it. It is compiled in the folder of the client.
import * as generated from './index';
import { readEach } from './read_each_response';

type Model = string | { list: Model } | { map: Model } | null;
const client: any = generated;
const plain = (name: string) => name.toLowerCase();

const operations: Record<string, any> = {};
for (const [name, api] of Object.entries<any>(client)) {
    if (name.endsWith('Api')) {
        for (const method of Object.getOwnPropertyNames(api.prototype)) operations[method] = api;
    }
}

function encoder(model: Model): (value: any) => any {
    if (model === null) return value => value;
    if (typeof model === 'string') return client[`${model}ToJSON`];
    if ('list' in model) {
        const each = encoder(model.list);
        return list => list.map(each);
    }
    const each = encoder(model.map);
    return map => Object.fromEntries(Object.entries(map).map(([key, value]) => [key, each(value)]));
}

async function read(one: any): Promise<any> {
    const headers = { 'Content-Type': 'application/json' };
    const fetchApi = async () => new Response(JSON.stringify(one.value), { status: one.status, headers });
    const api = new operations[one.operation](new client.Configuration({ fetchApi }));
    const given: Record<string, any> = {};
    for (const { name, value } of one.parameters) given[plain(name)] = value;
    for (const part of one.form ?? []) given[plain(part)] = new Blob([]);
    const parameters = new Proxy(given, { get: (values, name: string) => values[plain(name)] });
    for (;;) {
        try {
            return encoder(one.model)(await api[one.operation](parameters));
        } catch (error: any) {
            if (error instanceof client.RequiredError && !(plain(error.field) in given)) {
                // The generator names the parameter for the body.
                const { schema, value } = one.body;
                given[plain(error.field)] = (client[`${schema}FromJSON`] ?? ((json: any) => json))(value);
            } else if (error instanceof client.ResponseError && error.response.status === one.status) {
                // The client does not decode errors itself; its user has their model for it.
                return client.ModelErrorToJSON(client.ModelErrorFromJSON(await error.response.json()));
            } else {
                throw error;
            }
        }
    }
}

readEach(read);
