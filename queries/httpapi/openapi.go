package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

func init() {
	// huma takes its form of error from this variable.
	huma.NewError = frameworkProblem
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		p := frameworkProblem(status, message, errs...)
		if problem, ok := p.(*Problem); ok {
			problem.RequestID = requestID(ctx.Context())
		}
		return p
	}
	huma.DefaultArrayNullable = false // lists are [] when empty, never null
}

// OpenAPI is the OpenAPI document of the API, as JSON, for a server of that build.
func OpenAPI(build string) ([]byte, error) {
	config := Config{Build: build}
	config.defaults()
	return json.MarshalIndent(assemble(config).api.OpenAPI(), "", "  ")
}

func (s *Server) humaConfig() huma.Config {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Tributary", Version: s.config.Build,
				Description: "Questions about a network of suppliers, answered with evidence. See docs/queries.md for what each means.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName)},
		},
		OpenAPIPath:   "/openapi",
		Formats:       bodyFormats(),
		DefaultFormat: typeJSON,
	}
	if s.token != "" {
		config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
		config.Security = []map[string][]string{{"token": {}}}
	}
	return config
}

// schemaName is the name of a type in the document.
func schemaName(t reflect.Type, hint string) string {
	return huma.DefaultSchemaNamer(t, hint)
}

// problems are what any operation may answer with instead of its own.
var problems = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge,
	http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusGatewayTimeout}

// operation adds the problems to an operation.
func (s *Server) operation(op huma.Operation, more ...int) huma.Operation {
	schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	for _, status := range slices.Concat(problems, more) {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status),
			Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}}
	}
	return op
}

// finishOpenAPI writes into the document what the types cannot say.
func (s *Server) finishOpenAPI() {
	doc := s.api.OpenAPI()
	schemas, seen := doc.Components.Schemas, map[reflect.Type]bool{}
	for name := range schemas.Map() {
		if t := schemas.TypeFromRef("#/components/schemas/" + name); t != nil {
			allowNull(schemas, t, seen)
		}
	}
	for _, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op == nil || !slices.Contains(s.lists, op.OperationID) {
				continue
			}
			content := op.Responses["200"].Content
			content[typeCSV] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Description: "The items as a table; an interval takes the columns _low, _high, _point, _basis and _period"}}
			content[typeNDJSON] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Description: "One item a line"}}
		}
	}
}

// allowNull marks the fields that may be null: pointers that are not left out when they are nil. huma does so for
// numbers and text by itself, not for objects.
func allowNull(registry huma.Registry, t reflect.Type, seen map[reflect.Type]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return
	}
	seen[t] = true
	allowNullIn(registry, registry.Map()[schemaName(t, "")], t, seen)
}

func allowNullIn(registry huma.Registry, schema *huma.Schema, t reflect.Type, seen map[reflect.Type]bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			allowNullIn(registry, schema, f.Type, seen)
			continue
		}
		allowNull(registry, f.Type, seen)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if schema == nil || f.Type.Kind() != reflect.Pointer || options != "" {
			continue
		}
		if p := schema.Properties[name]; p != nil && p.Ref != "" {
			schema.Properties[name] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}, Description: p.Description}
		}
	}
}
