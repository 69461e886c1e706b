"""Writes each documented response as a literal of the type that a generator gives it, and prints those that a TypeScript compiler accepts.

    type_responses.py openapi-typescript|hey-api FILE COMPILER… < responses.jsonl

FILE is written beside what the generator made. COMPILER is the command to check it with.
"""

import json
import re
import subprocess
import sys

# Responses are open objects, in which a compiler accepts every field. Without what makes them open, it accepts those that are declared.
DECLARED = """
type Known<T> = { [K in keyof T as string extends K ? never : number extends K ? never : K]: Declared<T[K]> };
type Declared<T> = T extends readonly (infer Item)[] ? Declared<Item>[]
    : T extends object ? (keyof Known<T> extends never ? { [K in keyof T]: Declared<T[K]> } : Known<T>)
    : T;
"""

IMPORTS = {
    "openapi-typescript": "import type { operations } from './rokka';",
    "hey-api": "import type * as types from './client';",
}


def type_of(generator, operation, status):
    if generator == "openapi-typescript":
        return f"operations['{operation}']['responses'][{status}]['content']['application/json']"
    kind = "Responses" if status < 300 else "Errors"
    return f"types.{operation[0].upper()}{operation[1:]}{kind}[{status}]"


def main(generator, file, *compiler):
    responses = [json.loads(line) for line in sys.stdin]
    source = [IMPORTS[generator], *DECLARED.splitlines()]
    first = len(source) + 1
    for one in responses:
        literal = json.dumps(one["value"], ensure_ascii=False)
        source.append(f"export const r{len(source)}: Declared<{type_of(generator, one['operation'], one['status'])}> = {literal};")
    with open(file, "w", encoding="utf-8") as written:
        written.write("\n".join(source) + "\n")
    compiled = subprocess.run([*compiler, file], capture_output=True, text=True)
    errors = {}
    for line in compiled.stdout.splitlines():
        # Continuations of a message are indented.
        if match := re.match(r"\S*?\((\d+),\d+\): error (.*)", line):
            errors.setdefault(int(match[1]), match[2])
    if compiled.returncode and not errors:
        sys.exit(compiled.stdout + compiled.stderr)
    for line, one in enumerate(responses, first):
        told = {"error": errors.pop(line)} if line in errors else {"value": one["value"]}
        print(json.dumps({"response": one["response"], **told}))
    if errors:
        sys.exit(f"{file}: {errors}")


if __name__ == "__main__":
    main(*sys.argv[1:])
