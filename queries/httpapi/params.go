package httpapi

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// checkQuery refuses query parameters that the operation does not have, and those that are given more than once:
// a misspelled filter, or one of which only the first value counts, must not change an answer in silence.
func (s *Server) checkQuery(ctx huma.Context, next func(huma.Context)) {
	address := ctx.URL()
	if address.RawQuery == "" {
		next(ctx)
		return
	}
	var errs []error
	given, err := url.ParseQuery(address.RawQuery)
	if err != nil {
		errs = append(errs, &huma.ErrorDetail{Location: "query", Message: err.Error() + "; encode %, & and ; in a value as %25, %26 and %3B"})
	}
	known := map[string]*huma.Param{}
	for _, p := range ctx.Operation().Parameters {
		if p.In == "query" {
			known[p.Name] = p
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, n := known[name], len(given[name])
		detail := &huma.ErrorDetail{Location: "query." + name, Value: name}
		switch {
		case p == nil:
			detail.Message = "no such parameter; allowed: " + allowedNames(known)
		case n > 1 && p.Explode != nil && *p.Explode: // meant to be given again and again
			continue
		case n > 1 && p.Schema != nil && p.Schema.Type == huma.TypeArray:
			detail.Message = fmt.Sprintf("given %d times; separate the values by commas: %s=A,B", n, name)
		case n > 1:
			detail.Message = fmt.Sprintf("given %d times; give it once", n)
		default:
			continue
		}
		errs = append(errs, detail)
	}
	if len(errs) == 0 {
		next(ctx)
		return
	}
	_ = huma.WriteErr(s.api, ctx, http.StatusUnprocessableEntity, "validation failed", errs...) // a client that is gone reads none
}

func allowedNames(known map[string]*huma.Param) string {
	if len(known) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(known)), ", ")
}
