# The client in Ruby that OpenAPI Generator makes from the description, through everything that the emulator has for it.
require 'digest'
require 'json'
require 'net/http'
require 'rokka_generated'

G = RokkaGenerated
G.configure do |config|
  api = URI(ENV.fetch('ROKKA_API'))
  config.scheme = api.scheme
  config.host = "#{api.host}:#{api.port}"
  # The address of the description must not win.
  config.server_index = nil
  config.api_key['Api-Key'] = ENV.fetch('ROKKA_KEY')
end
PICTURE = 'examples/assets/sailing-boat.jpg'.freeze
$calls = 0
$failures = 0

def fail!(text)
  $failures += 1
  puts "FAILED #{text}"
end

# Makes a call and returns its result; a failure is noted, and the next call follows.
def call(name)
  $calls += 1
  yield
rescue StandardError, SystemStackError => e
  fail!("#{name}: #{e.class}: #{e.message} #{e.respond_to?(:response_body) ? e.response_body : e.backtrace.first(3)}")
  nil
end

# Makes a call that has to fail with this status.
def refused(name, status)
  $calls += 1
  yield
  fail!("#{name}: succeeded instead of #{status}")
rescue G::ApiError => e
  same(name, e.code, status)
end

def same(name, found, expected)
  fail!("#{name}: #{found.inspect} instead of #{expected.inspect}") unless found == expected
end

images = G::SourceimagesApi.new
aliases = G::SourceimagesAliasApi.new
stacks = G::StacksApi.new
admin = G::AdminApi.new
utils = G::UtilsApi.new
stats = G::StatsApi.new

# Uploads. `hash` is a method of every object in Ruby, so this client has it by another name, and it writes no JSON into forms.
metadata = { 'title' => 'Boat', 'int:price' => 12, 'array:labels' => %w[sea boat] }
area = G::DynamicMetadataDefinition.new(subject_area: G::SubjectArea.new(x: 10, y: 10, width: 30, height: 20))
uploaded = call('create_source_image') do
  images.create_source_image('acme', filedata: File.new(PICTURE), meta_user_0: metadata.to_json, meta_dynamic_0: area.to_hash.to_json)
end
image = uploaded.items.first
same('binary hash', image.binary_hash, Digest::SHA1.file(PICTURE).hexdigest)
same('name', image.name, 'sailing-boat.jpg')
same('user metadata', image.user_metadata, metadata)
same('dynamic metadata', image.dynamic_metadata['subject_area'].slice(:x, :y, :width, :height), { x: 10, y: 10, width: 30, height: 20 })
plain = call('create_source_image') { images.create_source_image('acme', filedata: File.new(PICTURE)) }.items.first
same('another image', plain.image_hash == image.image_hash, false)
# A form without a file has no boundary in this client, so it cannot upload by URL.
call('create_source_image') { images.create_source_image('acme', filedata: File.new('examples/pictures/sunrise.png')) }

# Reading and searching.
same('get_source_image', call('get_source_image') { images.get_source_image('acme', image.image_hash) }.image_hash, image.image_hash)
found = call('list_source_images_by_binary_hash') { images.list_source_images_by_binary_hash('acme', image.binary_hash) }
same('by binary hash', found.total, 2)
listed = call('list_source_images') { images.list_source_images('acme', sort: 'name asc', limit: 2, facets: 'user:array:labels') }
same('list', [listed.total, listed.items.map(&:name)], [3, %w[sailing-boat.jpg sailing-boat.jpg]])
same('facets', listed.facets.values.first.map(&:value), %w[boat sea])
filtered = call('list_source_images') { images.list_source_images('acme', filters: { 'user:int:price' => '[10,20]' }) }
same('filter', filtered.items.map(&:image_hash), [image.image_hash])
first = call('list_source_images') { images.list_source_images('acme', limit: 2) }
rest = call('list_source_images') { images.list_source_images('acme', limit: 2, offset: first.cursor) }
same('pages', [first.items.size, rest.items.size], [2, 1])
refused('unknown image', 404) { images.get_source_image('acme', 'abcdef0') }
file = call('download_source_image') { images.download_source_image('acme', image.image_hash) }
same('download', file && Digest::SHA1.file(file.path).hexdigest, image.binary_hash)

# Metadata.
call('patch_source_image_meta_user') { images.patch_source_image_meta_user('acme', image.image_hash, { title: 'Ship', 'int:price': nil }) }
same('patched', call('get_source_image_meta_user') { images.get_source_image_meta_user('acme', image.image_hash) }, { title: 'Ship', 'array:labels': %w[sea boat] })
call('create_source_image_meta_user') { images.create_source_image_meta_user('acme', image.image_hash, { a: 'b' }) }
call('create_source_image_meta_user_wth_name') { images.create_source_image_meta_user_wth_name('acme', image.image_hash, 'count', 5) }
same('one', call('get_source_image_meta_user_with_name') { images.get_source_image_meta_user_with_name('acme', image.image_hash, 'count') }, 5)
call('delete_source_image_meta_user') { images.delete_source_image_meta_user('acme', image.image_hash) }
changed = call('create_source_image_meta_dynamic_with_name') do
  images.create_source_image_meta_dynamic_with_name('acme', image.image_hash, 'subject_area', { x: 1, y: 2 })
