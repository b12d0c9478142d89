package resolve

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

func testEntities(t *rapid.T) []Entity {
	name := rapid.SampledFrom([]string{"Acme", "Acme Holdings", "ACME", "Nordic Steel Works", "东方精密", "東方精密", "Nordic Steel"})
	identifier := rapid.SampledFrom(ids(t, "5493001KJTIIGC8Y1R12", "HWUPKR0MPOU8FGXBT394", "XNAS:NVDA", "600519.SH", "000858.SZ"))
	n := rapid.IntRange(1, 12).Draw(t, "entities")
	var out []Entity
	for i := range n {
		out = append(out, Entity{ID: fmt.Sprint("e", i), Names: rapid.SliceOfN(name, 1, 3).Draw(t, "names"),
			Kind:        rapid.SampledFrom([]string{"", "company", graph.CompanyKindAnonymous}).Draw(t, "kind"),
			Countries:   rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"DE", "CN", "US"}), 0, 2, rapid.ID).Draw(t, "countries"),
			Identifiers: rapid.SliceOfNDistinct(identifier, 0, 2, rapid.ID).Draw(t, "identifiers")})
	}
	return out
}

func TestCompareIsSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := testEntities(t)
		for i := range es {
			for j := range es {
				if ab, ba := Compare(&es[i], &es[j]), Compare(&es[j], &es[i]); !reflect.DeepEqual(ab, ba) {
					t.Fatalf("%+v and %+v: %+v, the other way %+v", es[i], es[j], ab, ba)
				}
			}
		}
	})
}

func TestIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, e := range testEntities(t) {
			if s := Compare(&e, &e); s.Value != 1 && (e.Kind != graph.CompanyKindAnonymous || len(e.Identifiers) > 0) {
				t.Fatalf("%+v compared with itself: %+v", e, s)
			}
		}
	})
}

func TestConflictVetoes(t *testing.T) {
	a, b := Entity{Names: []string{"Acme"}, Identifiers: ids(t, "5493001KJTIIGC8Y1R12")}, Entity{Names: []string{"Acme"}, Identifiers: ids(t, "HWUPKR0MPOU8FGXBT394")}
	if s := Compare(&a, &b); !s.Vetoed || s.Value != 0 {
		t.Errorf("two LEIs: %+v", s)
	}
	a.Identifiers, b.Identifiers = append(a.Identifiers, ids(t, "XNAS:NVDA")...), append(b.Identifiers, ids(t, "XNAS:NVDA")...)
	if s := Compare(&a, &b); s.Vetoed || DefaultConfig().decide(s.Value) != Review {
		t.Errorf("two LEIs and one share: somebody should look: %+v", s)
	}
}

// A match depends on what is in the index, not on the order in which it came.
func TestMatchDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := testEntities(t)
		build := func(order []int) *Index {
			b := NewBuilder(DefaultConfig())
			for _, i := range order {
				b.Add(&es[i])
			}
			return b.Index()
		}
		order := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)).Perm(len(es))
		straight := make([]int, len(es))
		for i := range es {
			straight[i] = i
		}
		one, other := build(straight), build(order)
		for _, q := range es {
			if a, b := one.Match(&q), other.Match(&q); !reflect.DeepEqual(a, b) {
				t.Fatalf("%+v: %+v, in the order %v %+v", q, a, order, b)
			}
		}
	})
}

// Where there are few entities, an index finds what comparing with each of them finds.
func TestMatchFindsWhatComparingFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := testEntities(t)
		c := DefaultConfig()
		c.Candidates = len(es)
		b := NewBuilder(c)
		for i := range es {
			b.Add(&es[i])
		}
		x := b.Index()
		for _, q := range es {
			want := map[string]float64{}
			for _, e := range es {
				if s := Compare(&q, &e); s.Value >= c.Review && e.ID != q.ID {
					want[e.ID] = s.Value
				}
			}
			got := map[string]float64{}
			for _, found := range x.Match(&q).Candidates {
				got[found.ID] = found.Value
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%+v: found %v, comparing with each gives %v", q, got, want)
			}
		}
	})
}

func TestMatchDecides(t *testing.T) {
	b := NewBuilder(DefaultConfig())
	for _, e := range []Entity{
		{ID: "a", Names: []string{"Acme"}, Identifiers: ids(t, "5493001KJTIIGC8Y1R12")},
		{ID: "b", Names: []string{"Twin"}},
		{ID: "c", Names: []string{"Twin"}},
		{ID: "d", Names: []string{"Customer A"}, Kind: graph.CompanyKindAnonymous},
	} {
		b.Add(&e)
	}
	x := b.Index()
	for _, c := range []struct {
		q    Entity
		want Decision
		ids  []string
	}{
		{Entity{Names: []string{"ACME"}}, Matched, []string{"a"}},
		{Entity{Names: []string{"Something else"}, Identifiers: ids(t, "5493001KJTIIGC8Y1R12")}, Matched, []string{"a"}},
		{Entity{Names: []string{"Acme"}, Identifiers: ids(t, "HWUPKR0MPOU8FGXBT394")}, New, nil},
		{Entity{Names: []string{"twin"}}, Review, []string{"b", "c"}},
		{Entity{ID: "b", Names: []string{"twin"}}, Matched, []string{"c"}},
		{Entity{Names: []string{"Customer A"}}, New, nil},
		{Entity{Names: []string{""}}, New, nil},
		{Entity{}, New, nil},
	} {
		r := x.Match(&c.q)
		var found []string
		for _, k := range r.Candidates {
			found = append(found, k.ID)
		}
		if r.Decision != c.want || !reflect.DeepEqual(found, c.ids) {
			t.Errorf("%+v: %s %v, want %s %v", c.q, r.Decision, found, c.want, c.ids)
		}
	}
}
