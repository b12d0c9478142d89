package queries_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// countdown is a context whose deadline passes at the n-th look at it; several goroutines may look.
type countdown struct {
	context.Context
	looks atomic.Int64
}

func afterLooks(n int) *countdown {
	c := &countdown{Context: context.Background()}
	c.looks.Store(int64(n))
	return c
}

func (c *countdown) Err() error {
	if c.looks.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// However early the time is over, a list holds the first items, says so, and its cursor leads to the rest.
func TestDeadlineAnywhere(t *testing.T) {
	v := drawn.View(t, chain)
	whole := suppliers(t, v, queries.TiersRequest{Company: "nvidia"})
	for looks := 0; ; looks++ {
		req := queries.TiersRequest{Company: "nvidia"}
		a, err := queries.Suppliers(afterLooks(looks), v, req)
		if err != nil {
			t.Fatalf("after %d looks: %v", looks, err)
		}
		if a.Complete {
			if looks < 10 {
				t.Errorf("the context was looked at %d times only", looks)
			}
			break
		}
		if a.StoppedBecause != queries.StoppedByDeadline || a.Total != nil {
			t.Fatalf("after %d looks: %+v", looks, a.Answer)
		}
		rows := a.Items
		if req.Cursor = a.NextCursor; req.Cursor != "" || len(rows) == 0 {
			rows = append(rows, suppliers(t, v, req).Items...)
		}
		if got, want := summary(rows), summary(whole.Items); got != want {
			t.Fatalf("after %d looks, and the rest:\ngot  %s\nwant %s", looks, got, want)
		}
	}
	for looks := 0; ; looks++ {
		a, err := queries.Paths(afterLooks(looks), v, queries.PathsRequest{From: "quartz", To: "nvidia"})
		if err != nil {
			t.Fatalf("paths after %d looks: %v", looks, err)
		}
		if a.Complete {
			break
		}
		if a.StoppedBecause != queries.StoppedByDeadline || len(a.Warnings) == 0 {
			t.Fatalf("paths after %d looks: %+v", looks, a.Answer)
		}
	}
}

// However early the time is over, a disruption tells either no losses, or right ones and a cursor for the rest.
func TestDisruptionDeadlineAnywhere(t *testing.T) {
	v := drawn.View(t, cooling)
	whole := disrupt(t, cooling, stop("hynix"))
	for looks := 0; ; looks++ {
		req := stop("hynix")
		a, err := queries.Disruption(afterLooks(looks), v, req)
		if err != nil {
			t.Fatalf("after %d looks: %v", looks, err)
		}
		if a.Complete {
			if looks < 4 {
				t.Errorf("the context was looked at %d times only", looks)
			}
			break
		}
		if a.StoppedBecause != queries.StoppedByDeadline || len(a.Warnings) == 0 || a.Total == nil && (len(a.Items) > 0 || a.Totals.Companies.Affected > 0) {
			t.Fatalf("after %d looks: %+v", looks, a)
		}
		rows := a.Items
		req.Cursor = a.NextCursor
		rest, err := queries.Disruption(context.Background(), v, req)
		if err != nil {
			t.Fatalf("the rest after %d looks: %v", looks, err)
		}
		rest.Items = append(rows, rest.Items...)
		wantLosses(t, rest, lossesOf(whole))
	}
}

// What an exposure had no time for is counted, and then neither a total nor a cursor pretends that the ranking is whole.
func TestExposureDeadline(t *testing.T) {
	v := drawn.View(t, "s -> b : x share_of_input=0.5\nt -> b : x\nu -> s : y\nb -> c : z\n")
	for _, side := range []string{queries.SideSupply, queries.SideRevenue} {
		company := map[string]string{queries.SideSupply: "b", queries.SideRevenue: "u"}[side]
		for looks := 0; ; looks++ {
			req := queries.ExposureRequest{Company: company, Side: side, Page: queries.Page{Limit: 1}}
			a, err := queries.Exposure(afterLooks(looks), v, req)
			if err != nil {
				t.Fatalf("%s after %d looks: %v", side, looks, err)
			}
			if a.StoppedBecause == queries.StoppedByLimit {
				if a.Total == nil || *a.Total != 3 || a.NextCursor == "" {
					t.Errorf("%s: %+v", side, a.Paging)
				}
				break
			}
			if a.StoppedBecause != queries.StoppedByDeadline {
				t.Fatalf("%s after %d looks: %+v", side, looks, a.Answer)
			}
			if a.LeftOut > 0 && (a.Total != nil || a.NextCursor != "") {
				t.Fatalf("%s after %d looks: %d left out, and yet %+v", side, looks, a.LeftOut, a.Paging)
			}
		}
	}
}

// A View that was refreshed step by step answers as one that was loaded, byte for byte.
// Wherever the time is over, what was found by then is told as it is, and nothing that is not known.
func TestRemediesDeadlineAnywhere(t *testing.T) {
	v := drawn.View(t, whoElse+"far -> dep : melt\nfar -> inc : ore essential=true\n")
	for _, req := range []queries.RemediesRequest{{Company: "buyer"}, {Company: "buyer", IfStops: &queries.Target{Company: "far"}}} {
		whole, err := queries.Remedies(context.Background(), v, req)
		if err != nil {
			t.Fatal(err)
		}
		complete := false
		for looks := 0; looks < 400 && !complete; looks++ {
			a, err := queries.Remedies(afterLooks(looks), v, req)
			if err != nil {
				t.Fatalf("after %d looks: %v", looks, err)
			}
			switch complete = a.Complete; {
			case complete && remediesText(a) != remediesText(whole):
				t.Errorf("after %d looks: complete, yet\n%s\nwant\n%s", looks, remediesText(a), remediesText(whole))
			case !complete && (a.StoppedBecause != queries.StoppedByDeadline || len(a.Warnings) == 0):
				t.Errorf("after %d looks: stopped by %q, %v", looks, a.StoppedBecause, a.Warnings)
			case a.Worst == nil && len(a.Items) > 0:
				t.Errorf("after %d looks: rows, and nothing known", looks)
			}
		}
		if !complete {
			t.Error("never complete")
		}
	}
	for looks := range 20 {
		a, err := queries.Alternatives(afterLooks(looks), v, queries.AlternativesRequest{Company: "buyer"})
		if err != nil {
			t.Fatal(err)
		}
		if !a.Complete && (a.StoppedBecause != queries.StoppedByDeadline || len(a.Warnings) == 0) {
			t.Errorf("after %d looks: stopped by %q, %v", looks, a.StoppedBecause, a.Warnings)
		}
	}
}

func TestRefreshedViewsAnswerAlike(t *testing.T) {
	ctx := context.Background()
	store := drawn.Open(t)
	drawn.Put(t, store, drawn.Statements(t, "m name=Middle")) // changes are kept one by one from here on
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := network(rt, 9)
		var keys []string
		refreshed, err := graph.Load(ctx, store)
		if err != nil {
			rt.Fatal(err)
		}
		for len(statements) > 0 {
			n := rapid.IntRange(1, len(statements)).Draw(rt, "batch")
			var batch, rest []graph.Statement
			for i, s := range statements { // spread over the ids, so that later batches come between earlier ones
				if len(batch) < n && (i%2 == len(keys)%2 || n == len(statements)) {
					batch = append(batch, s)
				} else {
					rest = append(rest, s)
				}
			}
			if len(batch) == 0 {
				batch, rest = statements[:1], statements[1:]
			}
			keys = append(keys, drawn.Put(t, store, batch))
			statements = rest
			if refreshed, err = refreshed.Refresh(ctx, store); err != nil {
				rt.Fatal(err)
			}
		}
		loaded, err := graph.Load(ctx, store)
		if err != nil {
			rt.Fatal(err)
		}
		if got, want := everything(rt, refreshed, len(to)), everything(rt, loaded, len(to)); got != want {
			rt.Fatalf("refreshed:\n%s\nloaded:\n%s", got, want)
		}
		for _, key := range keys {
			if _, err := store.Apply(ctx, graph.Batch{Undo: key}); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

// everything asks every question of every company.
func everything(t *rapid.T, v *graph.View, companies int) (out string) {
	ctx := context.Background()
	scope := queries.Scope{AsOf: "any"}
	say := func(answer any, err error) {
		text, encoding := json.Marshal(answer)
		if encoding != nil {
			t.Fatal(encoding)
		}
		out += fmt.Sprintf("%s %v\n", text, err)
	}
	for i := range companies {
		for _, d := range []queries.Direction{queries.Upstream, queries.Downstream} {
			say(queries.Suppliers(ctx, v, queries.TiersRequest{Company: name(i), Direction: d, Scope: scope, Depth: 4}))
			say(queries.Suppliers(ctx, v, queries.TiersRequest{Company: name(i), Direction: d, Scope: scope, Page: queries.Page{Limit: 2}}))
		}
		say(queries.Company(ctx, v, queries.CompanyRequest{Company: name(i), Scope: scope}))
		say(queries.Paths(ctx, v, queries.PathsRequest{From: name(i), To: name((i + 1) % companies), Scope: scope, Evidence: true}))
	}
	say(queries.FindCompanies(ctx, v, queries.FindRequest{Scope: scope}))
	say(queries.FindCompanies(ctx, v, queries.FindRequest{Query: "c0", Scope: scope}))
	say(queries.FindProducts(ctx, v, queries.FindRequest{Scope: scope}))
	say(queries.Loops(ctx, v, queries.LoopsRequest{Scope: scope}))
	say(queries.Stats(ctx, v, queries.StatsRequest{Scope: scope}))
	return out
}