end
same('a new hash', changed.image_hash == image.image_hash, false)
call('delete_source_image_meta_dynamic_with_name') { images.delete_source_image_meta_dynamic_with_name('acme', image.image_hash, 'subject_area') }
call('put_source_image_options_locked') { images.put_source_image_options_locked('acme', image.image_hash, true) }
refused('delete of a locked image', 403) { images.delete_source_image('acme', image.image_hash) }
call('put_source_image_options_locked') { images.put_source_image_options_locked('acme', image.image_hash, false) }
copied = call('copy_source_image') { images.copy_source_image_with_http_info('acme', plain.image_hash, 'other') }
same('copied', copied[1], 201)
many = call('copy_multiple_source_images') { images.copy_multiple_source_images('acme', 'other', [plain.image_hash, image.image_hash]) }
same('copies', [many.existing, many.created], [[plain.image_hash], [image.image_hash]])
target = G::SourceImageAliasDefinition.new(image_hash: plain.image_hash)
call('create_source_image_alias') { aliases.create_source_image_alias('acme', 'home', target) }
refused('create_source_image_alias again', 409) { aliases.create_source_image_alias('acme', 'home', target) }
same('alias', call('get_source_image_alias') { aliases.get_source_image_alias('acme', 'home') }.image_hash, plain.image_hash)
call('delete_source_image_alias') { aliases.delete_source_image_alias('acme', 'home') }

# Stacks.
resize = G::StackOperation.new(name: 'resize', options: { width: 200 })
definition = G::StackDefinition.new(operations: [resize], options: { 'jpg.quality': 70 }, variables: { w: 200 })
created = call('create_stack') { stacks.create_stack('acme', 'thumb', definition) }
same('stack', [created.stack_options, created.stack_variables, created.stack_operations.first.options], [{ 'jpg.quality' => 70 }, { 'w' => 200 }, { 'width' => 200 }])
refused('create_stack again', 409) { stacks.create_stack('acme', 'thumb', definition) }
call('create_stack over it') { stacks.create_stack('acme', 'thumb', definition, overwrite: true) }
same('get_stack', call('get_stack') { stacks.get_stack('acme', 'thumb') }.name, 'thumb')
same('list_stacks', call('list_stacks') { stacks.list_stacks('acme') }.items.map(&:name), %w[thumb])
wide = G::StackDefinition.new(operations: [G::StackOperation.new(name: 'resize', options: { width: 10_001 })])
refused('a width out of range', 400) { stacks.create_stack('acme', 'odd', wide) }
operations = call('list_operations') { stacks.list_operations }
same('list_operations', operations.values.all? { |one| one.properties.size.positive? }, true)
call('list_stack_options') { stacks.list_stack_options }
call('delete_stack_cache') { stacks.delete_stack_cache('acme', 'thumb') }

# Renderings.
def status(path)
  Net::HTTP.get_response(URI("#{ENV.fetch('ROKKA_RENDER')}#{path}")).code
end
same('rendering', call('render') { status("/thumb/#{plain.image_hash}.jpg") }, '200')
secret = call('put_source_image_options_protected') { images.put_source_image_options_protected('acme', plain.image_hash, true) }
path = "/thumb/#{secret.image_hash}.jpg"
same('protected', call('render') { status(path) }, '403')
signed = call('sign_url') { utils.sign_url('acme', G::SignUrlRequest.new(url: "https://acme.rokka.io#{path}")) }
same('signed', call('render') { status(URI(signed.signed_url).request_uri) }, '200')

# Organizations, members, keys, tokens.
same('get_organization', call('get_organization') { admin.get_organization('acme') }.signing_keys.first.key, ENV.fetch('ROKKA_SIGNING_KEY'))
call('create_organization') { admin.create_organization('third', G::OrganizationDefinition.new(billing_email: 'third@example.com')) }
options = G::OrganizationOptionsDefinition.new(protect_dynamic_stack: true)
same('options', call('create_organization_options') { admin.create_organization_options('third', options) }.options.protect_dynamic_stack, true)
call('put_organization_option') { admin.put_organization_option('third', 'protect_dynamic_stack', false) }
user = call('create_user') { admin.create_user(G::UserDefinition.new(email: 'new@example.com')) }
call('create_membership') { admin.create_membership('acme', user.id, G::MembershipDefinition.new(roles: %w[read])) }
same('get_membership', call('get_membership') { admin.get_membership('acme', user.id) }.roles, %w[read])
machine = call('create_membership_and_user') { admin.create_membership_and_user('acme', G::MemberDefinition.new(roles: %w[sourceimages:read])) }
same('a key', machine.api_key.size, 64)
same('list_memberships', call('list_memberships') { admin.list_memberships('acme') }.total, 3)
call('delete_membership') { admin.delete_membership('acme', user.id) }
owner = call('get_user') { admin.get_user }
refused('the last admin leaves', 409) { admin.delete_membership('acme', owner.user_id) }
key = call('create_user_api_key') { admin.create_user_api_key(api_key_definition: G::ApiKeyDefinition.new(comment: 'for a test')) }
call('patch_user_api_key') { admin.patch_user_api_key(key.id, G::ApiKeyPatch.new(trusted: true)) }
same('list_user_api_keys', call('list_user_api_keys') { admin.list_user_api_keys }.map(&:comment), [nil, 'for a test'])
call('delete_user_api_key') { admin.delete_user_api_key(key.id) }
token = call('create_user_token') { admin.create_user_token(no_ip_protection: true, expires_in: 7200) }
same('token', [token.token.count('.'), token.payload.expt], [2, 7200])
same('stats', call('get_stats') { stats.get_stats('acme') }.space_in_bytes.size, 1)
call('get_billing') { admin.get_billing('acme') }

# The end of an image.
call('delete_source_image') { images.delete_source_image('acme', image.image_hash) }
refused('a deleted image', 404) { images.get_source_image('acme', image.image_hash) }
same('deleted', call('list_source_images') { images.list_source_images('acme', deleted: true) }.total, 1)
call('restore_source_image') { images.restore_source_image('acme', image.image_hash) }
puts "#{$calls} calls, #{$failures} failures"
exit($failures.zero? && $calls.positive?)
