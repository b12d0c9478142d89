// Package esri computes the Economic Systemic Risk Index on plain arrays: C. Diem, A. Borsos, T. Reisch, J. Kertész
// and S. Thurner, "Quantifying firm-level economic systemic risk from nation-wide supply networks", Scientific
// Reports 12, 7719 (2022).
//
// The paper writes how much production is left, h; this package keeps what is lost, 1 - h, because a loss of nothing
// is the common case and needs no memory. Losses only grow from round to round, so that what a company loses is a sum
// to which each round adds, and only what changed is passed on.
package esri

import (
	"cmp"
	"math"
	"slices"
)

// Link is what one company sells to another.
type Link struct {
	From, To  int32
	Value     float64 // not negative
	Essential bool    // an input of class 2; else of class 1
}

// Network is who sells how much to whom, made ready for the equations. It is immutable.
type Network struct {
	n      int
	sector []int32   // of each company
	sales  []float64 // s: what it sells
	total  float64   // what all sell
	weight []float64 // s / total
	volume []float64 // of each sector: the sum of s over its companies
	alone  []bool    // of each sector: one company of it sells, which nobody can replace

	outStart []int32 // the uses of what each company sells
	outSells []int32 // end of those whose buyer sells something itself
	out      []use
	inStart  []int32 // the sales to each company
	in       []sale

	// The same by seller: the customer of each sale, and where it stands in in.
	saleStart, saleTo, saleAt []int32

	// slots are the sums that a company's loss is the greatest of: one for its essential inputs of each sector and
	// one for the others. Without essential inputs each company has one, which is its loss.
	slotStart []int32 // nil when each company has one

	room float64 // relative rounding error of the longest sum over the links of one company
}

// use is how much a buyer depends on a seller: Ld of the equations.
type use struct {
	to   int32
	slot int32
	part float64
}

// sale is how much a seller depends on a buyer: Lu of the equations.
type sale struct {
	from int32
	part float64
}

// New prepares a network of n companies, each with its sector. Links with equal ends and class add up in the order
// given; those without value are nothing.
func New(n int, sector []int32, links []Link) *Network {
	x := &Network{n: n, sector: sector, sales: make([]float64, n), weight: make([]float64, n)}
	links = merge(links)
	intake := make([]float64, n)
	for i := range links {
		x.sales[links[i].From] += links[i].Value
		intake[links[i].To] += links[i].Value
	}
	x.sectors()
	x.outward(links, intake)
	x.inward(links)
	most := int32(0)
	for i := range n {
		most = max(most, x.outStart[i+1]-x.outStart[i], x.inStart[i+1]-x.inStart[i])
	}
	x.room = 4 * ulp * float64(most+8)
	return x
}

// Companies is how many there are.
func (x *Network) Companies() int { return x.n }

// Sales is what the company sells, and its part of what all sell.
func (x *Network) Sales(i int32) (value, part float64) { return x.sales[i], x.weight[i] }

// Total is what all companies sell.
func (x *Network) Total() float64 { return x.total }

// Links is how many links with a value there are.
func (x *Network) Links() int { return len(x.out) }

// merge sorts links by their ends and class, and adds up equal ones.
func merge(links []Link) []Link {
	links = slices.Clone(links)
	slices.SortStableFunc(links, compareLinks)
	out := links[:0]
	for _, l := range links {
		switch {
		case !(l.Value > 0):
		case len(out) > 0 && compareLinks(out[len(out)-1], l) == 0:
			out[len(out)-1].Value += l.Value
		default:
			out = append(out, l)
		}
	}
	return out
}

func compareLinks(a, b Link) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(class(a), class(b)))
}

func class(l Link) int {
	if l.Essential {
		return 2
	}
	return 1
}

func (x *Network) sectors() {
	count := int32(0)
	for _, p := range x.sector {
		count = max(count, p+1)
	}
	x.volume, x.alone = make([]float64, count), make([]bool, count)
	sellers := make([]int32, count)
	for i, s := range x.sales {
		x.total += s
		x.volume[x.sector[i]] += s
		if s > 0 {
			sellers[x.sector[i]]++
		}
	}
	for p, k := range sellers {
		x.alone[p] = k == 1
	}
	for i, s := range x.sales {
		if s > 0 {
			x.weight[i] = s / x.total
		}
	}
}

