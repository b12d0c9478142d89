package queries

import (
	"fmt"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// verdict is the answer in words.
func (x *remedies) verdict(rows []*remedyRow) string {
	b := x.out.Company.Name
	before, _ := x.worst(x.base)
	switch {
	case len(x.inputs) == 0 && x.out.Product != nil:
		return fmt.Sprintf("Nobody is documented to supply %s with %s under these conditions.", b, x.out.Product.Name)
	case len(x.inputs) == 0:
		return fmt.Sprintf("Nobody is documented to supply %s under these conditions.", b)
	case before.high == 0:
		return fmt.Sprintf("%s loses nothing that is documented; there is nothing to lower.", b)
	case len(rows) == 0:
		return x.nothingHelps(before)
	}
	best := rows[0]
	row := x.row(best, nil)
	what := fmt.Sprintf("a second source of %s (%s)", row.Input.Name, sourceText(&row))
	if row.Kind == RemedyEnlarged {
		what = fmt.Sprintf("more %s from %s", row.Input.Name, sourceText(&row))
	}
	switch {
	case best.falls[0] > 0 || best.falls[0] == 0 && best.falls[1] > 0:
		return fmt.Sprintf("Best is %s: in the worst case %s loses %s.", what, b, insteadText(row.Worst, bounds(before)))
	case x.req.IfStops != nil:
		return fmt.Sprintf("No single second source lowers what %s loses as a whole, %s. Most of its lines are eased by %s.", b, BoundsText(bounds(before)), what)
	}
	return fmt.Sprintf("No single second source lowers the worst loss (%s): %s when they stop, and a second source eases one input only. Most is eased by %s: %s.",
		BoundsText(bounds(before)), x.alikeText(), what, x.easedText(best, &row))
}

// whyNot says why a second source of an input eases nothing.
func (x *remedies) whyNot(c *remedyCase) string {
	hop := c.after.instead
	if hop == nil || hop.Product != nil && hop.Product.ID == x.v.ID(graph.KindProduct, c.in.product) {
		return "What is lost does not come through this input alone."
	}
	stopped := x.names.ref(graph.KindCompany, c.after.stopped)
	if hop.From.ID == stopped.ID {
		return fmt.Sprintf("When %s stops, as much is lost through its %s.", stopped.Name, productName(hop.Product))
	}
	return fmt.Sprintf("When %s stops, as much is lost through the %s of %s, which hangs on it.", stopped.Name, productName(hop.Product), hop.From.Name)
}

// alikeText says how many stops may cost the worst.
func (x *remedies) alikeText() string {
	n := x.out.Worst.Alike
	return fmt.Sprintf("%d of %s may each cost that much", n, plural(len(x.stops), "company upstream", "companies upstream"))
}

func (x *remedies) nothingHelps(before lost) string {
	b := x.out.Company.Name
	text := fmt.Sprintf("No single second source that takes over %s lowers anything: %s loses %s", percentText(x.req.Share), b, BoundsText(bounds(before)))
	if x.req.IfStops == nil {
		return text + fmt.Sprintf(" in the worst case, and %s, each through more than one input, or through suppliers that all inputs hang on.", x.alikeText())
	}
	var inputs []string
	for _, in := range x.out.Inputs {
		if in.Loss != nil && in.Loss.High >= before.high {
			inputs = append(inputs, productName(in.Product))
		}
	}
	if len(inputs) > 1 {
		text += fmt.Sprintf(" through each of %d inputs: %s. Each of them would need a second source that goes on", len(inputs), inWords(inputs))
	}
	return text + "."
}

// easedText says what a second source eases where it does not lower the worst.
func (x *remedies) easedText(r *remedyRow, row *RemedyRow) string {
	text := fmt.Sprintf("%s less", plural(row.Eased, "stop costs", "stops cost"))
	if len(row.Most) > 0 {
		var names []string
		for _, s := range row.Most {
			names = append(names, s.Name)
		}
		text += " (" + inWords(names) + ")"
		if s := row.Most[0]; s.After != nil {
			text += fmt.Sprintf(", that of %s %s", s.Name, insteadText(s.After, s.Loss))
		}
	}
	if before, after := percentText(x.base.mean().high), percentText(row.Mean.High); before != after {
		text += fmt.Sprintf("; over all stops the mean goes from at most %s to at most %s", before, after)
	}
	if row.Worse > 0 {
		text += fmt.Sprintf("; %s more", plural(row.Worse, "stop costs", "stops cost"))
	}
	return text
}

// insteadText tells a loss and what it was before: "at most 70% instead of 100%".
func insteadText(after, before *Interval) string {
	switch {
	case after.Low == after.High && before.Low == before.High:
		return percentText(after.High) + " instead of " + percentText(before.High)
	case after.Low == before.Low:
		return "at most " + percentText(after.High) + " instead of " + percentText(before.High)
	case after.High == before.High:
		return "at least " + percentText(after.Low) + " instead of " + percentText(before.Low)
	}
	return BoundsText(after) + ", instead of " + BoundsText(before)
}

// sourceText names who could be the second source.
func sourceText(row *RemedyRow) string {
	name := row.By[0].Name
	switch n := row.Count - 1; {
	case n == 1:
		name += " or 1 other"
	case n > 1:
		name += fmt.Sprintf(" or %d others", n)
	}
	return name
}

// takeOver is what the second sources of a row do: one of them, or "X or 2 others", which is many to grammar.
func takeOver(row *RemedyRow, share float64) string {
	text := takesOver(row.Kind, share)
	if row.Count > 2 {
		text = strings.Replace(text, "takes", "take", 1)
	}
	return text
}

// sentence is a row in words.
func (x *remedies) sentence(r *remedyRow, row *RemedyRow) string {
	var b strings.Builder
	first := row.By[0]
	fmt.Fprintf(&b, "%s %s of the %s", capital(sourceText(row)), takeOver(row, x.req.Share), row.Input.Name)
	before, _ := x.worst(x.base)
	after, _ := x.worst(r.cases[0].after)
	switch {
	case r.falls[0] > 0 || r.falls[1] > 0 && r.falls[0] == 0:
		fmt.Fprintf(&b, ": in the worst case %s loses %s", x.out.Company.Name, insteadText(bounds(after), bounds(before)))
		if x.req.IfStops == nil && row.WorstStop != nil {
			fmt.Fprintf(&b, "; worst is then the stop of %s", row.WorstStop.Name)
		}
	case x.req.IfStops != nil:
		fmt.Fprintf(&b, ": %s lose less, the company as a whole does not", plural(row.Eased, "line", "lines"))
	default:
		fmt.Fprintf(&b, ": the worst loss stays (%s), but %s", BoundsText(bounds(after)), x.easedText(r, row))
	}
	if row.Open && first.ID != "" {
		b.WriteString("; a new supplier that no source names, and that depends on nobody, would do as well")
	}
	return b.String() + "."
}

// caveat is what stands against the first of the second sources, and what is not known of it.
func (x *remedies) caveat(c *remedyCase, row *RemedyRow) string {
	return controlText(&row.By[0], row.Input.Name) + competingText(row, x.out.Company.Name) + x.unknownText(c, row)
}

// unknownText is what is not known of it.
func (x *remedies) unknownText(c *remedyCase, row *RemedyRow) string {
	s := row.By[0]
	switch {
	case c.stand == nil && row.Count == 1:
		return "Nobody who is documented to make or supply it would help as much; whether there is anybody else is not known."
	case s.Doubt != "":
		return capitalized(strings.TrimPrefix(doubtText(s.Doubt), "; ")) + ". Capacity and qualification are not known."
	case s.Trial != "":
		return fmt.Sprintf("Only %s with %s is documented: that is no supply yet. Capacity and qualification are not known.", s.Trial, x.out.Company.Name)
	case s.Stage == "announced" || s.Stage == "sampling":
		return fmt.Sprintf("Only %s is documented: that is no supply yet. Capacity and qualification are not known.", s.Stage)
	case s.Match == "broader":
		return fmt.Sprintf("Documented for %s, not for %s itself; capacity and qualification are not known.", s.Product.Name, row.Input.Name)
	case row.Kind == RemedyEnlarged:
		return "Whether it has the capacity is not known."
	}
	return "Whether it has the capacity, and would qualify, is not known."
}

func capitalized(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// capital begins a sentence: only what no source names begins small.
func capital(text string) string {
	if strings.HasPrefix(text, newSourceName) {
		return "A" + text[1:]
	}
	return text
}
