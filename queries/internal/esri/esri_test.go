package esri

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// reference computes the equations as the paper writes them, with dense arrays and production left, h, instead of
// losses. It shares no code with the package.
type reference struct {
	n           int
	sector      []int32
	links       []Link
	replaceable bool
}

func (x *reference) sales() (s, m []float64, total float64) {
	s, m = make([]float64, x.n), make([]float64, x.n)
	for _, l := range x.links {
		s[l.From] += l.Value
		m[l.To] += l.Value
		total += l.Value
	}
	return s, m, total
}

// esri follows the rounds until the largest drop is at most eps.
func (x *reference) esri(f int, eps float64) (hd, hu []float64, score Score) {
	s, m, total := x.sales()
	hd, hu = make([]float64, x.n), make([]float64, x.n)
	for i := range x.n {
		hd[i], hu[i] = 1, 1
	}
	hd[f], hu[f] = 0, 0
	for {
		nd, nu := x.round(f, hd, hu, s, m)
		drop := 0.0
		for i := range x.n {
			drop = max(drop, hd[i]-nd[i], hu[i]-nu[i])
		}
		hd, hu = nd, nu
		if drop <= eps {
			break
		}
	}
	for i := range x.n {
		score.ESRI += s[i] / total * (1 - min(hd[i], hu[i]))
		score.Downstream += s[i] / total * (1 - hd[i])
		score.Upstream += s[i] / total * (1 - hu[i])
	}
	return hd, hu, score
}

func (x *reference) round(f int, hd, hu, s, m []float64) (nd, nu []float64) {
	left := map[int32]float64{}
	for i := range x.n {
		left[x.sector[i]] += s[i] * hd[i]
	}
	sigma := func(j int32) float64 {
		if a := left[x.sector[j]]; x.replaceable && a > 0 {
			return min(1, s[j]/a)
		}
		return 1
	}
	type input struct {
		buyer  int32
		sector int32
	}
	essential := map[input]float64{} // E
	for _, l := range x.links {
		if l.Essential {
			essential[input{l.To, x.sector[l.From]}] += l.Value
		}
	}
	p := map[input]float64{} // 1 - P; sector -1 for the non-essential ones
	up := make([]float64, x.n)
	for _, l := range x.links {
		if l.Value == 0 {
			continue
		}
		if l.Essential {
			k := input{l.To, x.sector[l.From]}
			p[k] += sigma(l.From) * l.Value / essential[k] * (1 - hd[l.From])
		} else {
			p[input{l.To, -1}] += sigma(l.From) * l.Value / m[l.To] * (1 - hd[l.From])
		}
		up[l.From] += l.Value / s[l.From] * (1 - hu[l.To])
	}
	nd, nu = make([]float64, x.n), make([]float64, x.n)
	for i := range x.n {
		psi := 1.0
		if i == f {
			psi = 0
		}
		nd[i], nu[i] = psi, max(0, min(psi, 1-up[i]))
	}
	for k, loss := range p {
		nd[k.buyer] = max(0, min(nd[k.buyer], 1-loss))
	}
	return nd, nu
}

// drawNetwork draws a small network; with few sectors and many links it has loops, shared sectors and self-supply.
func drawNetwork(t *rapid.T) *reference {
	x := &reference{n: rapid.IntRange(1, 12).Draw(t, "companies"), replaceable: rapid.Bool().Draw(t, "replaceable")}
	sectors := rapid.Int32Range(1, 6).Draw(t, "sectors")
	essential := rapid.IntRange(0, 2).Draw(t, "essential")
	for range x.n {
		x.sector = append(x.sector, rapid.Int32Range(0, sectors-1).Draw(t, "sector"))
	}
	for range rapid.IntRange(1, 3*x.n).Draw(t, "links") {
		l := Link{From: rapid.Int32Range(0, int32(x.n-1)).Draw(t, "from"), To: rapid.Int32Range(0, int32(x.n-1)).Draw(t, "to"),
			Value: rapid.SampledFrom([]float64{0, 1, 2, 3, 5}).Draw(t, "value")}
		l.Essential = essential == 2 || essential == 1 && rapid.Bool().Draw(t, "class")
		x.links = append(x.links, l)
	}
	return x
}

