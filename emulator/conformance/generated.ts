// The client in TypeScript that OpenAPI Generator makes from the description, through everything that the emulator has for it.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AdminApi, Configuration, ResponseError, SourceimagesApi, SourceimagesAliasApi, StacksApi, StatsApi, UtilsApi } from './index.js'
import { call, finish, same } from './checks.mjs'

const environment = (name: string): string => process.env[name] ?? ''
const render = environment('ROKKA_RENDER')
const configuration = new Configuration({ basePath: environment('ROKKA_API'), apiKey: environment('ROKKA_KEY') })
const images = new SourceimagesApi(configuration)
const aliases = new SourceimagesAliasApi(configuration)
const stacks = new StacksApi(configuration)
const admin = new AdminApi(configuration)
const utils = new UtilsApi(configuration)
const stats = new StatsApi(configuration)
const bytes = readFileSync('examples/assets/sailing-boat.jpg')
const file = () => new File([bytes], 'boat.jpg', { type: 'image/jpeg' })

/** Makes a call that has to fail with this status. */
async function refused(name: string, status: number, run: () => Promise<unknown>): Promise<void> {
  await call(name, async () => {
    const failure = await run().then(
      () => undefined,
      (error: unknown) => error,
    )
    same(name, failure instanceof ResponseError ? failure.response.status : String(failure), status)
  })
}

const organization = 'acme'

// Uploads.
const metadata = { title: 'Boat', 'int:price': 12, 'array:labels': ['sea', 'boat'] }
const area = { subjectArea: { x: 10, y: 10, width: 30, height: 20 } }
const uploaded = await call('createSourceImage', () => images.createSourceImage({ organization, filedata: file(), metaUser0: metadata, metaDynamic0: area }))
const image = uploaded?.items[0]
const hash = image?.hash ?? ''
same('binary hash', image?.binaryHash, createHash('sha1').update(bytes).digest('hex'))
same('user metadata', image?.userMetadata, metadata)
same('dynamic metadata', image?.dynamicMetadata, { subject_area: area.subjectArea })
const plain = (await call('createSourceImage', () => images.createSourceImage({ organization, filedata: file() })))?.items[0]?.hash ?? ''
same('another image', plain === hash, false)
const remote = await call('createSourceImage by URL', () => images.createSourceImage({ organization, url0: 'https://example.org/a.png' }))
same('remote', remote?.items[0]?.name, 'a.png')

// Reading and searching.
same('getSourceImage', (await call('getSourceImage', () => images.getSourceImage({ organization, hash })))?.hash, hash)
const found = await call('listSourceImagesByBinaryHash', () => images.listSourceImagesByBinaryHash({ organization, binaryHash: image?.binaryHash ?? '' }))
same('by binary hash', found?.total, 2)
const listed = await call('listSourceImages', () => images.listSourceImages({ organization, sort: 'name asc', limit: 2, facets: 'user:array:labels' }))
same('list', [listed?.total, listed?.items.map((one) => one.name)], [3, ['a.png', 'boat.jpg']])
same('facets', listed?.facets, { 'user:array:labels': [{ value: 'boat', count: 1 }, { value: 'sea', count: 1 }] })
const filtered = await call('listSourceImages', () => images.listSourceImages({ organization, filters: { 'user:int:price': '[10,20]' } }))
same('filter', filtered?.items.map((one) => one.hash), [hash])
const first = await call('listSourceImages', () => images.listSourceImages({ organization, limit: 2 }))
const rest = await call('listSourceImages', () => images.listSourceImages({ organization, limit: 2, offset: first?.cursor ?? '' }))
same('pages', [first?.items.length, rest?.items.length], [2, 1])
await refused('unknown image', 404, () => images.getSourceImage({ organization, hash: 'abcdef0' }))
const download = await call('downloadSourceImage', () => images.downloadSourceImage({ organization, hash }))
same('download', Buffer.from((await download?.arrayBuffer()) ?? new ArrayBuffer(0)).equals(bytes), true)

// Metadata.
await call('patchSourceImageMetaUser', () => images.patchSourceImageMetaUser({ organization, hash, requestBody: { title: 'Ship', 'int:price': null } }))
same('patched', await call('getSourceImageMetaUser', () => images.getSourceImageMetaUser({ organization, hash })), { title: 'Ship', 'array:labels': ['sea', 'boat'] })
await call('createSourceImageMetaUser', () => images.createSourceImageMetaUser({ organization, hash, requestBody: { a: 'b' } }))
await call('createSourceImageMetaUserWthName', () => images.createSourceImageMetaUserWthName({ organization, hash, metaName: 'count', body: 5 }))
await call('deleteSourceImageMetaUser', () => images.deleteSourceImageMetaUser({ organization, hash }))
const changed = await call('createSourceImageMetaDynamicWithName', () => images.createSourceImageMetaDynamicWithName({ organization, hash, metaName: 'subject_area', requestBody: { x: 1, y: 2 } }))
same('a new hash', changed?.hash === hash, false)
await call('deleteSourceImageMetaDynamicWithName', () => images.deleteSourceImageMetaDynamicWithName({ organization, hash, metaName: 'subject_area' }))
await call('putSourceImageOptionsLocked', () => images.putSourceImageOptionsLocked({ organization, hash, body: true }))
await refused('delete of a locked image', 403, () => images.deleteSourceImage({ organization, hash }))
await call('putSourceImageOptionsLocked', () => images.putSourceImageOptionsLocked({ organization, hash, body: false }))
await call('copySourceImage', () => images.copySourceImage({ organization, hash: plain, destination: 'other' }))
const many = await call('copyMultipleSourceImages', () => images.copyMultipleSourceImages({ organization, destination: 'other', requestBody: [plain, hash] }))
same('copies', [many?.existing, many?.created], [[plain], [hash]])
const target = { organization, alias: 'home', sourceImageAliasDefinition: { hash: plain } }
await call('createSourceImageAlias', () => aliases.createSourceImageAlias(target))
await refused('createSourceImageAlias again', 409, () => aliases.createSourceImageAlias(target))
same('alias', (await call('getSourceImageAlias', () => aliases.getSourceImageAlias({ organization, alias: 'home' })))?.hash, plain)
await call('deleteSourceImageAlias', () => aliases.deleteSourceImageAlias({ organization, alias: 'home' }))

