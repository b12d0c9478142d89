package queries

import (
	"fmt"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries/internal/loss"
)

// DisruptedPortfolio is what the members of a portfolio lose together.
type DisruptedPortfolio struct {
	Match        PortfolioMatch `json:"match" doc:"What became of the rows of the portfolio"`
	Loss         *Interval      `json:"loss" doc:"Part of the output of the members that is lost, weighed by the spend on them, at least and at most; a member that is hit itself counts; null where nothing is weighed by spend: match.by_spend_reason"`
	OfStated     *Interval      `json:"loss_of_stated_spend" doc:"The same over the members whose spend is known, as if the others cost nothing; null where no spend weighs"`
	Mean         *Interval      `json:"loss_mean" doc:"The same with each member counted alike"`
	After        *Interval      `json:"loss_after" doc:"By spend, with the remedy; null where none is supposed"`
	Members      LossCounts     `json:"members" doc:"Members that lose something"`
	Spend        []Money        `json:"spend" doc:"Spend on these, a sum a currency"`
	SpendUnknown int            `json:"spend_unknown" doc:"Members among these whose spend is not known"`
	Sentence     string         `json:"sentence"`
}

// match finds the members that the list is narrowed to.
func (d *disruption) match() error {
	if len(d.req.Portfolio) == 0 {
		return nil
	}
	members, match, err := d.req.Portfolio.match(d.v)
	if err != nil {
		return err
	}
	d.members, d.only = members, map[graph.Node]bool{}
	for _, m := range members {
		d.only[m.node] = true
	}
	match.warn(&d.answer.Answer)
	d.answer.Portfolio = &DisruptedPortfolio{Match: match, Spend: []Money{}}
	w := newWeights(members)
	w.warn(&d.answer.Answer, d.v, members)
	d.answer.Assumptions = append(d.answer.Assumptions, w.weighing()...)
	return nil
}

// weigh tells what the members lose together.
func (d *disruption) weigh() {
	out := d.answer.Portfolio
	if out == nil || len(d.members) == 0 {
		return
	}
	w := newWeights(d.members)
	low, high := d.memberLosses()
	var behind []member
	for i, m := range d.members {
		if l := (lost{rounded(low[i]), rounded(high[i])}); l.high > 0 {
			out.Members.add(l)
			behind = append(behind, m)
		}
	}
	out.Loss, out.OfStated, out.Mean = w.bySpend(low, high), w.byStated(low, high), bounds(lost{w.mean(low), w.mean(high)})
	out.Spend, out.SpendUnknown = spendOf(behind)
	if d.after != nil {
		d.after.members = d.members
		low, high := d.after.memberLosses()
		out.After = w.bySpend(low, high)
	}
	out.Sentence = d.portfolioSentence(w)
}

// memberLosses are what the members lose, by member.
func (d *disruption) memberLosses() (low, high []float64) {
	low, high = make([]float64, len(d.members)), make([]float64, len(d.members))
	for i, m := range d.members {
		if d.net.outletOf(m.node) != loss.Nobody {
			l := d.net.ofCompany(d.solved, d.damage, m.node)
			low[i], high[i] = l.low, l.high
		}
	}
	return low, high
}

func (d *disruption) portfolioSentence(w *weights) string {
	out := d.answer.Portfolio
	of := plural(len(d.members), "company", "companies")
	if out.Members.Affected == 0 {
		return fmt.Sprintf("Nothing that is documented is lost at any of the %s of the portfolio.", of)
	}
	text := fmt.Sprintf("Of %s of the portfolio %d lose something or may, %d for certain", of, out.Members.Affected, out.Members.Certain)
	return text + ": " + w.text(out.Loss, out.OfStated, out.Mean) + "."
}