func (x *reference) worker(o Options) *Worker {
	o.Replaceable = x.replaceable
	return NewWorker(NewBounds(New(x.n, x.sector, x.links), o), o)
}

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

// Rounds are those of the paper, whatever ends them.
func TestRoundsAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawNetwork(t)
		eps := rapid.SampledFrom([]float64{0.2937, 0.01137, 1e-6}).Draw(t, "eps") // no drop is just that
		k, held := x.worker(Options{Eps: eps}), x.worker(Options{Eps: eps})
		k.hold, k.small = 0, 0
		for f := range x.n {
			got := k.Rounds(int32(f))
			if h := held.Rounds(int32(f)); x.total() > 0 && (!near(h.ESRI, got.ESRI, eps/100) || h.ESRI > got.ESRI+1e-12) {
				t.Fatalf("company %d: %+v when losses are held back, else %+v", f, h, got)
			}
			hd, hu, want := x.esri(f, eps)
			if x.total() == 0 {
				continue
			}
			if !near(got.ESRI, want.ESRI, 1e-12) || !near(got.Downstream, want.Downstream, 1e-12) || !near(got.Upstream, want.Upstream, 1e-12) {
				t.Fatalf("company %d: %+v, want %+v", f, got, want)
			}
			for _, l := range k.Losses(x.n) {
				if !near(l.Downstream, 1-hd[l.Company], 1e-12) || !near(l.Upstream, 1-hu[l.Company], 1e-12) {
					t.Fatalf("company %d: %+v, want %v and %v", f, l, 1-hd[l.Company], 1-hu[l.Company])
				}
			}
			if end := x.end(f); end.ESRI > got.ESRI+got.Error+1e-9 || end.Downstream > got.Downstream+got.Error+1e-9 || end.Upstream > got.Upstream+got.Error+1e-9 {
				t.Fatalf("company %d: %+v, but the end is %+v", f, got, end)
			}
		}
	})
}

// Of a large network too, what is held back changes a score by no more than a hundredth of eps.
func TestHeldBack(t *testing.T) {
	for _, size := range []struct{ companies, links, every int }{{2_000, 12_000, 1}, {20_000, 60_000, 200}} {
		for _, essential := range []float64{0, 0.2} {
			n, sector, links := generated(size.companies, size.links, 80, essential)
			o := Options{Replaceable: true, Eps: 0.01}
			b := NewBounds(New(n, sector, links), o)
			held, bare := NewWorker(b, o), NewWorker(b, o)
			bare.small, bare.hold = 0, 0
			worst := 0.0
			for f := int32(0); f < int32(n); f += int32(size.every) {
				got, want := held.Rounds(f), bare.Rounds(f)
				for _, miss := range []float64{want.ESRI - got.ESRI, want.Downstream - got.Downstream, want.Upstream - got.Upstream} {
					worst = max(worst, miss)
					if miss > o.Eps/100 || miss < -1e-12 {
						t.Fatalf("%d companies, essential %v, company %d: %+v when losses are held back, else %+v", n, essential, f, got, want)
					}
				}
			}
			t.Logf("%d companies, essential %v: at most %.2g held back", n, essential, worst)
		}
	}
}