// Stacks.
const stackDefinition = { operations: [{ name: 'resize', options: { width: 200 } }], options: { 'jpg.quality': 70 }, variables: { w: 200 } }
const created = await call('createStack', () => stacks.createStack({ organization, name: 'thumb', stackDefinition }))
same('stack', [created?.stackOptions, created?.stackVariables, created?.stackOperations?.[0]?.options], [{ 'jpg.quality': 70 }, { w: 200 }, { width: 200 }])
await refused('createStack again', 409, () => stacks.createStack({ organization, name: 'thumb', stackDefinition }))
await call('createStack over it', () => stacks.createStack({ organization, name: 'thumb', stackDefinition, overwrite: true }))
same('listStacks', (await call('listStacks', () => stacks.listStacks({ organization })))?.items.map((one) => one.name), ['thumb'])
const wide = { operations: [{ name: 'resize', options: { width: 10_001 } }] }
await refused('a width out of range', 400, () => stacks.createStack({ organization, name: 'odd', stackDefinition: wide }))
same('listOperations', Object.keys((await call('listOperations', () => stacks.listOperations())) ?? {}).length, 16)
await call('listStackOptions', () => stacks.listStackOptions())
await call('deleteStackCache', () => stacks.deleteStackCache({ organization, name: 'thumb' }))

// Renderings.
const status = (path: string) => call('render', async () => (await fetch(`${render}${path}`)).status)
same('rendering', await status(`/thumb/${plain}.jpg`), 200)
const secret = await call('putSourceImageOptionsProtected', () => images.putSourceImageOptionsProtected({ organization, hash: plain, body: true }))
const path = `/thumb/${secret?.hash}.jpg`
same('protected', await status(path), 403)
const signed = await call('signUrl', () => utils.signUrl({ organization, signUrlRequest: { url: `https://acme.rokka.io${path}` } }))
const { pathname, search } = new URL(signed?.signedUrl ?? 'http://none')
same('signed', await status(`${pathname}${search}`), 200)

// Organizations, members, keys, tokens.
const acme = await call('getOrganization', () => admin.getOrganization({ organization }))
same('signing key', acme?.signingKeys?.[0]?.key, environment('ROKKA_SIGNING_KEY'))
await call('createOrganization', () => admin.createOrganization({ organization: 'third', organizationDefinition: { billingEmail: 'third@example.com' } }))
const third = await call('createOrganizationOptions', () => admin.createOrganizationOptions({ organization: 'third', organizationOptionsDefinition: { protectDynamicStack: true } }))
same('options', third?.options?.protectDynamicStack, true)
const user = await call('createUser', () => admin.createUser({ userDefinition: { email: 'new@example.com' } }))
const userId = user?.id ?? ''
await call('createMembership', () => admin.createMembership({ organization, userId, membershipDefinition: { roles: ['read'] } }))
same('getMembership', (await call('getMembership', () => admin.getMembership({ organization, userId })))?.roles, ['read'])
const machine = await call('createMembershipAndUser', () => admin.createMembershipAndUser({ organization, memberDefinition: { roles: ['sourceimages:read'] } }))
same('a key', machine?.apiKey?.length, 64)
same('listMemberships', (await call('listMemberships', () => admin.listMemberships({ organization })))?.total, 3)
await call('deleteMembership', () => admin.deleteMembership({ organization, userId }))
const owner = await call('getUser', () => admin.getUser())
await refused('the last admin leaves', 409, () => admin.deleteMembership({ organization, userId: owner?.userId ?? '' }))
const key = await call('createUserApiKey', () => admin.createUserApiKey({ apiKeyDefinition: { comment: 'for a test' } }))
const keyId = key?.id ?? ''
await call('patchUserApiKey', () => admin.patchUserApiKey({ keyId, apiKeyPatch: { trusted: true, expires: new Date('2050-01-01T00:00:00Z') } }))
same('listUserApiKeys', (await call('listUserApiKeys', () => admin.listUserApiKeys()))?.length, 2)
await call('deleteUserApiKey', () => admin.deleteUserApiKey({ keyId }))
const token = await call('createUserToken', () => admin.createUserToken({ noIpProtection: true, expiresIn: 7200 }))
same('token', token?.payload.expt, 7200)
const byToken = new SourceimagesApi(new Configuration({ basePath: environment('ROKKA_API'), accessToken: token?.token ?? '' }))
same('list by a token', (await call('listSourceImages', () => byToken.listSourceImages({ organization })))?.total, 5)
same('stats', (await call('getStats', () => stats.getStats({ organization })))?.spaceInBytes.length, 1)
await call('getBilling', () => admin.getBilling({ organization }))

// The end of an image.
await call('deleteSourceImage', () => images.deleteSourceImage({ organization, hash }))
await refused('a deleted image', 404, () => images.getSourceImage({ organization, hash }))
same('deleted', (await call('listSourceImages', () => images.listSourceImages({ organization, deleted: true })))?.total, 1)
await call('restoreSourceImage', () => images.restoreSourceImage({ organization, hash }))
finish()
