package queries_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// failer is a test or a rapid check.
type failer interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func chokepoints(t failer, v *graph.View, req queries.ChokepointsRequest) *queries.ChokepointsAnswer {
	t.Helper()
	a, err := queries.Chokepoints(context.Background(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func productID(p *queries.Ref) string {
	if p == nil {
		return "-"
	}
	return p.ID
}

// routesText is "id alone(product alone,...)" for each row.
func routesText(rows []queries.RouteRow) string {
	var out []string
	for _, r := range rows {
		var by []string
		for _, p := range r.ByProduct {
			by = append(by, fmt.Sprintf("%s %d", productID(p.Product), p.Alone))
		}
		out = append(out, fmt.Sprintf("%s %d(%s)", r.ID, r.Alone, strings.Join(by, ",")))
	}
	return strings.Join(out, " ")
}

// mustText is "id(everything,product,...)" for each row, with ! behind an end.
func mustText(rows []queries.MustPassRow) string {
	var out []string
	for _, r := range rows {
		var of []string
		if r.Everything {
			of = append(of, "*")
		}
		for _, p := range r.Products {
			of = append(of, productID(p))
		}
		end := ""
		if r.IsEnd {
			end = "!"
		}
		out = append(out, fmt.Sprintf("%s%s(%s)", r.ID, end, strings.Join(of, ",")))
	}
	return strings.Join(out, " ")
}

// soleText is "tier supplier-product->buyer" for each row: = stated, ? documented, + documented in a complete list.
func soleText(rows []queries.SoleSourceRow) string {
	var out []string
	for _, r := range rows {
		sign := "?"
		if r.Basis == "sole_stated" {
			sign = "="
		} else if r.ListComplete {
			sign = "+"
		}
		text := fmt.Sprintf("%d%s %s-%s->%s", r.Tier, sign, r.ID, productID(r.Product), r.Buyer.ID)
		for _, also := range r.PerhapsAlso {
			text += "|" + also.ID
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

// stopsText is "id(line,...)" for each row: ! behind a line that stops for certain, ? behind one that may.
func stopsText(rows []queries.StopRow) string {
	var out []string
	for _, r := range rows {
		var lines []string
		for _, l := range r.Lines {
			sign := "?"
			if l.Stops {
				sign = "!"
			}
			lines = append(lines, productID(l.Product)+sign)
		}
		out = append(out, fmt.Sprintf("%s(%s)", r.ID, strings.Join(lines, ",")))
	}
	return strings.Join(out, " ")
}

// endsText is "companies loops", with own where the company stands on the only end.
func endsText(e *queries.RouteEnds) string {
	text := fmt.Sprintf("%d %d", e.Companies, e.Loops)
	if e.OwnLoop {
		text += " own"
	}
	return text
}

func TestChokepoints(t *testing.T) {
	for _, test := range []struct{ name, network, ends, routes, must, sole string }{
		// Two ways from d to b: neither c1 nor c2 carries it alone. e comes through d only.
		{"diamond", `
			c1 -> b : x
			c2 -> b : x
			d -> c1 : y
			d -> c2 : y
			e -> d : z
		`, "1 0", "d 1(x 1)", "d(*,x) e!(*,x)", ""},
		// Of x alone, c1 is the only way for d and e; over everything it is not.
		{"by product", `
			c1 -> b : x
			c2 -> b : w
			d -> c1 : y
			d -> c2 : y
			e -> d : z
		`, "1 0", "d 1(w 1,x 1) c1 0(x 2) c2 0(w 2)", "d(*,w,x) e!(*,w,x) c1(x) c2(w)", "1? c2-w->b 1? c1-x->b"},
		// s is the only way for x; y comes from t too. Parallel relations are one hop.
		{"parallel relations", `
			s -> b : p
			s -> b : q
			t -> b : q
			x -> s : r
			y -> s : r
			y -> t : r
		`, "2 0", "s 1(p 2,q 1)", "s(p)", "1? s-p->b"},
		// b stands on a loop b -> x -> a -> b. That b supplies x is no route to b.
		{"b on a loop", `
			a -> b : p
			x -> a : q
			b -> x : r
			y -> x : r
		`, "1 0", "a 2(p 2) x 1(p 1)", "a(*,p) x(*,p) y!(*,p)", "1? a-p->b"},
		// Nobody outside supplies the loop on which b stands: there is no end but that.
		{"only b's own loop", `
			a -> b : p
			x -> a : q
			b -> x : r
		`, "0 0 own", "a 1(p 1)", "", "1? a-p->b"},
		// l1 and l2 supply each other and nobody supplies them: one end, whose only way out is l1.
		{"loop as one end", `
			a -> b : p
			c -> b : p
			l1 -> a : q
			l1 -> c : q
			l2 -> l1 : r
			l1 -> l2 : r
		`, "0 1", "l1 1(p 1)", "l1!(*,p)", ""},
		// Both of the loop have a way out: nothing must be passed. A company that supplies itself is an end.
		{"loop with two ways out", `
			a -> b : p
			c -> b : p
			l1 -> a : q
			l2 -> c : q
			l2 -> l1 : r
			l1 -> l2 : r
			self -> self : s
			self -> a : t
		`, "1 1", "a 1(p 1)", "", ""},
		// HBM3E is HBM is memory: what h supplies is memory too, so m is not the only one; what m brings may be HBM.
		{"kinds of products", `
			product memory
			product hbm parent=memory
			product hbm3e parent=hbm
			m -> b : memory
			h -> b : hbm
			e -> b : hbm3e
			x -> h : q
			u -> b
		`, "4 0", "h 1(hbm 1,memory 1)", "", "1? e-hbm3e->b|h|m|u 1? u--->b"},
		// Stated: all of p comes from a, though c supplies p too. The list of q is complete on a source's word.
		{"stated and complete", `
			source s published=2024-05-11
			a -> b : p share_of_input=1
			c -> b : p
			a -> b : q complete_list=true source=s period=2024
			a -> b : r share_of_input=0.6
		`, "2 0", "", "", "1= a-p->b 1+ a-q->b 1? a-r->b"},
		{"dates and stages", `
			a -> b : p
			c -> b : p valid_to=2020
			d -> b : p stage=sampling
			e -> b : p stance=denies
		`, "1 0", "", "a!(*)", "1? a-p->b"},
		{"nobody", `b name=B`, "0 0", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := chokepoints(t, drawn.View(t, test.network), queries.ChokepointsRequest{Company: "b"})
			for _, part := range []struct{ what, got, want string }{
				{"ends", endsText(a.Ends), test.ends}, {"routes", routesText(a.Routes.Items), test.routes},
				{"must pass", mustText(a.MustPass.Items), test.must}, {"sole sources", soleText(a.SoleSources.Items), test.sole},
			} {
				if part.got != part.want {
					t.Errorf("%s:\ngot  %s\nwant %s", part.what, part.got, part.want)
				}
			}
			for _, h := range []queries.ListHead{a.Routes.ListHead, a.MustPass.ListHead, a.Stops.ListHead} {
				if !h.Complete || h.Total == nil {
					t.Errorf("%+v", h)
				}
			}
		})
	}
}

func TestStops(t *testing.T) {
	for _, test := range []struct {
		name, network, assume, want string
		sentence                    string // of the first row
	}{
		// All of the pumps that x needs come from s, and all that s needs from r. Line y does not need pumps.
		{"along a chain", `
			b name=Beta
			r -> s : steel essential=true share_of_input=1
			s -> b : pump essential=true share_of_input=1 used_in=x
			b -> k : x
			b -> k : y
			k -> l : z
		`, "", "s(x!) r(x!)", "If s stops, x of Beta stops."},
		// Who brings how much is not stated, nor whether it is essential: anything is possible.
		{"unknown shares", `
			b name=Beta
			s -> b : pump essential=true
			t -> b : pump essential=true
			u -> b : paint
			b -> k : x
			b -> k : y
		`, "", "s(x?,y?) t(x?,y?) u(x?,y?)", "If s stops, x and y of Beta may stop."},
		// 60% is not everything; of the rest, 40%, t may bring all. Together they are not one company.
		{"shares", `
			s -> b : pump essential=true share_of_input=0.6
			t -> b : pump essential=true
			b -> k : x
		`, "", "", ""},
		// s stands behind both suppliers, which are all there are.
		{"hidden behind two", `
			source f published=2024-01-01
			b name=Beta
			s1 -> b : pump essential=true complete_list=true source=f period=2024
			s2 -> b : pump essential=true
			s -> s1 : motor essential=true share_of_input=1
			s -> s2 : motor essential=true share_of_input=1
			b -> k : x
		`, "", "s(x!) s1(x?) s2(x?)", "If s stops, x of Beta stops."},
		// The same with open lists: a third supplier may serve b.
		{"hidden behind two, open", `
			b name=Beta
			s1 -> b : pump essential=true
			s2 -> b : pump essential=true
			s -> s1 : motor essential=true share_of_input=1
			s -> s2 : motor essential=true share_of_input=1
			b -> k : x
		`, "", "s1(x?) s2(x?) s(x?)", "If s1 stops, x of Beta may stop."},
		{"hidden behind two, assumed complete", `
			b name=Beta
			s1 -> b : pump essential=true
			s2 -> b : pump essential=true
			s -> s1 : motor essential=true share_of_input=1
			s -> s2 : motor essential=true share_of_input=1
			b -> k : x
		`, "complete", "s(x!) s1(x?) s2(x?)", "If s stops, x of Beta stops."},
		// b feeds the loop on which it stands: only what comes from outside counts.
		{"loop", `
			a -> b : p essential=true share_of_input=1
			b -> a : x essential=true share_of_input=1
			s -> a : q essential=true share_of_input=1
		`, "", "a(x!) s(x!)", "If a stops, x of b stops."},
		{"no product of b is known", `
			s -> b : pump essential=true share_of_input=1
		`, "", "s(-!)", "If s stops, everything of b stops."},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := drawn.View(t, test.network)
			a := chokepoints(t, v, queries.ChokepointsRequest{Company: "b", Kind: queries.ChokeStops, Assume: test.assume})
			if got := stopsText(a.Stops.Items); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			if test.sentence != "" && len(a.Stops.Items) > 0 && a.Stops.Items[0].Sentence != test.sentence {
				t.Errorf("got  %s\nwant %s", a.Stops.Items[0].Sentence, test.sentence)
			}
			if !a.Stops.Complete || a.Stops.Total == nil || a.Stops.Tried != *a.Upstream {
				t.Errorf("%+v", a.Stops.ListHead)
			}
		})
	}
}

// On random networks stops are the companies for which the scenario that they stop, over the whole network, takes all
// of a line.
func TestStopsAreDisruptions(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := network(rt, 7)
		for i := range statements {
			if statements[i].Kind != graph.KindSupplies {
				continue
			}
			var fields []graph.Field
			if share := rapid.SampledFrom([]float64{0, 0.5, 1, 1}).Draw(rt, "share"); share > 0 {
				fields = append(fields, graph.Field{ID: graph.FieldShareOfInput, Number: share})
			}
			if essential := rapid.SampledFrom([]string{"", "true", "true", "false"}).Draw(rt, "essential"); essential != "" {
				fields = append(fields, graph.Field{ID: graph.FieldEssential, Text: essential})
			}
			statements[i].Fields = fields
		}
		v := drawn.ViewIn(t, store, statements)
		b := name(rapid.IntRange(0, len(to)-1).Draw(rt, "company"))
		assume := rapid.SampledFrom([]string{"open", "complete"}).Draw(rt, "assume")
		got := map[string]string{}
		for _, r := range chokepoints(rt, v, queries.ChokepointsRequest{Company: b, Kind: queries.ChokeStops, Assume: assume}).Stops.Items {
			got[r.ID] = stopsText([]queries.StopRow{r})
		}
		for i := range to {
			s := name(i)
			if s == b {
				continue
			}
			req := stop(s)
			req.Company, req.MinLoss = b, 1
			if assume == "complete" {
				req.Assume = []string{assume}
			}
			a, err := queries.Disruption(context.Background(), v, req)
			if err != nil {
				rt.Fatal(err)
			}
			var lines []string
			for _, r := range a.Items {
				sign := "?"
				if r.Loss.Low == 1 {
					sign = "!"
				}
				for _, l := range r.Lines {
					lines = append(lines, l.ID+sign)
				}
				if len(r.Lines) == 0 {
					lines = append(lines, "-"+sign)
				}
			}
			slices.Sort(lines)
			want := ""
			if lines != nil {
				want = fmt.Sprintf("%s(%s)", s, strings.Join(lines, ","))
			}
			if got[s] != want {
				rt.Fatalf("%s stops: got %q, want %q", s, got[s], want)
			}
		}
	})
}

func TestChokepointsSentences(t *testing.T) {
	v := drawn.View(t, `
		b name=Beta
		s name=Sigma country=JP
		product p name=Pumps
		product pk name="Small pumps" parent=p
		s -> b : p share_of_input=0.4 confidence=0.8
		x -> s : r
		t -> s : r
		rival * p market_share=0.3
		big * pk market_share=0.5
		old -> other : p
		u -> b : q
		y -> u : r
		y -> x : r
		s -> b : q
	`)
	a := chokepoints(t, v, queries.ChokepointsRequest{Company: "b", Depth: 2})
	var got []string
	for _, r := range a.Routes.Items {
		got = append(got, r.Sentence)
	}
	for _, r := range a.MustPass.Items {
		got = append(got, r.Sentence)
	}
	for _, r := range a.SoleSources.Items {
		got = append(got, r.Sentence)
	}
	want := []string{
		"Every documented route from 2 other companies to Beta passes Sigma.",
		"Every documented route from 1 other company to Beta that brings it Pumps passes x.",
		"Every documented route that brings Beta Pumps passes Sigma, from wherever the documentation ends.",
		"Sigma is the only documented supplier of Pumps to Beta, but it is stated not to supply all of it: the others are not documented.",
		"y is the only documented supplier of r to u; there may be others that nobody documented.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
	var alternatives []string
	for _, x := range a.SoleSources.Items[0].Alternatives {
		alternatives = append(alternatives, fmt.Sprintf("%s %s %s %s", x.ID, x.Match, x.How, x.Product.ID))
	}
	if want := "rival same makes p, old same supplies p, big kind makes pk"; strings.Join(alternatives, ", ") != want {
		t.Errorf("alternatives: %s\nwant          %s", strings.Join(alternatives, ", "), want)
	}
}

// trade is one relation of a random network.
type trade struct {
	from, to int
	product  string
}

// slowChoke finds everything by taking companies out one by one.
type slowChoke struct {
	n      int
	trades []trade
	b      int
}

// reach are the companies from which a route leads to b without passing one company; the last hop brings the product.
func (s *slowChoke) reach(product string, without int) []bool {
	seen := make([]bool, s.n)
	seen[s.b] = true
	for grew := true; grew; {
		grew = false
		for _, x := range s.trades {
			last := x.to == s.b
			if seen[x.to] && !seen[x.from] && x.from != without && x.from != x.to && (!last || product == "*" || x.product == product) {
				seen[x.from], grew = true, true
			}
		}
	}
	return seen
}

// standsBehind reports whether a route leads from one company to another.
func (s *slowChoke) standsBehind(from, to int) bool {
	return (&slowChoke{s.n, s.trades, to}).reach("*", -1)[from]
}

// isEnd reports whether whoever stands behind i has i behind itself.
func (s *slowChoke) isEnd(i int) bool {
	for j := range s.n {
		if s.standsBehind(j, i) && !s.standsBehind(i, j) {
			return false
		}
	}
	return true
}

func (s *slowChoke) products() (out []string) {
	for _, x := range s.trades {
		if x.to == s.b && x.from != s.b {
			out = append(out, x.product)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > 0 && out[0] == "" {
		out = append(out[1:], "")
	}
	return out
}

func (s *slowChoke) alone(product string, i int) (count int) {
	whole, left := s.reach(product, -1), s.reach(product, i)
	for x := range s.n {
		if x != i && whole[x] && !left[x] {
			count++
		}
	}
	return count
}

func (s *slowChoke) must(product string, i int) bool {
	whole, left := s.reach(product, -1), s.reach(product, i)
	ends := 0
	for x := range s.n {
		if !whole[x] || !s.isEnd(x) {
			continue
		}
		if ends++; x != i && left[x] || x == s.b {
			return false
		}
	}
	return ends > 0 && whole[i] && (product == "*" || slices.Contains(s.without(whole, i), true))
}

// without leaves b and i out.
func (s *slowChoke) without(of []bool, i int) []bool {
	of = slices.Clone(of)
	of[s.b], of[i] = false, false
	return of
}

func productText(p string) string {
	if p == "" {
		return "-"
	}
	return p
}

func (s *slowChoke) routes() string {
	type row struct {
		alone, most int
		id, text    string
	}
	var rows []row
	for i := range s.n {
		if i == s.b || !s.reach("*", -1)[i] {
			continue
		}
		r := row{alone: s.alone("*", i), id: name(i)}
		var by []string
		for _, p := range s.products() {
			if n := s.alone(p, i); n > 0 {
				r.most = max(r.most, n)
				by = append(by, fmt.Sprintf("%s %d", productText(p), n))
			}
		}
		if r.text = fmt.Sprintf("%s %d(%s)", r.id, r.alone, strings.Join(by, ",")); r.alone+r.most > 0 {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b row) int {
		switch {
		case a.alone != b.alone:
			return b.alone - a.alone
		case a.most != b.most:
			return b.most - a.most
		}
		return strings.Compare(a.id, b.id)
	})
	var out []string
	for _, r := range rows {
		out = append(out, r.text)
	}
	return strings.Join(out, " ")
}

// mustSet is the rows of must pass in the order of their texts.
func (s *slowChoke) mustSet() []string {
	var out []string
	for i := range s.n {
		if i == s.b {
			continue
		}
		var of []string
		for _, p := range append([]string{"*"}, s.products()...) {
			if s.must(p, i) {
				of = append(of, productText(p))
			}
		}
		end := ""
		if s.isEnd(i) {
			end = "!"
		}
		if of != nil {
			out = append(out, fmt.Sprintf("%s%s(%s)", name(i), end, strings.Join(of, ",")))
		}
	}
	return out
}

// On random networks the answer is what taking companies out one by one finds.
func TestChokepointsAreAsDefined(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := network(rt, 9)
		v := drawn.ViewIn(t, store, statements)
		slow := &slowChoke{n: len(to), b: rapid.IntRange(0, len(to)-1).Draw(rt, "company")}
		for _, x := range statements {
			if x.Kind == graph.KindSupplies {
				slow.trades = append(slow.trades, trade{slices.IndexFunc(to, func([]bool) bool { return false }), 0, x.Product})
				last := &slow.trades[len(slow.trades)-1]
				for i := range to {
					if name(i) == x.From {
						last.from = i
					}
					if name(i) == x.To {
						last.to = i
					}
				}
			}
		}
		a := chokepoints(rt, v, queries.ChokepointsRequest{Company: name(slow.b)})
		if got, want := routesText(a.Routes.Items), slow.routes(); got != want {
			rt.Fatalf("routes:\ngot  %s\nwant %s", got, want)
		}
		var must []string
		for i := range a.MustPass.Items {
			must = append(must, mustText(a.MustPass.Items[i:i+1]))
		}
		slices.Sort(must)
		if want := slow.mustSet(); !slices.Equal(must, want) {
			rt.Fatalf("must pass:\ngot  %s\nwant %s", must, want)
		}
		pagesJoined(rt, v, a, rapid.IntRange(1, 3).Draw(rt, "limit"))
	})
}

// pagesJoined checks that the parts of each list are the list.
func pagesJoined(t failer, v *graph.View, whole *queries.ChokepointsAnswer, limit int) {
	t.Helper()
	routes, must, stops, sole := []queries.RouteRow{}, []queries.MustPassRow{}, []queries.StopRow{}, []queries.SoleSourceRow{}
	for _, kind := range []string{queries.ChokeRoutes, queries.ChokeMustPass, queries.ChokeStops, queries.ChokeSoleSources} {
		req := queries.ChokepointsRequest{Company: whole.Company.ID, Kind: kind, Page: queries.Page{Limit: limit}}
		for first := true; first || req.Cursor != ""; first = false {
			a := chokepoints(t, v, req)
			req.Cursor = a.NextCursor
			if a.Complete == (a.NextCursor != "") && a.StoppedBecause != queries.StoppedByDepth {
				t.Fatalf("complete %v with cursor %q", a.Complete, a.NextCursor)
			}
			switch kind {
			case queries.ChokeRoutes:
				routes = append(routes, a.Routes.Items...)
			case queries.ChokeMustPass:
				must = append(must, a.MustPass.Items...)
			case queries.ChokeStops:
				stops = append(stops, a.Stops.Items...)
			default:
				sole = append(sole, a.SoleSources.Items...)
			}
		}
	}
	if !reflect.DeepEqual(routes, whole.Routes.Items) || !reflect.DeepEqual(must, whole.MustPass.Items) || !reflect.DeepEqual(stops, whole.Stops.Items) ||
		!reflect.DeepEqual(sole, whole.SoleSources.Items) {
		t.Fatalf("parts of %d differ from the whole", limit)
	}
}

func TestChokepointsRefuses(t *testing.T) {
	v := drawn.View(t, chain)
	for _, test := range []struct {
		req  queries.ChokepointsRequest
		want error
	}{
		{queries.ChokepointsRequest{Company: "nvidia", Kind: "degree"}, graph.ErrInvalid},
		{queries.ChokepointsRequest{Company: "nvidia", Depth: 101}, graph.ErrInvalid},
		{queries.ChokepointsRequest{Company: "nvidia", Assume: "closed"}, graph.ErrInvalid},
		{queries.ChokepointsRequest{Company: "nvidia", Page: queries.Page{Cursor: "x"}}, graph.ErrInvalid},
		{queries.ChokepointsRequest{Company: "nobody"}, graph.ErrNotFound},
		{queries.ChokepointsRequest{Company: "nvidia", Product: "nothing"}, graph.ErrNotFound},
	} {
		if _, err := queries.Chokepoints(context.Background(), v, test.req); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v", test.req, err)
		}
	}
}

// late is a context whose deadline passes at the n-th look at it; several may look at once.
type late struct {
	context.Context
	looks *atomic.Int64
}

func newLate(looks int) late {
	l := late{context.Background(), new(atomic.Int64)}
	l.looks.Store(int64(looks))
	return l
}

func (l late) Err() error {
	if l.looks.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// However early the time is over, what is listed is right, and what is not says so.
func TestChokepointsDeadlineAnywhere(t *testing.T) {
	v := drawn.View(t, chain)
	whole := chokepoints(t, v, queries.ChokepointsRequest{Company: "nvidia"})
	for looks := 0; ; looks++ {
		a, err := queries.Chokepoints(newLate(looks), v, queries.ChokepointsRequest{Company: "nvidia"})
		if err != nil {
			t.Fatalf("after %d looks: %v", looks, err)
		}
		if a.StoppedBecause != queries.StoppedByDeadline {
			if looks < 4 {
				t.Errorf("the context was looked at %d times only", looks)
			}
			break
		}
		if len(a.Warnings) == 0 {
			t.Errorf("after %d looks: no warning", looks)
		}
		if a.Routes.Total != nil && routesText(a.Routes.Items) != routesText(whole.Routes.Items) {
			t.Errorf("after %d looks: %s", looks, routesText(a.Routes.Items))
		}
		if a.Routes.Total == nil && a.Routes.Complete || a.MustPass.Total == nil && a.MustPass.Complete || a.Stops.Total == nil && a.Stops.Complete || a.SoleSources.Total == nil && a.SoleSources.Complete {
			t.Errorf("after %d looks a list claims to be complete: %+v", looks, a)
		}
	}
}

// b supplies a other things directly, and stands on the routes that bring it q by way of e: the row tells of that relation.
func TestRouteByWayOfOthers(t *testing.T) {
	v := drawn.View(t, `
		b -> a : p
		c -> a : p
		e -> a : q
		b -> e : p
		f -> b : r
		f -> c : r`)
	a := chokepoints(t, v, queries.ChokepointsRequest{Company: "a", Kind: queries.ChokeRoutes})
	for _, r := range a.Routes.Items {
		if r.ID == "b" && r.Relation == "supplies~b~e~p" && r.Buyer.ID == "e" && len(r.ByProduct) == 1 && r.ByProduct[0].Product.ID == "q" {
			return
		}
	}
	t.Errorf("%+v", a.Routes.Items)
}