// A first loss of next to nothing is lost in the rounding of the next; the company is in the list of its sector once.
func TestTinyLoss(t *testing.T) {
	links := []Link{{From: 0, To: 2, Value: 1e-20}, {From: 0, To: 1, Value: 1}, {From: 1, To: 2, Value: 1}, {From: 2, To: 3, Value: 1}, {From: 4, To: 3, Value: 1}}
	for _, o := range []Options{{Replaceable: true, Eps: 0.01}, {Replaceable: true, Eps: 1e-12}} {
		k := NewWorker(NewBounds(New(5, []int32{0, 1, 2, 3, 2}, links), o), o)
		if got := k.Rounds(0); !near(got.Downstream, 3./4, 1e-9) {
			t.Errorf("eps %v: %+v, want 3/4", o.Eps, got)
		}
	}
}

func (x *reference) total() float64 {
	_, _, total := x.sales()
	return total
}

// end is the score of equations followed to their end, from below.
func (x *reference) end(f int) Score {
	_, _, score := x.esri(f, 1e-10)
	return score
}

// open lets every company sell something to households, which sell nothing, and buy something of a mine, which buys
// nothing: then no loop of inputs that are not essential is closed.
func (x *reference) open() {
	mine, households := int32(x.n), int32(x.n+1)
	for i := range int32(x.n) {
		x.links = append(x.links, Link{From: mine, To: i, Value: 0.3}, Link{From: i, To: households, Value: 0.3})
	}
	x.n += 2
	x.sector = append(x.sector, 10, 11)
}

// A certificate holds: the end is within the error. And where no loop is closed, the error is what was asked for.
func TestCertifiedAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawNetwork(t)
		if x.total() == 0 {
			return
		}
		wanted := rapid.SampledFrom([]float64{0.1, 1e-2, 1e-4, 1e-7}).Draw(t, "error")
		isOpen := !slices.ContainsFunc(x.links, func(l Link) bool { return l.Essential }) && rapid.Bool().Draw(t, "open")
		if isOpen {
			x.open()
		}
		k := x.worker(Options{Error: wanted})
		for f := range x.n {
			got := k.Certified(int32(f))
			end := x.end(f)
			_, _, before := x.esri(f, 1e-8)
			// The rounds come from below: where they still move, only the upper side can be held against them.
			settled := near(end.Downstream, before.Downstream, 1e-6) && near(end.Upstream, before.Upstream, 1e-6)
			for _, side := range [][2]float64{{got.ESRI, end.ESRI}, {got.Downstream, end.Downstream}, {got.Upstream, end.Upstream}} {
				if side[1] > side[0]+got.Error+1e-12 || settled && side[0]-got.Error > side[1]+1e-6 {
					t.Fatalf("company %d: %+v, but the end is %+v\n%+v", f, got, end, x)
				}
			}
			if isOpen && got.Error > wanted {
				t.Fatalf("company %d: %+v, wanted %v; the end is %+v, length %v\n%+v", f, got, wanted, end, k.b.length[f], x)
			}
		}
	})
}

// The check values of the paper's equations, worked out by hand.
func TestExactValues(t *testing.T) {
	chain := []Link{{From: 0, To: 1, Value: 1}, {From: 1, To: 2, Value: 1}, {From: 2, To: 3, Value: 1}}
	shared := []Link{{From: 0, To: 3, Value: 5}, {From: 1, To: 3, Value: 3}, {From: 2, To: 3, Value: 2}, {From: 3, To: 4, Value: 20}}
	for _, test := range []struct {
		name   string
		sector []int32
		links  []Link
		want   []float64
	}{
		{"chain", []int32{0, 1, 2, 3}, chain, []float64{1, 1, 1, 1}},
		{"shared sector", []int32{0, 0, 0, 1, 2}, shared, []float64{1. / 2, 13. / 70, 1. / 10}},
	} {
		for _, o := range []Options{{Eps: 1e-12}, {Error: 1e-10}, {Eps: 0.5, Error: 1e-10}} {
			t.Run(fmt.Sprint(test.name, o), func(t *testing.T) {
				o.Replaceable = true
				x := New(len(test.sector), test.sector, test.links)
				k := NewWorker(NewBounds(x, o), o)
				for f, want := range test.want {
					if got := k.Score(int32(f)); !near(got.ESRI, want, 1e-9) || got.Error > 1e-9 {
						t.Errorf("company %d: %+v, want %v", f, got, want)
					}
				}
			})
		}
	}
}

