// Counts calls, and what they should have returned and did not.
import { isDeepStrictEqual } from 'node:util'

let calls = 0
let failures = 0

function fail(text) {
  failures += 1
  console.log(`FAILED ${text}`)
}

/**
 * Makes a call and returns its result; a failure is noted, and the next call follows.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} run
 * @returns {Promise<T | undefined>}
 */
export async function call(name, run) {
  calls += 1
  try {
    return await run()
  } catch (error) {
    const reason = error?.body ?? error?.response ?? error
    fail(`${name}: ${reason instanceof Error ? reason.stack : JSON.stringify(reason)}`)
    return undefined
  }
}

/**
 * Notes a value that differs from the expected one.
 * @param {string} name
 * @param {unknown} found
 * @param {unknown} expected
 */
export function same(name, found, expected) {
  if (!isDeepStrictEqual(found, expected)) {
    fail(`${name}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`)
  }
}

export function holds(name, found) {
  if (!found) fail(`${name} does not hold`)
}

/** Prints the summary, and ends the program. */
export function finish() {
  console.log(`${calls} calls, ${failures} failures`)
  process.exit(failures === 0 && calls > 0 ? 0 : 1)
}
