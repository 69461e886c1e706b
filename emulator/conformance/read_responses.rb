# Reads each documented response with the Ruby client of OpenAPI Generator, by its operation, and prints it as the client encodes it.
require 'json'
require 'logger'
require 'tempfile'
require 'openapi_client'

def plain(name)
  name.to_s.delete('_').downcase
end

OpenapiClient.configure { |config| config.logger = Logger.new($stderr, level: :warn) }
APIS = OpenapiClient.constants.grep(/Api$/).map { |name| OpenapiClient.const_get(name).new }
METHODS = APIS.flat_map { |api| api.class.public_instance_methods(false).map { |name| [plain(name), api.method(name)] } }.to_h
CLIENT = OpenapiClient::ApiClient.default

def read(one, file)
  method = METHODS.fetch(plain(one['operation']))
  values = one['parameters'].to_h { |parameter| [plain(parameter['name']), parameter['value']] }
  one.fetch('form', []).each { |part| values[plain(part)] = file }
  # A client that may not call anything `hash` has this parameter by another name.
  values['imagehash'] = values['hash']
  required = method.parameters.filter_map { |kind, name| plain(name) if kind == :req }
  method.call(*required.map { |name| values.fetch(name) { one['body']['value'] } })
rescue OpenapiClient::ApiError => e
  # The client does not decode errors itself; its user has their model for it.
  raise unless e.response_body && e.code == one['status']

  CLIENT.convert_to_type(JSON.parse(e.response_body, symbolize_names: true), 'Error')
end

def encoded(value)
  case value
  when Hash then value.transform_values { |item| encoded(item) }
  when Array then value.map { |item| encoded(item) }
  when OpenapiClient::ApiModelBase then encoded(value.to_hash)
  else value
  end
end

Tempfile.create do |file|
  $stdin.each_line do |line|
    one = JSON.parse(line)
    Typhoeus::Expectation.clear
    headers = { 'Content-Type' => 'application/json' }
    Typhoeus.stub(//).and_return(Typhoeus::Response.new(code: one['status'], headers: headers, body: JSON.generate(one['value'])))
    told = begin
      { value: encoded(read(one, file)) }
    rescue StandardError, SystemStackError => e
      { error: "#{e.class}: #{e.message.lines.first&.strip}" }
    end
    puts JSON.generate(response: one['response'], **told)
  end
end
