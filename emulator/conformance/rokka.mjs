// The newest client in JavaScript, from npm, through everything that the emulator has for it.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import rokkaModule from 'rokka'
import { call, finish, holds, same } from './checks.mjs'

const { ROKKA_API, ROKKA_KEY, ROKKA_RENDER, ROKKA_SIGNING_KEY } = process.env
const rokka = (rokkaModule.default ?? rokkaModule)({
  apiKey: ROKKA_KEY,
  apiHost: ROKKA_API,
  renderHost: ROKKA_RENDER.replace('acme', '{organization}'),
  transport: { retries: 0, requestTimeout: 10_000 },
})
const picture = readFileSync('examples/assets/sailing-boat.jpg')
const { sourceimages, stacks, memberships, organizations, user, users } = rokka

/** Makes a call that has to fail with this status. */
async function refused(name, status, run) {
  await call(name, async () => {
    try {
      await run()
    } catch (error) {
      same(name, error?.statusCode ?? error?.response?.status ?? String(error), status)
      return
    }
    throw new Error(`succeeded instead of ${status}`)
  })
}

// Uploads.
const uploaded = await call('create', () =>
  sourceimages.create('acme', 'boat.jpg', picture, {
    meta_user: { title: 'Boat', 'int:price': 12, 'array:labels': ['sea', 'boat'] },
    meta_dynamic: { subject_area: { x: 10, y: 10, width: 30, height: 20 } },
  }),
)
const image = uploaded?.body?.items?.[0] ?? {}
same('binary hash', image.binary_hash, createHash('sha1').update(picture).digest('hex'))
same('name', image.name, 'boat.jpg')
same('user metadata', image.user_metadata, { title: 'Boat', 'int:price': 12, 'array:labels': ['sea', 'boat'] })
same('subject area', image.dynamic_metadata?.subject_area, { x: 10, y: 10, width: 30, height: 20 })
const plain = (await call('create again', () => sourceimages.create('acme', 'plain.jpg', picture)))?.body?.items?.[0] ?? {}
holds('another hash without subject area', plain.hash && plain.hash !== image.hash)
const remote = await call('createByUrl', () => sourceimages.createByUrl('acme', 'https://example.org/a.png', { meta_user: { a: 'b' } }))
same('remote', remote?.body?.items?.[0]?.name, 'a.png')
const refusedUpload = Buffer.from('a text')
await refused('create of a text', 400, () => sourceimages.create('acme', 'not.jpg', refusedUpload))

// Reading and searching.
same('get', (await call('get', () => sourceimages.get('acme', image.hash)))?.body?.hash, image.hash)
same('get by short hash', (await call('get', () => sourceimages.get('acme', image.short_hash)))?.body?.hash, image.hash)
const found = await call('getWithBinaryHash', () => sourceimages.getWithBinaryHash('acme', image.binary_hash))
same('getWithBinaryHash', found?.body?.total, 2)
const search = (parameters) => call(`list ${JSON.stringify(parameters)}`, () => sourceimages.list('acme', parameters))
same('list', (await search({}))?.body?.total, 3)
same('list with limit', (await search({ limit: 1 }))?.body?.items?.length, 1)
same('filter', (await search({ search: { 'user:int:price': '[10,20]' } }))?.body?.items?.[0]?.hash, image.hash)
same('prefix', (await search({ search: { name: 'boat*' } }))?.body?.total, 1)
same('sort', (await search({ sort: 'name asc' }))?.body?.items?.map((one) => one.name), ['a.png', 'boat.jpg', 'plain.jpg'])
same('facets', (await search({ facets: 'user:array:labels' }))?.body?.facets, { 'user:array:labels': [{ value: 'boat', count: 1 }, { value: 'sea', count: 1 }] })
const first = (await search({ limit: 2 }))?.body
const rest = (await search({ limit: 2, offset: first?.cursor }))?.body
same('pages', [first?.items?.length, rest?.items?.length], [2, 1])
await refused('unknown field', 400, () => sourceimages.list('acme', { search: { nothing: '1' } }))
await refused('unknown image', 404, () => sourceimages.get('acme', 'abcdef0'))
const download = await call('downloadAsBuffer', () => sourceimages.downloadAsBuffer('acme', image.hash))
same('download', Buffer.from(download?.body ?? []).equals(picture), true)
const archive = await call('downloadList', () => sourceimages.downloadList('acme', {}))
same('archive', archive?.response?.headers?.get('content-type'), 'application/zip')

