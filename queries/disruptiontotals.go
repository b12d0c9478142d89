package queries

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// totals counts what is lost.
type totals struct {
	d                            *disruption
	all                          LossCounts
	hit                          int
	tiers                        []LossCounts
	countries, sectors, products []LossCounts // by number
}

func newTotals(d *disruption) *totals {
	return &totals{d: d, countries: make([]LossCounts, len(d.net.countries.words)), sectors: make([]LossCounts, len(d.net.sectors.words)),
		products: make([]LossCounts, d.v.NodeCount(graph.KindProduct))}
}

// count counts what the scenario solved last costs, and finds the tiers meanwhile: the counts do not need them, apart
// from those by tier, which entries adds.
func (d *disruption) count(ctx context.Context, s *loss.Scenario) error {
	var tiers sync.WaitGroup
	tiers.Go(func() { d.tiers = loss.Tiers(d.solved, s, &d.net.groups) })
	defer tiers.Wait()
	parts := make([]*totals, workers())
	for i := range parts {
		parts[i] = newTotals(d)
	}
	err := d.eachCompany(ctx, func(worker int) func(graph.Node, int32, bool) {
		t := parts[worker]
		return func(c graph.Node, n int32, plain bool) {
			if plain {
				t.addPlain(c, d.lossOf(n))
			} else {
				t.add(c)
			}
		}
	})
	d.totals = parts[0]
	for _, t := range parts[1:] {
		d.totals.merge(t)
	}
	return err
}

// addPlain counts a company that is not hit itself and all whose lines come from one node.
func (t *totals) addPlain(c graph.Node, l lost) {
	for _, line := range t.d.net.linesOf(c) {
		if line != graph.NoNode {
			t.products[line].add(l)
		}
	}
	t.addCompany(c, l)
}

func (t *totals) addCompany(c graph.Node, l lost) {
	t.all.add(l)
	t.countries[t.d.net.countries.of[c]].add(l)
	t.sectors[t.d.net.sectors.of[c]].add(l)
}

func (t *totals) add(c graph.Node) {
	d, any := t.d, false
	for i, product := range d.net.linesOf(c) {
		own, l := d.lineLoss(c, product, d.net.nodeOfLine(c, i))
		if l.high == 0 {
			continue
		}
		any = true
		if product != graph.NoNode && (own.high == 0 || own != l) {
			t.products[product].add(l)
		}
	}
	switch {
	case !any:
	case d.damage.hits(c):
		t.hit++
	default:
		t.addCompany(c, d.lossOf(d.net.outletOf(c)))
	}
}

func (t *totals) merge(o *totals) {
	t.all.merge(&o.all)
	t.hit += o.hit
	for _, lists := range [][2][]LossCounts{{t.countries, o.countries}, {t.sectors, o.sectors}, {t.products, o.products}} {
		for i := range lists[1] {
			lists[0][i].merge(&lists[1][i])
		}
	}
	t.mergeTiers(o.tiers)
}

func (t *totals) mergeTiers(tiers []LossCounts) {
	for tier := range tiers {
		t.tier(int32(tier)).merge(&tiers[tier])
	}
}

func (t *totals) tier(tier int32) *LossCounts {
	for int(tier) >= len(t.tiers) {
		t.tiers = append(t.tiers, LossCounts{})
	}
	return &t.tiers[tier]
}

// addTier counts a company under its tier: the least of its entries'.
func (t *totals) addTier(c graph.Node, n int32, plain bool, entries []entry) {
	if len(entries) == 0 || !plain && t.d.damage.hits(c) {
		return
	}
	tier := entries[0].tier
	for _, e := range entries {
		tier = min(tier, e.tier)
	}
	if !plain {
		n = t.d.net.outletOf(c)
	}
	t.tier(tier).add(t.d.lossOf(n))
}

