package queries_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

func common(t testing.TB, v *graph.View, req queries.CommonSuppliersRequest) *queries.CommonSuppliersAnswer {
	t.Helper()
	return ask(t, queries.CommonSuppliers, v, req)
}

func portfolio(t testing.TB, v *graph.View, req queries.PortfolioSuppliersRequest) *queries.PortfolioSuppliersAnswer {
	t.Helper()
	return ask(t, queries.PortfolioSuppliers, v, req)
}

// commas lists the ids of companies.
func commas(list []queries.Ref) string { return strings.ReplaceAll(refs(list), " ", ",") }

// commonText is a list as "id@tier<via,via", one after the other.
func commonText(rows []queries.CommonSupplierRow) string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprintf("%s@%d<%s", r.ID, r.Tier, commas(r.Via)))
		if len(r.Via) != r.Suppliers || r.ViaMore {
			out = append(out, fmt.Sprintf("of %d", r.Suppliers))
		}
	}
	return strings.Join(out, " ")
}

// portfolioText is a list as "id@tier<member@tier(via,via),...|direct,...=amount currency", one after the other.
func portfolioText(rows []queries.PortfolioSupplierRow) string {
	var out []string
	for _, r := range rows {
		var behind, spend []string
		for _, m := range r.Behind {
			behind = append(behind, fmt.Sprintf("%s@%d(%s)", m.Member.ID, m.Tier, commas(m.Via)))
		}
		text := fmt.Sprintf("%s@%d<%s", r.ID, r.Tier, strings.Join(behind, ","))
		if len(r.DirectTo) > 0 {
			text += "|" + commas(r.DirectTo)
		}
		for _, m := range r.Spend {
			spend = append(spend, fmt.Sprintf("%v%s", m.Amount, m.Currency))
		}
		if r.SpendUnknown > 0 {
			spend = append(spend, fmt.Sprintf("?%d", r.SpendUnknown))
		}
		if r.Member {
			text += " member"
		}
		out = append(out, text+"="+strings.Join(spend, "+"))
		if len(r.Behind) != r.Members || r.BehindMore {
			out = append(out, fmt.Sprintf("of %d", r.Members))
		}
	}
	return strings.Join(out, " ")
}

// Tier 1: a, b, c. Tier 2: x, y, z. Routes of two hops: x-a, x-b, y-b, y-c, z-c: five.
const diamonds = `
	a -> buyer : p
	a -> buyer : q
	b -> buyer
	c -> buyer
	x -> a : r
	x -> b : s
	y -> b
	y -> c
	z -> c
	z -> c : other`

func TestDiamondRatio(t *testing.T) {
	a := common(t, drawn.View(t, diamonds), queries.CommonSuppliersRequest{Company: "buyer"})
	d := a.Diamond
	if d.TierOne != 3 || d.TierTwo != 3 || d.Routes != 5 || math.Abs(*d.DC-1.667) > 5e-4 || math.Abs(*d.DM-0.556) > 5e-4 {
		t.Errorf("%+v: dc %v, dm %v", d, *d.DC, *d.DM)
	}
	if got := commonText(a.Items); got != "x@2<a,b y@2<b,c" {
		t.Errorf("common suppliers: %s", got)
	}
	if got := refs(a.Items[0].Products); got != "r s" {
		t.Errorf("x supplies %s", got)
	}
	if !a.Complete || *a.Total != 2 || a.Searched != 3 {
		t.Errorf("%+v", a)
	}
	if a = common(t, drawn.View(t, diamonds), queries.CommonSuppliersRequest{Company: "x"}); a.Diamond.DC != nil || a.Diamond.DM != nil || len(a.Items) != 0 {
		t.Errorf("of a company without suppliers: %+v", a)
	}
}

// A loop, a chain past the company itself, suppliers that supply one another, dates and stages.
const tangled = `
	a -> buyer
	b -> buyer
	back -> buyer
	only -> buyer
	x -> a
	x -> b
	b -> a
	deep -> x
	a -> deep
	buyer -> b
	far -> back
	far -> only
	late -> a valid_from=2030
	late -> b valid_from=2030
	tried -> a stage=sampling
	tried -> b stage=sampling
	own -> own
	own -> a`

