package queries

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// LossOfMoney is an amount, in one currency and over one period. Currencies are never turned into one another.
type LossOfMoney struct {
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Currency string  `json:"currency"`
	Period   string  `json:"period,omitempty" doc:"Period that the amount speaks of; absent when not stated"`
	Of       string  `json:"of" enum:"revenue,sales" doc:"What the loss is a part of: revenue, the company's stated revenue; sales, the stated values of what these lines supply"`
}

// The reasons why no money is told.
const noMoney = "neither the company's revenue nor the value of what it supplies is stated"

// money is what a company's lines lose, in money: the company's loss of its revenue, where that is stated, else what the
// lines lose of the stated values of what they supply.
func (d *disruption) money(e *entry, company lost) []LossOfMoney {
	if out := d.revenueAtRisk(e.company, company); out != nil {
		return out
	}
	return d.salesAtRisk(e)
}

// salesAtRisk is what lines lose of the stated values of what they supply.
func (d *disruption) salesAtRisk(e *entry) []LossOfMoney {
	sums := map[[2]string]*LossOfMoney{}
	d.p.outOf(e.company, func(r graph.Rel, product graph.Node) {
		if r < 0 || product != graph.NoNode && !slices.Contains(e.lines, product) || product == graph.NoNode && len(e.lines) < len(d.net.linesOf(e.company)) {
			return
		}
		d.p.v.FoldSupply(r, d.p.filter, &d.p.supply)
		s := &d.p.supply
		if !s.Value.Stated || s.Currency == "" {
			return
		}
		at := [2]string{s.Currency, string(s.Value.Period)}
		m := sums[at]
		if m == nil {
			m = &LossOfMoney{Currency: at[0], Period: at[1], Of: "sales"}
			sums[at] = m
		}
		m.Low += e.low * s.Value.Least
		m.High += e.high * s.Value.Most
	})
	return sortedMoney(slices.Collect(maps.Values(sums)))
}

func sortedMoney(list []*LossOfMoney) []LossOfMoney {
	out := []LossOfMoney{}
	for _, m := range list {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b LossOfMoney) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Period, b.Period), cmp.Compare(a.Of, b.Of))
	})
	return out
}

// moneyWithin is how many nodes may lose something for the money that is at risk to be added up: the facts of each
// company have to be read.
const moneyWithin = 20_000

// addMoney adds up the money that is at risk, in the order of the companies' ids: sums of floating point depend on it.
func (d *disruption) addMoney(ctx context.Context) error {
	reached := d.solved.Reached()
	if len(reached) > moneyWithin {
		d.answer.warn("money at risk is not added up: too many companies are affected")
		return nil
	}
	var companies []graph.Node
	for _, n := range reached {
		if c := d.net.owner[n]; !d.damage.hits(c) {
			companies = append(companies, c)
		}
	}
	slices.SortFunc(companies, func(a, b graph.Node) int { return d.p.compare(graph.KindCompany, a, b) })
	sums := map[[3]string]*LossOfMoney{}
	var lines []entry
	for i, c := range slices.Compact(companies) {
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		money := d.revenueAtRisk(c, d.net.ofCompany(d.solved, d.damage, c))
		if money == nil {
			lines = d.ofCompany(c, lines[:0])
			for j := range lines {
				money = append(money, d.salesAtRisk(&lines[j])...)
			}
		}
		for _, m := range money {
			at := [3]string{m.Currency, m.Period, m.Of}
			if sum := sums[at]; sum != nil {
				sum.Low, sum.High = sum.Low+m.Low, sum.High+m.High
				continue
			}
			sums[at] = &m
		}
	}
	d.answer.Totals.Money = sortedMoney(slices.Collect(maps.Values(sums)))
	return nil
}

// revenueAtRisk is the loss of the stated revenue.
func (d *disruption) revenueAtRisk(c graph.Node, l lost) (out []LossOfMoney) {
	for _, r := range statedRevenue(d.v, c, d.p.filter) {
		out = append(out, LossOfMoney{Low: l.low * r.least, High: l.high * r.most, Currency: r.currency, Period: string(r.period), Of: "revenue"})
	}
	return out
}

// revenue is what is stated of a company's revenue in one currency: between the least and the most, where statements of
// the period differ.
type revenue struct {
	least, most float64
	currency    string
	period      graph.Period
}

// statedRevenue is the revenue of the latest stated period that has begun by the day, in the order of currencies.
func statedRevenue(v *graph.View, c graph.Node, f graph.Filter) (out []revenue) {
	latest := graph.Period("")
	for _, a := range v.NodeFacts(graph.KindCompany, c).Amounts {
		begun := f.AsOf == graph.AnyDate || a.Period == "" || a.Period.Start() <= f.AsOf
		if a.Field != graph.FieldRevenue || a.Currency == "" || a.Value < 0 || !begun {
			continue
		}
		if a.Period != latest {
			if out != nil && a.Period.End() <= latest.End() {
				continue
			}
			latest, out = a.Period, nil
		}
		i := slices.IndexFunc(out, func(r revenue) bool { return r.currency == a.Currency })
		if i < 0 {
			out = append(out, revenue{a.Value, a.Value, a.Currency, a.Period})
			continue
		}
		out[i].least, out[i].most = min(out[i].least, a.Value), max(out[i].most, a.Value)
	}
	slices.SortFunc(out, func(a, b revenue) int { return cmp.Compare(a.currency, b.currency) })
	return out
}