func (t *totals) rows() DisruptionTotals {
	out := DisruptionTotals{Companies: t.all, Hit: t.hit, Tiers: []LossCounts{}}
	for tier, c := range t.tiers {
		if c.Affected > 0 {
			c.Name = fmt.Sprint(tier)
			out.Tiers = append(out.Tiers, c)
		}
	}
	named := func(counts []LossCounts, name func(int) string) []LossCounts {
		list := []LossCounts{}
		for i, c := range counts {
			if c.Affected > 0 {
				c.Name = name(i)
				list = append(list, c)
			}
		}
		slices.SortFunc(list, worstFirst)
		return list
	}
	out.Countries = named(t.countries, func(i int) string { return t.d.net.countries.words[i] })
	out.Sectors = named(t.sectors, func(i int) string { return t.d.net.sectors.words[i] })
	out.Products = named(t.products, func(i int) string { return t.d.v.ID(graph.KindProduct, graph.Node(i)) })
	return out
}

// entries calls yield with everything that loses something, or may, in no particular order, and tells the totals. It
// calls it from several workers at once; each has a number.
func (d *disruption) entries(ctx context.Context, yield func(worker int, e *entry)) error {
	parts := make([]totals, workers())
	err := d.eachCompany(ctx, func(worker int) func(graph.Node, int32, bool) {
		own := *d // plans of its own
		own.p, own.plans = d.p.clone(), nil
		t := &parts[worker]
		t.d = &own
		var few []entry
		return func(c graph.Node, n int32, plain bool) {
			few = own.ofCompany(c, few[:0])
			for i := range few {
				yield(worker, &few[i])
			}
			t.addTier(c, n, plain, few)
		}
	})
	if err != nil {
		return err
	}
	for i := range parts {
		d.totals.mergeTiers(parts[i].tiers)
	}
	d.answer.Totals = d.totals.rows()
	return nil
}

func workers() int { return runtime.GOMAXPROCS(0) }

// partSize is how many nodes a worker takes at once.
const partSize = 1 << 15

// eachCompany visits the companies that may lose something, in several parts at once: visit makes the visitor of each
// worker. It is given the first node of the company, and told when that is all there is to it: the company has one node
// and is not hit itself. It goes by the numbers of nodes, not by what was reached when: memory is read in order.
func (d *disruption) eachCompany(ctx context.Context, visit func(worker int) func(c graph.Node, n int32, plain bool)) error {
	owner := d.net.owner
	hit := make([]bool, len(d.net.first))
	for c := range d.damage.companies {
		hit[c] = true
	}
	for c := range d.damage.partly {
		hit[c] = true
	}
	var next atomic.Int64
	work := func(worker int) {
		see := visit(worker)
		for ctx.Err() == nil {
			from := int(next.Add(1)-1) * partSize
			if from >= len(owner) {
				return
			}
			for n := from; n < min(from+partSize, len(owner)); n++ {
				c := owner[n]
				if n > 0 && owner[n-1] == c {
					continue // no first node
				}
				if plain := !hit[c] && (n+1 == len(owner) || owner[n+1] != c); !plain {
					if hit[c] || d.anyLost(n) {
						see(c, int32(n), false)
					}
				} else if d.solved.High(int32(n)) > 0 {
					see(c, int32(n), true)
				}
			}
		}
	}
	var others sync.WaitGroup
	for i := 1; i < workers() && i*partSize < len(owner); i++ {
		others.Go(func() { work(i) })
	}
	work(0)
	others.Wait()
	return ctx.Err()
}

// anyLost reports whether a node of the company whose first one is n loses something.
func (d *disruption) anyLost(n int) bool {
	for at := n; at < len(d.net.owner) && d.net.owner[at] == d.net.owner[n]; at++ {
		if d.solved.High(int32(at)) > 0 {
			return true
		}
	}
	return false
}

// worstFirst orders counts by what stops, what loses something for certain, what may, and the name.
func worstFirst(a, b LossCounts) int {
	return cmp.Or(cmp.Compare(b.Stop, a.Stop), cmp.Compare(b.Certain, a.Certain), cmp.Compare(b.Affected, a.Affected), strings.Compare(a.Name, b.Name))
}
