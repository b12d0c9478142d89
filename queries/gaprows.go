package queries

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// row is a fact in words.
func (g *gaps) row(f *fact) GapRow {
	from, to, _ := g.v.Ends(f.rels[0])
	row := GapRow{Buyer: g.names.ref(graph.KindCompany, to), Product: g.names.product(f.product), Field: f.field.String(), State: f.state, Tier: f.tier,
		Value: rounded(f.value), Relations: f.relations, Suppliers: g.suppliers(f.all), Narrows: []GapNarrowing{}}
	if f.field != graph.FieldCompleteList && len(f.rels) == 1 {
		supplier := g.names.ref(graph.KindCompany, from)
		row.Supplier, row.Suppliers = &supplier, []Ref{supplier}
	} else if len(row.Suppliers) == 1 {
		row.Supplier = &row.Suppliers[0]
	}
	row.Asked, row.holds = row.Buyer, g.holds(f.rels)
	if f.field == graph.FieldShareOfInput || f.field == graph.FieldRevenueShare {
		row.Asked = *row.Supplier
	}
	row.Question, row.Allowed = gapQuestion(&row)
	if row.Period = string(f.period); row.Period != "" {
		row.Question = "In " + row.Period + ": " + strings.ToLower(row.Question[:1]) + row.Question[1:]
	}
	row.Present = g.presentText(f)
	row.First, row.Last = rounded(f.alone.value), rounded(f.last.value)
	if g.narrows(&row, &f.alone); len(row.Narrows) == 0 {
		g.narrows(&row, &f.last)
	}
	row.Why = g.why(&row)
	return row
}

// holds says when relations hold. Those of a consolidated View are not asked about.
func (g *gaps) holds(rels []graph.Rel) string {
	if g.req.Group == GroupControl {
		return ""
	}
	list := make([]string, len(rels))
	for i, r := range rels {
		list[i] = g.v.Holding(r, g.x.filter).String()
	}
	return strings.Join(list, "; ")
}

func (g *gaps) suppliers(rels []graph.Rel) []Ref {
	out := make([]Ref, 0, len(rels))
	for _, r := range rels {
		from, _, _ := g.v.Ends(r)
		if ref := g.names.ref(graph.KindCompany, from); !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}

// gapQuestion puts a question to whom it is asked, and says what may be answered.
func gapQuestion(row *GapRow) (question, allowed string) {
	what := "what you buy"
	if row.Product != nil {
		what = row.Product.Name
	}
	names := make([]string, len(row.Suppliers))
	for i, s := range row.Suppliers {
		names[i] = s.Name
	}
	from := inWords(names)
	const share = "a part, 0 to 1, or a percentage"
	switch row.Field {
	case "share_of_input":
		if row.Product == nil {
			return fmt.Sprintf("Of what you supply to %s: what part of all that it buys of it comes from you?", row.Buyer.Name), share
		}
		return fmt.Sprintf("What part of the %s that %s buys comes from you?", what, row.Buyer.Name), share
	case "complete_list":
		if len(names) == 1 {
			return fmt.Sprintf("Is %s your only supplier of %s?", from, what), "yes or no"
		}
		return fmt.Sprintf("Are %s all your suppliers of %s?", from, what), "yes or no"
	case "essential":
		return fmt.Sprintf("Would you have to stop without %s (from %s)?", what, from), "yes or no"
	case "used_in":
		return fmt.Sprintf("Which one of your products needs %s (from %s), if not several do?", what, from), "a product by id or name; empty where several need it"
	case "cost_share":
		return fmt.Sprintf("What part of your cost is %s from %s?", what, from), share
	case "revenue_share":
		return fmt.Sprintf("What part of your revenue do you make with %s sold to %s?", what, row.Buyer.Name), share
	}
	return "", ""
}

// presentText is what is known of a fact now.
func (g *gaps) presentText(f *fact) string {
	switch f.state {
	case GapDisputed:
		return "disputed" + forPeriod(f.number.Period) + ": " + g.disputeText(f)
	case GapStale:
		return fmt.Sprintf("stated as %s%s: stale", percentText(f.number.Value), cmp.Or(forPeriod(f.number.Period), " on "+f.stated.String()))
	}
	if f.left > 0 && f.left < 1 {
		return fmt.Sprintf("not stated: at most %s, which the others leave", percentText(f.left))
	}
	return "not stated"
}

// disputeText is who states which of the numbers that differ; between which they lie, where they are sums.
func (g *gaps) disputeText(f *fact) string {
	least, most := 1.0, 0.0
	var said []string
	low, high := g.v.Claims(f.rels[0])
	for c := low; c < high; c++ {
		claim := g.v.Claim(f.rels[0], c)
		at := slices.IndexFunc(claim.Numbers, func(n graph.Field) bool { return n.ID == f.field })
		if at < 0 || claim.Period != f.number.Period || !g.v.Flows(f.rels[0], c, g.x.filter) {
			continue
		}
		x := claim.Numbers[at].Number
		least, most = min(least, x), max(most, x)
		if text := percentText(x) + " (" + cmp.Or(claim.AssertedBy, claim.Source, claim.Dataset) + ")"; !slices.Contains(said, text) {
			said = append(said, text)
		}
	}
	if least != f.number.Least || most != f.number.Most || len(said) > mostSaid {
		return fmt.Sprintf("between %s and %s", percentText(f.number.Least), percentText(f.number.Most))
	}
	return strings.Join(said, ", ")
}

// mostSaid is how many numbers that differ are told one by one.
const mostSaid = 4

func forPeriod(p graph.Period) string {
	if p == "" {
		return ""
	}
	return " for " + string(p)
}

// narrows lists the exposures that a fact would narrow.
func (g *gaps) narrows(row *GapRow, o *outcome) {
	type fall struct {
		at   int
		most float64
	}
	var falls []fall
	for i := range o.after {
		if x := width(o.before[i]) - width(o.after[i]); x > leastGap {
			falls = append(falls, fall{i, x})
		}
	}
	slices.SortStableFunc(falls, func(a, b fall) int { return cmp.Compare(rounded(b.most), rounded(a.most)) })
	for _, f := range falls {
		row.Narrows = append(row.Narrows, GapNarrowing{Exposure: g.names.ref(graph.KindCompany, g.targets[f.at].company), Before: bounds(o.before[f.at]), After: bounds(o.after[f.at])})
	}
}

// why is what knowing a fact would do, in words: to the exposures as they are listed, or, where it narrows none of them
// alone, beside everything else.
func (g *gaps) why(row *GapRow) string {
	if len(row.Narrows) == 0 {
		return ""
	}
	first, more := row.Narrows[0], ""
	if n := len(row.Narrows) - 1; n > 0 {
		more = fmt.Sprintf("; likewise %d more of the largest losses", n)
	}
	loss := fmt.Sprintf("what %s loses if %s stops", g.out.Company.Name, first.Exposure.Name)
	before, after := spanText(first.Before), spanText(first.After)
	text := fmt.Sprintf("alone it would narrow %s from %s to about %s", loss, before, after)
	if row.First < leastGap {
		text = fmt.Sprintf("alone it narrows nothing; were all else known, %s would be %s without it, about %s with it", loss, before, after)
	}
	if row.State == GapStale {
		text = "should what is stated no longer hold: " + text
	}
	return text + more
}

// spanText is an interval in words: "0–100%".
func spanText(i *Interval) string {
	if i.Low == i.High {
		return percentText(i.Low)
	}
	return strings.TrimSuffix(percentText(i.Low), "%") + "–" + percentText(i.High)
}