// Metadata.
const metadata = sourceimages.meta
await call('meta.add', () => metadata.add('acme', image.hash, { title: 'Ship', 'int:price': null, 'double:weight': 1.5 }))
same('meta.get', (await call('meta.get', () => metadata.get('acme', image.hash)))?.body, { title: 'Ship', 'double:weight': 1.5, 'array:labels': ['sea', 'boat'] })
await call('meta.replace', () => metadata.replace('acme', image.hash, { a: 'b' }))
await call('meta.set', () => metadata.set('acme', image.hash, 'count', 5))
same('meta.get', (await call('meta.get', () => metadata.get('acme', image.hash)))?.body, { a: 'b', 'int:count': 5 })
await call('meta.delete of one', () => metadata.delete('acme', image.hash, 'a'))
await call('meta.delete', () => metadata.delete('acme', image.hash))
await refused('meta.add of a wrong name', 400, () => metadata.add('acme', image.hash, { Title: 'x' }))
const moved = await call('setSubjectArea', () => sourceimages.setSubjectArea('acme', image.hash, { x: 1, y: 2, width: 3, height: 4 }))
const location = moved?.response?.headers?.get('location') ?? ''
holds('a new hash', location.startsWith('/sourceimages/acme/') && !location.endsWith(image.hash))
const removed = await call('removeSubjectArea', () => sourceimages.removeSubjectArea('acme', image.hash))
same('back to the plain image', removed?.response?.headers?.get('location'), `/sourceimages/acme/${plain.hash}`)
await call('addDynamicMetaData', () => sourceimages.addDynamicMetaData('acme', plain.hash, 'version', { text: 'two' }))
await call('deleteDynamicMetaData', () => sourceimages.deleteDynamicMetaData('acme', plain.hash, 'version'))
await call('putName', () => sourceimages.putName('acme', plain.hash, 'renamed.jpg'))
same('putName', (await call('get', () => sourceimages.get('acme', plain.hash)))?.body?.name, 'renamed.jpg')
await call('autolabel', () => sourceimages.autolabel('acme', plain.hash))
await call('autodescription', () => sourceimages.autodescription('acme', plain.hash, ['en', 'de']))

// Copies, aliases, protection.
await call('copy', () => sourceimages.copy('acme', plain.hash, 'other'))
await refused('copy without overwriting', 412, () => sourceimages.copy('acme', plain.hash, 'other', false))
same('copyAll', (await call('copyAll', () => sourceimages.copyAll('acme', [plain.hash, image.hash], 'other')))?.body, { existing: [plain.hash], created: [image.hash] })
await call('alias.create', () => sourceimages.alias.create('acme', 'home', { hash: plain.hash }))
await refused('alias.create again', 409, () => sourceimages.alias.create('acme', 'home', { hash: plain.hash }))
await call('alias.create over it', () => sourceimages.alias.create('acme', 'home', { hash: image.hash }, { overwrite: true }))
same('alias.get', (await call('alias.get', () => sourceimages.alias.get('acme', 'home')))?.body?.hash, image.hash)
await call('alias.invalidateCache', () => sourceimages.alias.invalidateCache('acme', 'home'))
await call('alias.delete', () => sourceimages.alias.delete('acme', 'home'))
await call('invalidateCache', () => sourceimages.invalidateCache('acme', image.hash))
await call('setLocked', () => sourceimages.setLocked('acme', image.hash, true))
await refused('delete of a locked image', 403, () => sourceimages.delete('acme', image.hash))
await call('setLocked', () => sourceimages.setLocked('acme', image.hash, false))
const secret = (await call('setProtected', () => sourceimages.setProtected('acme', plain.hash, true)))?.body ?? {}
same('protected', [secret.protected, secret.hash !== plain.hash], [true, true])

