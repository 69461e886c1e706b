// Reads each documented response with the Go client of OpenAPI Generator, by its operation, and prints it as the client encodes it.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"strings"

	rokka "github.com/GIT_USER_ID/GIT_REPO_ID"
)

type documented struct {
	Response   string `json:"response"`
	Operation  string `json:"operation"`
	Status     int    `json:"status"`
	Parameters []struct {
		Name  string `json:"name"`
		Value any    `json:"value"`
	} `json:"parameters"`
	Body struct {
		Value json.RawMessage `json:"value"`
	} `json:"body"`
	Form  []string        `json:"form"`
	Value json.RawMessage `json:"value"`
}

// In the place of the connections: responds to every request with one response.
type transport documented

func (one transport) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", one.Status, http.StatusText(one.Status)),
		StatusCode: one.Status,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(bytes.NewReader(one.Value)),
		Request:    request,
	}, nil
}

// The method of one of the services with a name.
func method(client *rokka.APIClient, name string) (reflect.Value, error) {
	services := reflect.ValueOf(client).Elem()
	for index := 0; index < services.NumField(); index++ {
		if services.Type().Field(index).IsExported() {
			if found := services.Field(index).MethodByName(name); found.IsValid() {
				return found, nil
			}
		}
	}
	return reflect.Value{}, fmt.Errorf("there is no method %s", name)
}

// Calls the operation: arguments of the path belong to the method, all others are set by methods of the request.
func call(client *rokka.APIClient, one documented) ([]reflect.Value, error) {
	name := strings.ToUpper(one.Operation[:1]) + one.Operation[1:]
	start, err := method(client, name)
	if err != nil {
		return nil, err
	}
	arguments := []reflect.Value{reflect.ValueOf(context.Background())}
	for _, parameter := range one.Parameters {
		if len(arguments) < start.Type().NumIn() {
			arguments = append(arguments, reflect.ValueOf(parameter.Value))
		}
	}
	request := start.Call(arguments)[0]
	for index := 0; index < request.NumMethod(); index++ {
		setter := request.Method(index)
		if setter.Type().NumIn() != 1 {
			continue
		}
		argument := reflect.New(setter.Type().In(0))
		for _, parameter := range one.Parameters {
			if strings.EqualFold(parameter.Name, request.Type().Method(index).Name) {
				argument.Elem().Set(reflect.ValueOf(parameter.Value))
			}
		}
		if file, ok := argument.Interface().(**os.File); ok {
			// The client reads and closes it.
			if *file, err = os.Open(os.DevNull); err != nil {
				return nil, err
			}
		} else if one.Body.Value != nil {
			// The one whose type fits is the body; others, such as the version, keep the value zero.
			_ = json.Unmarshal(one.Body.Value, argument.Interface())
		}
		request = setter.Call([]reflect.Value{argument.Elem()})[0]
	}
	return request.MethodByName("Execute").Call(nil), nil
}

// What the client read: a value, or the model of an error.
func read(one documented) (any, error) {
	configuration := rokka.NewConfiguration()
	configuration.HTTPClient = &http.Client{Transport: transport(one)}
	results, err := call(rokka.NewAPIClient(configuration), one)
	if err != nil {
		return nil, err
	}
	failure, _ := results[len(results)-1].Interface().(error)
	var documented *rokka.GenericOpenAPIError
	if errors.As(failure, &documented) && documented.Model() != nil {
		return documented.Model(), nil
	}
	return results[0].Interface(), failure
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	output := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var one documented
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			panic(err)
		}
		told := map[string]any{"response": one.Response}
		if value, err := read(one); err != nil {
			told["error"] = err.Error()
		} else {
			told["value"] = value
		}
		if err := output.Encode(told); err != nil {
			panic(err)
		}
	}
	if err := lines.Err(); err != nil {
		panic(err)
	}
}
