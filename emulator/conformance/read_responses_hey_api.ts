// Reads each documented response with the fetch client of hey-api, by its operation, and prints what it returns. It is compiled in
// the folder that contains the folder `client`.
import * as sdk from './client';
import { readEach } from './read_each_response';

const operations: any = sdk;

async function read(one: any): Promise<any> {
    const headers = { 'Content-Type': 'application/json' };
    const options: any = {
        baseUrl: 'http://rokka',
        fetch: async () => new Response(JSON.stringify(one.value), { status: one.status, headers }),
        path: {}, query: {}, header: {}, body: one.body?.value,
    };
    for (const parameter of one.parameters) options[parameter.in][parameter.name] = parameter.value;
    options.headers = options.header;
    for (const part of one.form ?? []) options.body = { ...options.body, [part]: new Blob([]) };
    const result = await operations[one.operation](options);
    if (result.response?.status !== one.status) throw result.error;
    return result.response.ok ? result.data : result.error;
}

readEach(read);