// Stacks.
const operations = [{ name: 'resize', options: { width: 200 } }]
await call('stacks.create', () => stacks.create('acme', 'thumb', { operations, options: { 'jpg.quality': 70 }, variables: { w: 200 }, expressions: [{ expression: 'options.dpr > 1', overrides: { options: { 'jpg.quality': 60 } } }] }))
await refused('stacks.create again', 409, () => stacks.create('acme', 'thumb', { operations }))
await call('stacks.create over it', () => stacks.create('acme', 'thumb', { operations }, { overwrite: true }))
await call('stacks.create in the old way', () => stacks.create('acme', 'old', operations, { dpr: 2 }, true))
same('stacks.get', (await call('stacks.get', () => stacks.get('acme', 'old')))?.body?.stack_options, { dpr: 2 })
same('stacks.list', (await call('stacks.list', () => stacks.list('acme')))?.body?.items?.map((one) => one.name), ['old', 'thumb'])
const page = (await call('stacks.list', () => stacks.list('acme', 1)))?.body
same('stacks.list by cursor', (await call('stacks.list', () => stacks.list('acme', 1, page?.cursor)))?.body?.items?.[0]?.name, 'thumb')
await refused('an unknown operation', 400, () => stacks.create('acme', 'odd', { operations: [{ name: 'reszie' }] }))
await refused('a width out of range', 400, () => stacks.create('acme', 'odd', { operations: [{ name: 'resize', options: { width: 10001 } }] }))
await call('stacks.invalidateCache', () => stacks.invalidateCache('acme', 'thumb'))
await call('stacks.delete', () => stacks.delete('acme', 'old'))
holds('operations', (await call('operations.list', () => rokka.operations.list()))?.body?.resize?.properties?.width?.description)
holds('stack options', (await call('stackoptions.get', () => rokka.stackoptions.get()))?.body?.properties?.dpr)

// Renderings.
const url = rokka.render.getUrl('acme', plain.hash, 'jpg', 'thumb')
const rendered = await call('render', () => fetch(url))
same('render', [rendered?.status, rendered?.headers?.get('content-type')], [200, 'image/jpeg'])
const dynamic = rokka.render.getUrl('acme', plain.hash, 'png', [{ name: 'resize', options: { width: 20 } }])
same('render dynamic', (await call('render dynamic', () => fetch(dynamic)))?.status, 200)
const guarded = `http://acme.rokka.io/thumb/${secret.hash}.jpg`
const signed = new URL(rokka.render.signUrl(guarded, ROKKA_SIGNING_KEY))
same('render protected', (await call('render', () => fetch(`${ROKKA_RENDER}${signed.pathname}`)))?.status, 403)
same('render signed', (await call('render', () => fetch(`${ROKKA_RENDER}${signed.pathname}${signed.search}`)))?.status, 200)
const until = new Date(Date.now() + 600_000)
const timed = new URL(rokka.render.signUrl(guarded, ROKKA_SIGNING_KEY, { until }))
same('render signed for a while', (await call('render', () => fetch(`${ROKKA_RENDER}${timed.pathname}${timed.search}`)))?.status, 200)
const byServer = (await call('utils.signUrl', () => rokka.utils.signUrl('acme', guarded)))?.body?.signed_url
same('signed by the server', byServer && new URL(byServer).search, signed.search)

