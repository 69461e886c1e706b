# Decodes responses with the generated Ruby client, and calls the loopback service with it.
# Arguments: the file of cases, the base URL, a large file, the secret.
require 'json'
require 'logger'
require 'uri'
require 'openapi_client'

cases, base, large, secret = ARGV
$stdout.sync = true

def tell(line)
  puts JSON.generate(line)
end

def plain(value)
  case value
  when Hash then value.transform_values { |item| plain(item) }
  when Array then value.map { |item| plain(item) }
  when Time then value.strftime('%Y-%m-%dT%H:%M:%S.%L%:z')
  when nil, true, false, Numeric, String then value
  else value.class.respond_to?(:attribute_map) ? fields(value) : value.to_s
  end
end

# Reads each field by its own method, so that one that cannot be read is missing and the others are not.
def fields(model)
  read = model.class.attribute_map.map do |method, name|
    value = begin
      model.public_send(method)
    rescue SystemStackError
      nil
    end
    [name, plain(value)]
  end
  read.reject { |_, value| value.nil? }.to_h
end

JSON.parse(File.read(cases)).each do |one|
  begin
    data = JSON.parse("[#{one['body']}]", symbolize_names: true)[0]
    read = OpenapiClient::ApiClient.default.convert_to_type(data, one['type'])
    tell(case: one['case'], value: plain(read))
  rescue StandardError, SystemStackError => e
    tell(case: one['case'], error: "#{e.class}: #{e.message}")
  end
end

def peak
  File.read('/proc/self/status')[/VmHWM:\s+(\d+)/, 1].to_i
rescue StandardError
  nil
end

step = lambda do |name, &call|
  begin
    File.write('/proc/self/clear_refs', '5')
  rescue StandardError
    nil
  end
  configuration = OpenapiClient::Configuration.new
  configuration.logger = Logger.new($stderr)
  uri = URI.parse(base)
  configuration.scheme = uri.scheme
  configuration.host = "#{uri.host}:#{uri.port}"
  configuration.base_path = name
  configuration.server_index = nil
  configuration.api_key['ApiKey'] = secret
  configuration.api_key['Api-Key'] = secret
  api = OpenapiClient::SourceimagesApi.new(OpenapiClient::ApiClient.new(configuration))
  before = peak
  begin
    value = call.call(api)
    done = { value: value.nil? ? 'nothing' : value.class.name }
  rescue StandardError, SystemStackError => e
    done = { error: "#{e.class}: #{e.message}" }
    done.update(status: e.code, body: e.response_body) if e.is_a?(OpenapiClient::ApiError)
  end
  after = peak
  tell(step: name, memory: before && after ? after - before : nil, **done)
end

step.call('upload') { |api| api.create_source_image('acme', filedata: File.new(large)) }
step.call('download') { |api| api.download_source_image('acme', '3f9a21') }
step.call('filters') { |api| api.list_source_images('acme', filters: { 'user:int:sku' => '[4000,}' }) }
step.call('html') { |api| api.get_source_image('acme', '3f9a21') }
step.call('flat') { |api| api.get_source_image('acme', '3f9a21') }
step.call('no-content') { |api| api.put_source_image_options_protected('acme', '3f9a21', true) }
step.call('busy') { |api| api.get_source_image('acme', '3f9a21') }
step.call('redirect') { |api| api.get_source_image('acme', '3f9a21') }
step.call('path') { |api| api.get_source_image_meta_user_with_name('acme', '3f9a21', 'a b/../c?d') }
configuration = OpenapiClient::Configuration.new
configuration.api_key['ApiKey'] = secret
tell(step: 'print', shows: configuration.inspect.include?(secret))
tell(step: 'print-model', shows: OpenapiClient::ApiKey.new(id: '1', api_key: secret).inspect.include?(secret))