// What holds of every score: it is at least the company's own part, scaling all values changes nothing, and without
// replacement it is never smaller.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := drawNetwork(t)
		if x.total() == 0 {
			return
		}
		s, _, total := x.sales()
		with, scaled, without := *x, *x, *x
		with.replaceable, scaled.replaceable, without.replaceable = true, true, false
		scaled.links = slices.Clone(x.links)
		for i := range scaled.links {
			scaled.links[i].Value *= 1e6 / 3
		}
		o := Options{Eps: 1e-7}
		kept, large, lost := with.worker(o), scaled.worker(o), without.worker(o)
		for f := range int32(x.n) {
			a, b, c := kept.Rounds(f), large.Rounds(f), lost.Rounds(f)
			if a.ESRI < s[f]/total-1e-12 {
				t.Fatalf("company %d: %v is less than its part %v", f, a.ESRI, s[f]/total)
			}
			if !near(a.ESRI, b.ESRI, 1e-4) {
				t.Fatalf("company %d: %v, scaled %v", f, a.ESRI, b.ESRI)
			}
			if c.ESRI+c.Error < a.ESRI-1e-9 {
				t.Fatalf("company %d: %v with replacement, %v without", f, a, c)
			}
		}
	})
}

// Loops that nearly close converge slowly: there a stopping rule says little, and the certificate must tell the truth.
// a and b supply each other, and all but a small leak of what either buys, and sells, is the other's; o sells to a,
// and m buys of b. A stop of o takes x of a and b with x_a = leak + (1 - leak) x_b, x_b = (1 - leak) x_a; that of m
// likewise upstream.
func TestNearlyClosedLoops(t *testing.T) {
	for _, leak := range []float64{0.1, 1e-2, 1e-3, 1e-4} {
		const o, a, b, m, free = 0, 1, 2, 3, 4
		links := []Link{{From: o, To: a, Value: leak}, {From: b, To: a, Value: 1 - leak}, {From: a, To: b, Value: 1 - leak}, {From: free, To: b, Value: leak},
			{From: b, To: m, Value: leak}, {From: a, To: m, Value: leak}}
		x := New(5, []int32{0, 1, 2, 3, 4}, links)
		xa := leak / (1 - (1-leak)*(1-leak))
		down := (leak + xa*1 + xa*(1-leak)*1) / (2 + 2*leak) // sales: o leak, a 1, b 1, free leak
		for _, eps := range []float64{0.01, 1e-5} {
			k := NewWorker(NewBounds(x, Options{Replaceable: true, Eps: eps}), Options{Replaceable: true, Eps: eps})
			got := k.Score(o)
			if down > got.Downstream+got.Error+1e-12 || got.Downstream > down+1e-12 {
				t.Errorf("leak %v, eps %v: %+v, want %v", leak, eps, got, down)
			}
			if leak < 1e-3 && got.Error < (down-got.Downstream) {
				t.Errorf("leak %v, eps %v: %+v claims too much, want %v", leak, eps, got, down)
			}
		}
		for _, wanted := range []float64{1e-2, 1e-4, 1e-6} {
			opts := Options{Replaceable: true, Error: wanted}
			k := NewWorker(NewBounds(x, opts), opts)
			if got := k.Score(o); got.Error > wanted || !near(got.Downstream, down, got.Error+1e-12) {
				t.Errorf("leak %v: %+v, want %v to %v", leak, got, down, wanted)
			}
			if got := k.Score(m); got.Error > wanted || !near(got.Upstream, 1, got.Error+1e-9) { // all that is sold ends at m
				t.Errorf("leak %v: stop of m: %+v, want 1 to %v", leak, got, wanted)
			}
		}
	}
}
