package queries

import (
	"cmp"
	"context"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// chainDates is how many days of change an answer names.
const chainDates = 200

// dates finds the days on which the relations that lead to the company within the tiers begin or end, whatever the day
// asked about: the walk is done once more without regard to dates.
func (p *picture) dates(ctx context.Context) error {
	always := p.filter
	always.AsOf = graph.AnyDate
	changes := map[graph.Date]int{}
	for d, depth := range []int{Upstream: p.req.Suppliers, Downstream: p.req.Customers} {
		if depth == 0 {
			continue
		}
		if err := p.datesOf(ctx, p.newWalk(Direction(d), always), depth, changes); err != nil {
			return err
		}
	}
	days := make([]graph.Date, 0, len(changes))
	for day := range changes {
		days = append(days, day)
	}
	slices.Sort(days)
	p.answer.Dates.Count = len(days)
	if len(days) == 0 {
		return nil
	}
	p.answer.Dates.First, p.answer.Dates.Last = days[0].String(), days[len(days)-1].String()
	if len(days) > chainDates {
		slices.SortStableFunc(days, func(a, b graph.Date) int { return cmp.Compare(changes[b], changes[a]) })
		days = days[:chainDates]
		slices.Sort(days)
	}
	for _, day := range days {
		p.answer.Dates.Changes = append(p.answer.Dates.Changes, day.String())
	}
	return nil
}

// datesOf counts the relations that begin or end on each day, along one side.
func (p *picture) datesOf(ctx context.Context, w *walk, depth int, changes map[graph.Date]int) error {
	defer w.release()
	for tier := 1; tier <= depth; tier++ {
		more, err := w.expand(ctx)
		if err != nil {
			return err
		}
		for at, b := range w.tier(tier - 1) {
			if at%256 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			edges := w.farther(graph.KindSupplies, b)
			for i, n := range edges.Nodes {
				if r := edges.Rel(i); n != b && n != w.start && w.follows(r, tier) {
					p.changesOf(r, changes)
				}
			}
		}
		if !more {
			return nil
		}
	}
	return nil
}

// changesOf counts the days on which a relation, which is active on some day, begins or ends to be.
func (p *picture) changesOf(r graph.Rel, changes map[graph.Date]int) {
	var few [8]graph.Date
	days := few[:0]
	low, high := p.v.Claims(r)
	if low+1 == high { // it is active as long as its only claim holds
		from, to := p.v.Validity(low)
		if to != graph.NoDate && to <= from {
			return // on no day
		}
		if from != graph.NoDate {
			changes[from]++
		}
		if to != graph.NoDate {
			changes[to]++
		}
		return
	}
	for c := low; c < high; c++ {
		from, to := p.v.Validity(c)
		for _, day := range [...]graph.Date{from, to} {
			if day != graph.NoDate && !slices.Contains(days, day) {
				days = append(days, day)
			}
		}
	}
	for _, day := range days {
		before, after := p.filter, p.filter
		before.AsOf, after.AsOf = day-1, day
		if p.v.Active(r, before) != p.v.Active(r, after) {
			changes[day]++
		}
	}
}
