// What the readers in TypeScript share: a response a line comes in, and what `read` returns for it goes out.
import { readFileSync } from 'node:fs';

export async function readEach(read: (one: any) => Promise<any>): Promise<void> {
    for (const line of readFileSync(0, 'utf8').trimEnd().split('\n')) {
        const one = JSON.parse(line);
        let told;
        try {
            told = { value: await read(one) };
        } catch (error) {
            told = { error: String(error) };
        }
        console.log(JSON.stringify({ response: one.response, ...told }));
    }
}
