package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries/httpapi"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func TestResolve(t *testing.T) {
	f := start(t, nil)
	d := openAPI(t, f)
	ask := func(query, body string) response {
		return f.do("POST", "/v1/resolve"+query, strings.NewReader(body), "Content-Type", "application/json")
	}
	r := ask("", `{"companies": [{"ref": "7", "name": "NVIDIA"}, {"name": "Nobody Ltd"}, {"name": "nvidia", "country": "Atlantis"}]}`)
	if err := d.validate("POST", "/v1/resolve", r); err != nil {
		t.Error(err)
	}
	got := into[httpapi.ResolveAnswer](t, r, 200)
	if len(got.Items) != 3 || got.Matched != 2 || got.Review != 0 || got.New != 1 || got.Items[0].ID != "nvidia" || got.Items[0].Ref != "7" || len(got.Items[2].Passed) != 1 {
		t.Errorf("%s", r.body)
	}
	if again := ask("", `{"companies": [{"ref": "7", "name": "NVIDIA"}, {"name": "Nobody Ltd"}, {"name": "nvidia", "country": "Atlantis"}]}`); string(again.body) != string(r.body) {
		t.Errorf("the second time %s", again.body)
	}
	for query, body := range map[string]string{
		"":                           `{"companies": []}`,
		"?automatic=0.4&review=0.6":  `{"companies": [{"name": "x"}]}`,
		"?automatic=2":               `{"companies": [{"name": "x"}]}`,
		"?candidates=2&review=0.001": `{"companies": [` + strings.Repeat(`{"name": "x"},`, 1000) + `{"name": "x"}]}`,
	} {
		if r := ask(query, body); r.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d: %s", query, r.StatusCode, r.body)
		}
	}
}

// What was added after the index was made is found: the index follows the View.
func TestResolveFollowsTheStore(t *testing.T) {
	f := start(t, nil)
	for i := range 3 {
		name := fmt.Sprint("Newcomer ", i)
		drawn.Put(t, f.store, drawn.Statements(t, fmt.Sprintf("newcomer-%d -> nvidia : gpu", i)))
		if err := f.views.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := f.do("POST", "/v1/resolve", strings.NewReader(fmt.Sprintf(`{"companies": [{"name": %q}]}`, name)), "Content-Type", "application/json")
		if got := into[httpapi.ResolveAnswer](t, r, 200); got.Matched != 1 {
			t.Errorf("%s: %s", name, r.body)
		}
	}
}