func TestCommonSuppliers(t *testing.T) {
	v := drawn.View(t, tangled)
	for _, test := range []struct {
		name string
		req  queries.CommonSuppliersRequest
		want string
	}{
		{"three hops", queries.CommonSuppliersRequest{}, "far@2<back,only x@2<a,b deep@3<a,b"},
		{"two hops", queries.CommonSuppliersRequest{Depth: 2}, "far@2<back,only x@2<a,b"},
		{"one is enough", queries.CommonSuppliersRequest{Depth: 2, Min: 1}, "far@2<back,only x@2<a,b own@2<a"},
		// own -> a -> deep -> x -> b -> buyer
		{"over the loop", queries.CommonSuppliersRequest{Depth: 5}, "far@2<back,only x@2<a,b own@2<a,b deep@3<a,b"},
		{"those who start in 2030", queries.CommonSuppliersRequest{Depth: 2, Scope: queries.Scope{AsOf: "2031"}}, "far@2<back,only late@2<a,b x@2<a,b"},
		{"samples", queries.CommonSuppliersRequest{Depth: 2, Scope: queries.Scope{Stages: []string{"unknown", "sampling"}}}, "far@2<back,only tried@2<a,b x@2<a,b"},
		{"more than there are", queries.CommonSuppliersRequest{Min: 3}, ""},
	} {
		test.req.Company = "buyer"
		if got := commonText(common(t, v, test.req).Items); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	if a := common(t, v, queries.CommonSuppliersRequest{Company: "buyer", Depth: 2}); a.StoppedBecause != "depth" {
		t.Errorf("two hops are said to be all: %+v", a.Answer)
	}
	if a := common(t, v, queries.CommonSuppliersRequest{Company: "buyer", Depth: 9}); !a.Complete {
		t.Errorf("nine hops are said not to be all: %+v", a.Answer)
	}
	for _, bad := range []queries.CommonSuppliersRequest{{Company: "buyer", Depth: -1}, {Company: "buyer", Depth: 101}, {Company: "buyer", Min: -1},
		{Company: "buyer", Page: queries.Page{Cursor: "x"}}} {
		if _, err := queries.CommonSuppliers(context.Background(), v, bad); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := queries.CommonSuppliers(context.Background(), v, queries.CommonSuppliersRequest{Company: "nobody"}); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

// m1 and m2 buy from s1, m2 and m3 from s2; root supplies both of these, and m3 directly; m1 supplies s2.
const members = `
	m1 name=One
	s1 -> m1
	s1 -> m2
	s2 -> m2
	s2 -> m3
	root -> s1
	root -> s2
	root -> m3
	m1 -> s2
	mine -> root
	same-a name=Same
	same-b name=Same`

func spend(x float64) *float64 { return &x }

func TestPortfolioSuppliers(t *testing.T) {
	v := drawn.View(t, members)
	a := portfolio(t, v, queries.PortfolioSuppliersRequest{Portfolio: queries.Portfolio{
		{Company: "m3"}, {Company: "One", Spend: spend(10), Currency: "usd"}, {Company: "m2", Spend: spend(5), Currency: "USD"},
		{Company: "nobody", Spend: spend(99)}, {Company: "Same"}, {Company: "m1", Spend: spend(2), Currency: "USD"}}})
	want := "mine@2<m1@3(s1),m2@3(s1,s2),m3@2(root)=17USD+?1 root@2<m1@2(s1),m2@2(s1,s2)|m3=17USD m1@2<m2@2(s2),m3@2(s2) member=5USD+?1"
	if got := portfolioText(a.Items); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if root := a.Items[1]; len(root.SpendDirect) != 0 || root.SpendDirectUnknown != 1 { // m3, on which nobody says what is spent
		t.Errorf("%+v", root)
	}
	p := a.Portfolio
	if p.Members != 3 || len(p.NotFound) != 1 || len(p.Ambiguous) != 1 || strings.Join(p.Ambiguous[0].Candidates, " ") != "same-a same-b" ||
		refs(p.Repeated) != "m1" || fmt.Sprint(p.Spend) != "[{17 USD}]" || p.Unknown != 1 {
		t.Errorf("%+v", p)
	}
	if len(a.Warnings) != 2 {
		t.Errorf("warnings: %q", a.Warnings)
	}
	a = portfolio(t, v, queries.PortfolioSuppliersRequest{Portfolio: queries.Portfolio{
		{Company: "m1", Spend: spend(10), Currency: "USD"}, {Company: "m2", Spend: spend(500), Currency: "TWD"}, {Company: "m2", Spend: spend(5), Currency: "EUR"},
		{Company: "m3", Spend: spend(3), Currency: "TWD"}}, Min: 1})
	want = "mine@2<m1@3(s1),m2@3(s1,s2),m3@2(root)=3TWD+10USD+?1 root@2<m1@2(s1),m2@2(s1,s2)|m3=10USD+?1 m1@2<m2@2(s2),m3@2(s2) member=3TWD+?1 s1@3<m3@3(s2)|m1,m2=3TWD"
	if got := portfolioText(a.Items); got != want {
		t.Errorf("several currencies:\ngot  %s\nwant %s", got, want)
	}
	if s1 := a.Items[3]; fmt.Sprint(s1.SpendDirect) != "[{10 USD}]" || s1.SpendDirectUnknown != 1 { // m1 and m2, which states two
		t.Errorf("%+v", s1)
	}
	if len(a.Warnings) != 1 || !strings.Contains(a.Warnings[0], "not added up") {
		t.Errorf("warnings: %q", a.Warnings)
	}
	a = portfolio(t, v, queries.PortfolioSuppliersRequest{Portfolio: queries.Portfolio{{Company: "nobody"}}})
	if len(a.Items) != 0 || a.Portfolio.Members != 0 || !a.Complete {
		t.Errorf("of nobody: %+v", a)
	}
	for _, bad := range []queries.Portfolio{nil, {{Company: " "}}, {{Company: "m1", Spend: spend(-1)}}, {{Company: "m1", Spend: spend(math.NaN())}}, {{Company: "m1", Currency: "dollars"}}} {
		if _, err := queries.PortfolioSuppliers(context.Background(), v, queries.PortfolioSuppliersRequest{Portfolio: bad}); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

// hopsTo is the least number of hops from every company to c over chains that do not pass avoid; -1 where there is
// none.
func hopsTo(to [][]bool, c, avoid int) []int {
	far := make([]int, len(to))
	for i := range far {
		far[i] = -1
	}
	far[c] = 0
	for hops := 1; hops <= len(to); hops++ {
		for i := range to {
			for j := range to {
				if far[i] < 0 && i != avoid && i != j && to[i][j] && far[j] == hops-1 {
					far[i] = hops
				}
			}
		}
	}
	return far
}

// slowCommon is the definition, with one search a direct supplier.
func slowCommon(to [][]bool, c, depth, least int) string {
	tier := hopsTo(to, c, -1)
	via := make([][]string, len(to))
	for s := range to {
		if tier[s] != 1 {
			continue
		}
		for x, hops := range hopsTo(to, s, c) {
			if tier[x] >= 2 && hops >= 0 && hops < depth {
				via[x] = append(via[x], name(s))
			}
		}
	}
	var rows []string
	for count := len(to); count >= least; count-- {
		for t := 2; t <= depth; t++ {
			for buyers := len(to); buyers >= 0; buyers-- {
				for x := range to {
					if tier[x] == t && len(via[x]) == count && buyersOf(to, x, tier, depth) == buyers {
						rows = append(rows, fmt.Sprintf("%s@%d<%s", name(x), t, strings.Join(via[x], ",")))
					}
				}
			}
		}
	}
	return strings.Join(rows, " ")
}

// buyersOf is the number of companies nearer than the depth that x supplies directly.
func buyersOf(to [][]bool, x int, tier []int, depth int) (n int) {
	for y := range to {
		if y != x && to[x][y] && tier[y] >= 0 && tier[y] < depth {
			n++
		}
	}
	return n
}

func TestCommonSuppliersAreAsDefined(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := network(rt, 12)
		v := drawn.ViewIn(t, store, statements)
		c := rapid.IntRange(0, len(to)-1).Draw(rt, "company")
		req := queries.CommonSuppliersRequest{Company: name(c), Depth: rapid.IntRange(1, 6).Draw(rt, "depth"), Min: rapid.IntRange(1, 3).Draw(rt, "min")}
		want := slowCommon(to, c, req.Depth, req.Min)
		whole := common(t, v, req)
		if got := commonText(whole.Items); got != want {
			rt.Fatalf("got  %s\nwant %s", got, want)
		}
		if deeper := slowCommon(to, c, len(to)+1, 1) != slowCommon(to, c, req.Depth, 1); deeper && whole.Complete {
			rt.Fatalf("%d hops are said to be all", req.Depth)
		}
		req.Limit = rapid.IntRange(1, 4).Draw(rt, "limit")
		var rows []queries.CommonSupplierRow
		for {
			page := common(t, v, req)
			rows = append(rows, page.Items...)
			if req.Cursor = page.NextCursor; req.Cursor == "" {
				break
			}
		}
		if got := commonText(rows); got != want {
			rt.Fatalf("pages of %d:\ngot  %s\nwant %s", req.Limit, got, want)
		}
	})
}

// slowPortfolio is the definition, with one search a member.
func slowPortfolio(to [][]bool, members []int, depth, least int) string {
	type row struct {
		text                string
		count, tier, buyers int
		spend               float64
	}
	nearest := make([]int, len(to))
	for x := range to {
		nearest[x] = -1
		for _, m := range members {
			if hops := hopsTo(to, m, -1)[x]; hops >= 0 && (nearest[x] < 0 || hops < nearest[x]) {
				nearest[x] = hops
			}
		}
	}
	var rows []row
	for x := range to {
		r := row{tier: len(to), buyers: buyersOf(to, x, nearest, depth)}
		var behind, direct []string
		member := false
		for i, m := range members {
			tier := hopsTo(to, m, -1)
			member = member || m == x
			switch {
			case tier[x] == 1:
				direct = append(direct, name(m))
			case tier[x] >= 2 && tier[x] <= depth:
				from := hopsTo(transposed(to), x, -1)
				var via []string
				for s := range to {
					if to[s][m] && s != m && from[s] == tier[x]-1 {
						via = append(via, name(s))
					}
				}
				behind = append(behind, fmt.Sprintf("%s@%d(%s)", name(m), tier[x], strings.Join(via, ",")))
				r.count++
				r.tier = min(r.tier, tier[x])
				r.spend += float64(i + 1)
			}
		}
		if r.count < least {
			continue
		}
		r.text = fmt.Sprintf("%s@%d<%s", name(x), r.tier, strings.Join(behind, ","))
		if direct != nil {
			r.text += "|" + strings.Join(direct, ",")
		}
		if member {
			r.text += " member"
		}
		r.text += fmt.Sprintf("=%vUSD", r.spend)
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		switch {
		case a.count != b.count:
			return b.count - a.count
		case a.spend != b.spend:
			return int(b.spend - a.spend)
		case a.tier != b.tier:
			return a.tier - b.tier
		}
		return b.buyers - a.buyers
	})
	var texts []string
	for _, r := range rows {
		texts = append(texts, r.text)
	}
	return strings.Join(texts, " ")
}

func TestPortfolioSuppliersAreAsDefined(t *testing.T) {
	store := drawn.Open(t)
	rapid.Check(t, func(rt *rapid.T) {
		to, statements := network(rt, 12)
		v := drawn.ViewIn(t, store, statements)
		list := rapid.SliceOfNDistinct(rapid.IntRange(0, len(to)-1), 1, len(to), rapid.ID).Draw(rt, "members")
		slices.Sort(list)
		req := queries.PortfolioSuppliersRequest{Depth: rapid.IntRange(1, 6).Draw(rt, "depth"), Min: rapid.IntRange(1, 3).Draw(rt, "min")}
		for i, m := range list {
			req.Portfolio = append(req.Portfolio, queries.PortfolioMember{Company: name(m), Spend: spend(float64(i + 1)), Currency: "USD"})
		}
		want := slowPortfolio(to, list, req.Depth, req.Min)
		if got := portfolioText(portfolio(t, v, req).Items); got != want {
			rt.Fatalf("got  %s\nwant %s", got, want)
		}
		req.Limit = rapid.IntRange(1, 4).Draw(rt, "limit")
		var rows []queries.PortfolioSupplierRow
		for {
			page := portfolio(t, v, req)
			rows = append(rows, page.Items...)
			if req.Cursor = page.NextCursor; req.Cursor == "" {
				break
			}
		}
		if got := portfolioText(rows); got != want {
			rt.Fatalf("pages of %d:\ngot  %s\nwant %s", req.Limit, got, want)
		}
	})
}

// More than 64 direct suppliers and members, and more than a row names.
func TestCommonSuppliersOfAHub(t *testing.T) {
	var statements []graph.Statement
	var list queries.Portfolio
	const many = 150
	for i := range many {
		first := fmt.Sprintf("a%03d", i)
		statements = append(statements, drawn.Supplies(first, "hub", ""), drawn.Supplies("all", first, ""), drawn.Supplies(first, fmt.Sprintf("m%03d", i), ""))
		if i%2 == 0 {
			statements = append(statements, drawn.Supplies("even", first, ""))
		}
		list = append(list, queries.PortfolioMember{Company: fmt.Sprintf("m%03d", i)})
	}
	v := drawn.ViewOf(t, statements)
	a := common(t, v, queries.CommonSuppliersRequest{Company: "hub"})
	if len(a.Items) != 2 || a.Items[0].ID != "all" || a.Items[0].Suppliers != many || a.Items[1].Suppliers != many/2 || len(a.Items[0].Via) != 50 || !a.Items[0].ViaMore {
		t.Errorf("%+v", a.Items)
	}
	if got := refs(a.Items[1].Via[:3]); got != "a000 a002 a004" {
		t.Errorf("even comes through %s", got)
	}
	p := portfolio(t, v, queries.PortfolioSuppliersRequest{Portfolio: list})
	if len(p.Items) != 2 || p.Items[0].Members != many || p.Items[1].Members != many/2 || len(p.Items[0].Behind) != 100 || !p.Items[0].BehindMore || p.Items[1].BehindMore {
		t.Errorf("%d rows", len(p.Items))
	}
}

// However early the time is over, there is an answer, which says so and claims no more than is so.
func TestCommonSuppliersDeadline(t *testing.T) {
	v := drawn.View(t, diamonds)
	for looks := 0; ; looks++ {
		a, err := queries.CommonSuppliers(afterLooks(looks), v, queries.CommonSuppliersRequest{Company: "buyer"})
		if err != nil {
			t.Fatalf("after %d looks: %v", looks, err)
		}
		if a.Complete {
			break
		}
		if a.StoppedBecause != queries.StoppedByDeadline || a.NextCursor != "" {
			t.Fatalf("after %d looks: %+v", looks, a.Answer)
		}
	}
	over, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	if a, err := queries.PortfolioSuppliers(over, v, queries.PortfolioSuppliersRequest{Portfolio: queries.Portfolio{{Company: "buyer"}}, Min: 1}); err != nil || len(a.Items) == 0 {
		t.Errorf("past the deadline: %v %+v", err, a) // what is small is found in the time that is left for rows
	}
	gone, stop := context.WithCancel(context.Background())
	stop()
	if _, err := queries.CommonSuppliers(gone, drawn.View(t, diamonds), queries.CommonSuppliersRequest{Company: "buyer"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
