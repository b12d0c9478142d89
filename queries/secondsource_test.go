package queries_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// takes supposes that a supplier takes over a part of an intake.
func takes(from, to, product string, part float64) *queries.Remedy {
	r := &queries.Remedy{Add: []queries.SupposedRelation{{From: from, To: to, Product: product, Takes: &part}}}
	if strings.HasPrefix(from, "new ") {
		r.Suppliers = []queries.SupposedSupplier{{Name: from, Country: strings.TrimPrefix(from, "new ")}}
	}
	return r
}

// A second source takes a part of an intake; what is left is shared as before.
func TestSecondSource(t *testing.T) {
	for _, test := range []struct {
		name, drawing string
		target        queries.Target
		remedy        *queries.Remedy
		assume        string
		want          string // loss of buyer, before and after
	}{
		{"known shares go down", "a -> buyer : p share_of_input=0.5 essential=true\nb -> buyer : p share_of_input=0.3", queries.Target{Company: "a"}, takes("new JP", "buyer", "p", 0.3), "", "0.5-0.5 0.35-0.35"},
		{"the only documented one", "a -> buyer : p essential=true", queries.Target{Company: "a"}, takes("new JP", "buyer", "p", 0.3), "", "0-1 0-0.7"},
		{"which is all there is", "a -> buyer : p essential=true", queries.Target{Company: "a"}, takes("new JP", "buyer", "p", 0.3), "complete", "1-1 0.7-0.7"},
		{"unknown shares share what is left", "a -> buyer : p essential=true\nb -> buyer : p\nc -> buyer : p share_of_input=0.5", queries.Target{Company: "a"}, takes("new JP", "buyer", "p", 0.4), "", "0-0.5 0-0.3"},
		{"by value", "a -> buyer : p essential=true value=3 currency=USD period=2024\nb -> buyer : p value=1 currency=USD period=2024", queries.Target{Company: "a"}, takes("new JP", "buyer", "p", 0.2), "complete", "0.75-0.75 0.6-0.6"},
		{"one that supplies it already rises by the part", "a -> buyer : p share_of_input=0.5 essential=true\nb -> buyer : p share_of_input=0.3", queries.Target{Company: "b"}, takes("b", "buyer", "p", 0.3), "", "0.3-0.3 0.6-0.6"},
		{"and the others go down", "a -> buyer : p share_of_input=0.5 essential=true\nb -> buyer : p share_of_input=0.3", queries.Target{Company: "a"}, takes("b", "buyer", "p", 0.35), "", "0.5-0.5 0.25-0.25"},
		{"one whose share nobody states", "a -> buyer : p share_of_input=0.5 essential=true\nb -> buyer : p", queries.Target{Company: "b"}, takes("b", "buyer", "p", 0.2), "", "0-0.5 0.2-0.6"},
		{"more than there is to take", "a -> buyer : p share_of_input=0.5 essential=true\nb -> buyer : p share_of_input=0.5", queries.Target{Company: "a"}, takes("b", "buyer", "p", 0.6), "", "0.5-0.5 0-0"},
		{"one that hangs on the same", "a -> buyer : p essential=true share_of_input=1\na -> d : q essential=true share_of_input=1", queries.Target{Company: "a"}, takes("d", "buyer", "p", 0.3), "", "1-1 1-1"},
		{"in each line that needs it", "a -> buyer : p used_in=x essential=true\nb -> buyer : p used_in=y\nbuyer -> z : x\nbuyer -> z : y\nbuyer -> z : w", queries.Target{Company: "a"}, takes("new JP", "buyer", "p", 0.3), "complete,essential", "1-1 0.7-0.7"},
		{"in the country that is hit", "a -> buyer : p essential=true\na country=TW", queries.Target{Country: "TW", By: "headquarters"}, takes("new TW", "buyer", "p", 0.3), "", "0-1 0.3-1"},
		{"in another one", "a -> buyer : p essential=true\na country=TW", queries.Target{Country: "TW", By: "headquarters"}, takes("new JP", "buyer", "p", 0.3), "", "0-1 0-0.7"},
		{"shipping from it", "a -> buyer : p essential=true origin_country=TW", queries.Target{Country: "TW", By: "origin"}, takes("new TW", "buyer", "p", 0.3), "", "0-1 0.3-1"},
		{"of what stops everywhere", "product pp parent=p\na -> buyer : p essential=true", queries.Target{Product: "p"}, takes("new JP", "buyer", "p", 0.3), "", "0-1 0.3-1"},
		{"known by what its product is a kind of", "product p\nproduct pp parent=p\na -> buyer : p essential=true\nc * pp", queries.Target{Product: "p"}, takes("c", "buyer", "p", 0.3), "", "0-1 0.3-1"},
		{"through a loop", "a -> buyer : p essential=true share_of_input=1\nbuyer -> s : x essential=true share_of_input=0.5\ns -> buyer : q essential=true share_of_input=1", queries.Target{Company: "a"}, takes("new JP", "buyer", "p", 0.3), "", "1-1 0.7-0.7"},
		{"of inputs that are kinds of one another", "product p\nproduct pp parent=p\na -> buyer : pp essential=true\na -> buyer : p essential=true", queries.Target{Company: "a"}, takes("new JP", "buyer", "pp", 0.3), "complete", "1-1 0.7-1"},
		{"nothing of it", "a -> buyer : p share_of_input=0.5 essential=true", queries.Target{Company: "a"}, takes("new JP", "buyer", "p", 0), "", "0.5-0.5 0.5-0.5"},
		{"all of it", "a -> buyer : p share_of_input=0.5 essential=true", queries.Target{Company: "a"}, takes("new JP", "buyer", "p", 1), "", "0.5-0.5 0-0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			req := queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{test.target}, Remedy: test.remedy}, Company: "buyer"}
			if test.assume != "" {
				req.Assume = strings.Split(test.assume, ",")
			}
			a := disrupt(t, test.drawing, req)
			r := a.Items[0]
			if got := fmt.Sprintf("%v-%v %v-%v", r.Loss.Low, r.Loss.High, r.After.Low, r.After.High); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestSecondSourceThatCannotBe(t *testing.T) {
	v := drawn.View(t, "a -> buyer : p\nb -> other : q")
	half := 0.5
	for name, r := range map[string]*queries.Remedy{
		"nothing to take":     takes("a", "buyer", "q", 0.3),
		"a company":           {Suppliers: []queries.SupposedSupplier{{Name: "a"}}},
		"nobody":              {Add: []queries.SupposedRelation{{From: "new", To: "buyer", Product: "p", Takes: &half}}},
		"too much":            {Add: []queries.SupposedRelation{{From: "a", To: "buyer", Product: "p", Takes: &half}, {From: "b", To: "buyer", Product: "p", Takes: f(0.6)}}},
		"a share besides":     {Add: []queries.SupposedRelation{{From: "b", To: "buyer", Product: "p", Takes: &half, ShareOfInput: &half}}},
		"a part of a country": {Suppliers: []queries.SupposedSupplier{{Name: "new", Country: "nowhere"}}},
		"twice":               {Suppliers: []queries.SupposedSupplier{{Name: "new"}, {Name: "new "}}},
		"changed":             {Change: []queries.SupposedRelation{{From: "a", To: "buyer", Product: "p", Takes: &half}}},
	} {
		_, err := queries.Disruption(context.Background(), v, queries.DisruptionRequest{Scenario: queries.Scenario{Targets: []queries.Target{{Company: "a"}}, Remedy: r}})
		if err == nil {
			t.Errorf("%s: no error", name)
		} else {
			t.Log(name, err)
		}
	}
}

func f(x float64) *float64 { return &x }