// Organizations, members, keys, tokens.
same('organizations.get', (await call('organizations.get', () => organizations.get('acme')))?.body?.signing_keys?.[0]?.key, ROKKA_SIGNING_KEY)
await call('organizations.create', () => organizations.create('third', 'third@example.com', 'The third'))
await call('organizations.setOption', () => organizations.setOption('third', 'protect_dynamic_stack', true))
await call('organizations.setOptions', () => organizations.setOptions('third', { remote_fullurl_allow: false }))
same('options', (await call('organizations.get', () => organizations.get('third')))?.body?.options, { protect_dynamic_stack: true, remote_fullurl_allow: false })
const newUser = (await call('users.create', () => users.create('new@example.com')))?.body ?? {}
await call('users.create with an organization', () => users.create('fourth@example.com', 'fourth'))
await call('memberships.create', () => memberships.create('acme', newUser.id, ['read'], 'a reader'))
await call('memberships.create again', () => memberships.create('acme', newUser.id, 'write'))
same('memberships.get', (await call('memberships.get', () => memberships.get('acme', newUser.id)))?.body?.roles, ['write'])
const machine = (await call('memberships.createWithNewUser', () => memberships.createWithNewUser('acme', ['sourceimages:read'], 'a machine')))?.body ?? {}
same('memberships.list', (await call('memberships.list', () => memberships.list('acme')))?.body?.total, 3)
const reader = (rokkaModule.default ?? rokkaModule)({ apiKey: machine.api_key, apiHost: ROKKA_API, transport: { retries: 0 } })
same('list by a reader', (await call('list', () => reader.sourceimages.list('acme')))?.statusCode, 200)
await refused('delete by a reader', 403, () => reader.sourceimages.delete('acme', plain.hash))
await call('memberships.delete', () => memberships.delete('acme', newUser.id))
const owner = (await call('user.get', () => user.get()))?.body ?? {}
same('user.getId', await call('user.getId', () => user.getId()), owner.user_id)
same('users.getId', await call('users.getId', () => users.getId()), owner.user_id)
await refused('the last admin leaves', 409, () => memberships.delete('acme', owner.user_id))
const key = (await call('user.addApiKey', () => user.addApiKey('for a test')))?.body ?? {}
await call('user.addApiKey without a comment', () => user.addApiKey())
same('user.listApiKeys', (await call('user.listApiKeys', () => user.listApiKeys()))?.body?.length, 3)
holds('user.getCurrentApiKey', (await call('user.getCurrentApiKey', () => user.getCurrentApiKey()))?.body?.id)
await call('user.deleteApiKey', () => user.deleteApiKey(key.id))
let token = null
const byToken = (rokkaModule.default ?? rokkaModule)({
  apiHost: ROKKA_API,
  apiTokenGetCallback: () => token,
  apiTokenSetCallback: (next) => { token = next },
  transport: { retries: 0 },
})
const made = await call('user.getNewToken', () => byToken.user.getNewToken(ROKKA_KEY, { expires_in: 7200, renewable: true, no_ip_protection: true }))
same('token', [made?.body?.payload?.expt, made?.body?.payload?.rn], [7200, true])
same('list by a token', (await call('list', () => byToken.sourceimages.list('acme')))?.statusCode, 200)
await call('renewal', () => byToken.user.getNewToken(undefined, { expires_in: 3600 }))
holds('stats', (await call('stats.get', () => rokka.stats.get('acme')))?.body?.space_in_bytes?.length)
await call('stats.get of a time', () => rokka.stats.get('acme', '2026-01-01', '2026-12-31'))
holds('billing', (await call('billing.get', () => rokka.billing.get('acme')))?.body?.acme)

// The end of an image.
await call('delete', () => sourceimages.delete('acme', image.hash))
await refused('get of a deleted image', 404, () => sourceimages.get('acme', image.hash))
same('deleted', (await search({ deleted: true }))?.body?.total, 1)
await call('restore', () => sourceimages.restore('acme', image.hash))
await call('deleteWithBinaryHash', () => sourceimages.deleteWithBinaryHash('acme', image.binary_hash))
finish()
