<?php
// Reads each documented response with the PHP client of OpenAPI Generator, by its operation, and prints it as the client encodes it.
// Argument: the folder `lib` of the client.

use GuzzleHttp\Client;
use GuzzleHttp\Handler\MockHandler;
use GuzzleHttp\HandlerStack;
use GuzzleHttp\Psr7\Response;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\ObjectSerializer;

require '/usr/share/php/GuzzleHttp/Psr7/autoload.php';
require '/usr/share/php/GuzzleHttp/autoload.php';
$library = $argv[1];
spl_autoload_register(function ($class) use ($library) {
    require $library . strtr(substr($class, strlen('OpenAPI\\Client')), '\\', '/') . '.php';
});
// A warning is a failure of the client, too.
set_error_handler(function ($level, $message) {
    throw new ErrorException($message, 0, $level);
});

function plain(string $name): string
{
    return strtolower(str_replace('_', '', $name));
}

$apis = [];
foreach (glob("$library/Api/*.php") as $file) {
    $class = 'OpenAPI\\Client\\Api\\' . basename($file, '.php');
    foreach (get_class_methods($class) as $method) {
        $apis[$method] = $class;
    }
}

function read(object $one, string $class)
{
    $response = new Response($one->status, ['Content-Type' => 'application/json'], json_encode($one->value));
    $api = new $class(new Client(['handler' => HandlerStack::create(new MockHandler([$response]))]));
    $values = [];
    foreach ($one->parameters as $parameter) {
        $values[plain($parameter->name)] = $parameter->value;
    }
    foreach ($one->form ?? [] as $part) {
        $values[plain($part)] = new SplFileObject(__FILE__);
    }
    $arguments = [];
    foreach ((new ReflectionMethod($class, $one->operation))->getParameters() as $parameter) {
        if (!$parameter->isOptional()) {
            $name = plain($parameter->getName());
            $arguments[] = array_key_exists($name, $values) ? $values[$name] : $one->body->value;
        }
    }
    try {
        return $api->{$one->operation}(...$arguments);
    } catch (ApiException $e) {
        if ($e->getCode() !== $one->status || $e->getResponseObject() === null) {
            throw $e;
        }
        return $e->getResponseObject();
    }
}

while (($line = fgets(STDIN)) !== false) {
    $one = json_decode($line, false, 512, JSON_THROW_ON_ERROR);
    try {
        $got = ['value' => ObjectSerializer::sanitizeForSerialization(read($one, $apis[$one->operation]))];
    } catch (Throwable $e) {
        $got = ['error' => get_class($e) . ': ' . strtok($e->getMessage(), "\n")];
    }
    echo json_encode(['response' => $one->response] + $got, JSON_THROW_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION), "\n";
}