// outward lays out the links by seller with what part of its slot each is: of the essential inputs of one sector, or
// of all inputs.
func (x *Network) outward(links []Link, intake []float64) {
	slots, sums := x.slots(links)
	x.outStart, x.outSells, x.out = make([]int32, x.n+1), make([]int32, x.n), make([]use, len(links))
	at := 0
	for i := range x.n {
		x.outStart[i] = int32(at)
		first := at
		for ; at < len(links) && int(links[at].From) == i; at++ {
			l := links[at]
			u := use{to: l.To, slot: l.To, part: l.Value / intake[l.To]}
			if slots != nil {
				u.slot = slots[at]
			}
			if l.Essential {
				u.part = l.Value / sums[u.slot]
			}
			x.out[at] = u
		}
		uses := x.out[first:at]
		slices.SortStableFunc(uses, func(a, b use) int { return trueFirst(x.sales[a.to] > 0, x.sales[b.to] > 0) })
		x.outSells[i] = int32(first + countIf(uses, func(u use) bool { return x.sales[u.to] > 0 }))
	}
	x.outStart[x.n] = int32(at)
}

// trueFirst orders true before false.
func trueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func countIf[T any](list []T, is func(T) bool) (n int) {
	for _, x := range list {
		if is(x) {
			n++
		}
	}
	return n
}

// slots numbers the slots buyer by buyer: its other inputs first, then the essential ones by sector. It returns nil
// when no input is essential.
func (x *Network) slots(links []Link) (of []int32, sums []float64) {
	if !slices.ContainsFunc(links, func(l Link) bool { return l.Essential }) {
		return nil, nil
	}
	order := make([]int32, len(links))
	for i := range order {
		order[i] = int32(i)
	}
	key := func(i int32) (to, sector int32) {
		l := links[i]
		if !l.Essential {
			return l.To, -1
		}
		return l.To, x.sector[l.From]
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		ta, pa := key(a)
		tb, pb := key(b)
		return cmp.Or(cmp.Compare(ta, tb), cmp.Compare(pa, pb))
	})
	of = make([]int32, len(links))
	x.slotStart = make([]int32, x.n+1)
	at := 0
	for i := range int32(x.n) {
		x.slotStart[i] = int32(len(sums))
		last := int32(-2)
		for ; at < len(order); at++ {
			to, sector := key(order[at])
			if to != i {
				break
			}
			if sector != last {
				sums, last = append(sums, 0), sector
			}
			of[order[at]] = int32(len(sums) - 1)
			sums[len(sums)-1] += links[order[at]].Value
		}
	}
	x.slotStart[x.n] = int32(len(sums))
	return of, sums
}

// inward lays out the sales by buyer; the classes of one pair are one sale.
func (x *Network) inward(links []Link) {
	sales := make([]Link, 0, len(links))
	for _, l := range links {
		if k := len(sales); k > 0 && sales[k-1].From == l.From && sales[k-1].To == l.To {
			sales[k-1].Value += l.Value
		} else {
			sales = append(sales, l)
		}
	}
	x.inStart, x.in = make([]int32, x.n+1), make([]sale, len(sales))
	for _, l := range sales {
		x.inStart[l.To+1]++
	}
	for i := range x.n {
		x.inStart[i+1] += x.inStart[i]
	}
	at := slices.Clone(x.inStart)
	x.saleStart = make([]int32, x.n+1)
	for _, l := range sales {
		x.in[at[l.To]] = sale{from: l.From, part: l.Value / x.sales[l.From]}
		x.saleTo, x.saleAt = append(x.saleTo, l.To), append(x.saleAt, at[l.To])
		x.saleStart[l.From+1]++
		at[l.To]++
	}
	for i := range x.n {
		x.saleStart[i+1] += x.saleStart[i]
	}
}

// sells are the uses of what i sells by companies that sell something themselves: the others lose nothing that
// counts, and pass nothing on.
func (x *Network) sells(i int32) []use { return x.out[x.outStart[i]:x.outSells[i]] }

func (x *Network) uses(i int32) []use { return x.out[x.outStart[i]:x.outStart[i+1]] }

func (x *Network) buys(i int32) []sale { return x.in[x.inStart[i]:x.inStart[i+1]] }

// ulp is the greatest relative error of one operation.
const ulp = 0x1p-52

var inf = math.Inf(1)
