package queries_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// money is a drawing whose relations are in USD of 2024: "a -> b 5" is one line.
func money(t *testing.T, sectors, text string) *graph.View {
	t.Helper()
	var b strings.Builder
	for pair := range strings.FieldsSeq(sectors) {
		id, sector, _ := strings.Cut(pair, "=")
		fmt.Fprintf(&b, "%s sector=%s\n", id, sector)
	}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 4 {
			continue
		}
		rest := words[3:]
		if !strings.Contains(rest[0], "=") && rest[0] != ":" {
			rest[0] = "value=" + rest[0] + " currency=USD period=2024"
		}
		fmt.Fprintln(&b, strings.Join(append(words[:3], rest...), " "))
	}
	return drawn.View(t, b.String())
}

func systemic(t *testing.T, v *graph.View, req queries.SystemicRequest) *queries.SystemicAnswer {
	t.Helper()
	req.AsOf = "2024-06-01"
	a, err := queries.SystemicRisk(t.Context(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// scores are the scores of an answer by id.
func scores(a *queries.SystemicAnswer) map[string]float64 {
	out := map[string]float64{}
	for _, r := range a.Items {
		out[r.ID] = *r.ESRI
	}
	return out
}

func wantScores(t *testing.T, a *queries.SystemicAnswer, want map[string]float64) {
	t.Helper()
	got := scores(a)
	if len(got) != len(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for id, score := range want {
		if math.Abs(got[id]-score) > 1e-9 {
			t.Errorf("%s: %v, want %v", id, got[id], score)
		}
	}
	for _, r := range a.Items {
		if *r.ErrorBound > 1e-9 {
			t.Errorf("%s: error bound %v", r.ID, *r.ErrorBound)
		}
	}
}

// exact is both ways to follow the equations to their end.
func exact(t *testing.T, v *graph.View, req queries.SystemicRequest, want map[string]float64) {
	t.Helper()
	req.Eps = 1e-12
	wantScores(t, systemic(t, v, req), want)
	req.Eps, req.Error = 0, 1e-9
	wantScores(t, systemic(t, v, req), want)
}

// Each of a chain takes all others down.
func TestSystemicChain(t *testing.T) {
	exact(t, money(t, "a=1 b=2 c=3 d=4", "a -> b 1\n b -> c 1\n c -> d 1"), queries.SystemicRequest{},
		map[string]float64{"a": 1, "b": 1, "c": 1, "d": 1})
}

// Three suppliers of one sector serve h, which serves r. When s2 stops, what is left of its sector is 7, its customers
// miss 3/7 of its 3/10, and so h, which nobody replaces, and r lose 9/70: (3 + 20 * 9/70) / 30 = 13/70.
func TestSystemicSharedSector(t *testing.T) {
	v := money(t, "s1=parts s2=parts s3=parts h=hub r=shop", "s1 -> h 5\n s2 -> h 3\n s3 -> h 2\n h -> r 20")
	exact(t, v, queries.SystemicRequest{}, map[string]float64{"s1": 1. / 2, "s2": 13. / 70, "s3": 1. / 10, "h": 1, "r": 1})
	// Nobody replaced: h loses their parts of its cost.
	exact(t, v, queries.SystemicRequest{Replaceability: "off"}, map[string]float64{"s1": .5, "s2": .3, "s3": .2, "h": 1, "r": 1})
}

// a and b supply each other, and c from outside supplies a: a stop of c takes half of a, which is half of what b buys
// from a alone, and comes back: x = 1/2 + 1/2 y, y = x, hence all. m, which buys of b too, breaks the loop upstream.
func TestSystemicLoop(t *testing.T) {
	v := money(t, "a=1 b=2 c=3 m=4", "c -> a 1\n b -> a 1\n a -> b 2\n b -> m 1")
	// Stops of c: a = 1/2 + b/2, b = a: both 1. Upstream nobody sells to c.
	// Stops of m: b loses 1/2 upstream and, through a, more: b = 1/2 + a/2, a = b: 1; c sells to a: 1.
	exact(t, v, queries.SystemicRequest{}, map[string]float64{"a": 1, "b": 1, "c": 1, "m": 1})
}

// Relations side by side add up, whatever the product; a company may supply itself.
func TestSystemicParallel(t *testing.T) {
	v := money(t, "a=1 b=2 o=3 c=4", "a -> b : p value=1 currency=USD period=2024\n a -> b : q value=2 currency=USD period=2024\n o -> b 1\n b -> b 4\n b -> c 4")
	// b's inputs: a 3, o 1, itself 4. Stop of o: b = 1/8 + b/2, b = 1/4; of a: b = 3/8 + b/2 = 3/4. Sales: a 3, o 1, b 8.
	// Stop of c: b sells half to itself: b = 1/2 + b/2 = 1, and so a and o lose all.
	exact(t, v, queries.SystemicRequest{}, map[string]float64{"a": (3 + 8*.75) / 12, "o": (1 + 8*.25) / 12, "b": 1, "c": 1})
}

// An essential input stops the buyer for as much as its sector is missed.
func TestSystemicEssential(t *testing.T) {
	v := money(t, "e=chips n=paper b=cars c=shops", `
		e -> b : chip value=1 currency=USD period=2024 essential=true
		n -> b : paper value=9 currency=USD period=2024 essential=false
		b -> c 10`)
	exact(t, v, queries.SystemicRequest{Production: "essential", Companies: []string{"e", "n"}}, map[string]float64{"e": 11. / 20, "n": 18. / 20})
	exact(t, v, queries.SystemicRequest{Companies: []string{"e", "n"}}, map[string]float64{"e": 2. / 20, "n": 18. / 20})
}

// Values of another currency or period do not count, nor do relations without one; all are counted.
func TestSystemicValues(t *testing.T) {
	v := money(t, "a=1 b=2 c=3 d=4", `
		a -> b 1
		b -> c 1
		c -> d value=7 currency=EUR period=2024
		a -> d value=7 currency=USD period=2023
		a -> c share_of_input=0.5
		d -> a value=3 currency=USD period=2024 valid_from=2024-09-01`)
	a := systemic(t, v, queries.SystemicRequest{Error: 1e-9})
	wantScores(t, a, map[string]float64{"a": 1, "b": 1, "c": 1})
	if a.Values.Currency != "USD" || a.Values.Period != "2024" || a.Values.Relations != 2 || a.Values.LeftOut != 3 || a.Values.Total != 2 {
		t.Errorf("%+v", a.Values)
	}
	a = systemic(t, v, queries.SystemicRequest{Error: 1e-9, Currency: "eur"})
	wantScores(t, a, map[string]float64{"c": 1, "d": 1})
	a = systemic(t, v, queries.SystemicRequest{Error: 1e-9, MissingValue: "equal"})
	if a.Values.Imputed != 3 || a.Values.Relations != 5 || len(a.Items) != 4 || !strings.Contains(strings.Join(a.Assumptions, ";"), "imputed") {
		t.Errorf("%+v %v", a.Values, a.Assumptions)
	}
	a = systemic(t, v, queries.SystemicRequest{Companies: []string{"d"}})
	if len(a.Items) != 1 || a.Items[0].ESRI != nil || a.Items[0].Reason == "" {
		t.Errorf("%+v", a.Items)
	}
}

// A bound that leaves everything open is told of: in a loop that is closed but for a ten-thousandth, the rounds end at
// once, and what is still to come may be all.
func TestSystemicTrivialBound(t *testing.T) {
	v := money(t, "o=1 a=2 b=3 free=4 m=5", "o -> a 0.0001\n b -> a 0.9999\n a -> b 0.9999\n free -> b 0.0001\n b -> m 0.0001\n a -> m 0.0001")
	said := func(req queries.SystemicRequest) string {
		return strings.Join(systemic(t, v, req).Warnings, ";")
	}
	if got := said(queries.SystemicRequest{Eps: 0.01, Companies: []string{"o"}}); !strings.Contains(got, "1 score has only a trivial bound") {
		t.Errorf("eps: %q", got)
	}
	if got := said(queries.SystemicRequest{Eps: 0.01}); !strings.Contains(got, "scores have only a trivial bound") {
		t.Errorf("eps, all: %q", got)
	}
	if got := said(queries.SystemicRequest{Companies: []string{"o"}}); strings.Contains(got, "trivial") {
		t.Errorf("certified: %q", got)
	}
}

// A company without a sector is replaced by nobody.
func TestSystemicNoSector(t *testing.T) {
	v := money(t, "h=hub r=shop", "s1 -> h 5\n s2 -> h 5\n h -> r 20")
	a := systemic(t, v, queries.SystemicRequest{Error: 1e-9})
	wantScores(t, a, map[string]float64{"s1": .5, "s2": .5, "h": 1, "r": 1})
	if a.Values.NoSector != 2 {
		t.Errorf("%+v", a.Values)
	}
}

func TestSystemicVictims(t *testing.T) {
	v := money(t, "s1=parts s2=parts s3=parts h=hub r=shop", "s1 -> h 5\n s2 -> h 3\n s3 -> h 2\n h -> r 20")
	a := systemic(t, v, queries.SystemicRequest{Companies: []string{"s1", "r"}})
	if len(a.Items) != 2 || a.Items[0].ID != "r" || len(a.Items[0].Victims) != 4 || a.Items[0].Victims[0].ID != "h" || a.Items[0].Victims[1].ID != "s1" {
		t.Fatalf("%+v", a.Items)
	}
	if x := a.Items[1].Victims; len(x) != 2 || x[0].ID != "h" || x[0].Downstream != .5 || x[0].Upstream != 0 || math.Abs(x[0].Loss-1./3) > 1e-12 || x[1].ID != "r" {
		t.Errorf("%+v", x)
	}
}

// Pages joined are the whole; the highest score comes first, equal ones by id.
func TestSystemicPages(t *testing.T) {
	v := money(t, "s1=parts s2=parts s3=parts h=hub r=shop", "s1 -> h 5\n s2 -> h 3\n s3 -> h 2\n h -> r 20")
	whole := systemic(t, v, queries.SystemicRequest{})
	var ids, parts []string
	for _, r := range whole.Items {
		ids = append(ids, r.ID)
	}
	if strings.Join(ids, " ") != "h r s1 s2 s3" || !whole.Complete || *whole.Total != 5 {
		t.Fatalf("%v %+v", ids, whole)
	}
	page := queries.Page{Limit: 1}
	for {
		a := systemic(t, v, queries.SystemicRequest{Page: page})
		for _, r := range a.Items {
			parts = append(parts, r.ID)
		}
		if page.Cursor = a.NextCursor; page.Cursor == "" {
			break
		}
	}
	if strings.Join(parts, " ") != strings.Join(ids, " ") {
		t.Errorf("%v, want %v", parts, ids)
	}
}

// memory keeps scores in memory.
type memory struct {
	kept   map[string][]byte
	loaded int
}

func (m *memory) Load(key string) []byte {
	m.loaded++
	return m.kept[key]
}
func (m *memory) Save(key string, scores []byte) { m.kept[key] = scores }

// What is kept of a run that was stopped is not computed again.
func TestSystemicGoesOn(t *testing.T) {
	text := "s1 -> h 5\n s2 -> h 3\n s3 -> h 2\n h -> r 20"
	m := &memory{kept: map[string][]byte{}}
	v := money(t, "s1=parts s2=parts s3=parts h=hub r=shop", text)
	first := systemic(t, v, queries.SystemicRequest{Companies: []string{"s1", "h"}, Error: 1e-6, Keep: m})
	if len(m.kept) != 1 {
		t.Fatalf("%d entries kept", len(m.kept))
	}
	for i := range 4 { // other runs take the place of the first in memory
		systemic(t, v, queries.SystemicRequest{Error: 1e-5 * float64(i+1)})
	}
	total := 0
	again := systemic(t, v, queries.SystemicRequest{Error: 1e-6, Keep: m, Progress: func(done, all int) { total = all }})
	if m.loaded != 2 || len(again.Items) != 5 || scores(again)["s1"] != scores(first)["s1"] {
		t.Errorf("%d loaded, %d items, %d", m.loaded, len(again.Items), total)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := queries.SystemicRisk(cancelled, v, queries.SystemicRequest{Scope: queries.Scope{AsOf: "2024-06-02"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestSystemicErrors(t *testing.T) {
	v := money(t, "", "a -> b 1")
	for _, req := range []queries.SystemicRequest{{Production: "x"}, {Replaceability: "x"}, {MissingValue: "x"}, {Eps: -1}, {Eps: 1}, {Error: 1e-12},
		{Victims: -1}, {Currency: "dollars"}, {Period: "soon"}, {Page: queries.Page{Cursor: "x"}}, {Page: queries.Page{Limit: -1}}} {
		if _, err := queries.SystemicRisk(t.Context(), v, req); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%v: %v", req, err)
		}
	}
	if _, err := queries.SystemicRisk(t.Context(), v, queries.SystemicRequest{Companies: []string{"nobody"}}); !errors.Is(err, graph.ErrNotFound) {
		t.Error(err)
	}
}
