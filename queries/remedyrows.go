package queries

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

const (
	// maxLargest is how many stops a list of the largest exposures has.
	maxLargest = 10
	// maxSources is how many second sources a row names.
	maxSources = 10
)

// remedyRow is a row that is being made: second sources of one input and kind that help just as much.
type remedyRow struct {
	cases []*remedyCase // by match, market share and id; one that no source names last
	falls [4]float64
	key   []string
}

// answer writes the answer from what was tried.
func (x *remedies) answer(after []string) {
	x.heads()
	if x.base == nil {
		x.out.Verdict = "There was no time to find out what is lost."
		return
	}
	before, at := x.worst(x.base)
	x.out.Worst, x.out.Mean = x.worstLoss(x.base, before, at), bounds(x.base.mean())
	largest := x.largest()
	for _, i := range largest {
		x.out.Largest = append(x.out.Largest, x.stopLoss(i, nil))
	}
	rows := x.rows()
	x.out.Verdict = x.verdict(rows)
	total := len(rows)
	if x.out.LeftOut == 0 || x.out.StoppedBecause != StoppedByDeadline {
		x.out.Total = &total
	}
	x.page(rows, after, largest)
}

// rows are the second sources that lower something, grouped and in order.
func (x *remedies) rows() []*remedyRow {
	by := map[string]*remedyRow{}
	var rows []*remedyRow
	for _, c := range x.cases {
		if !x.helps(c.after) {
			continue
		}
		id := fmt.Sprint(c.in.at, c.kind) + c.after.print()
		row := by[id]
		if row == nil {
			row = &remedyRow{falls: x.falls(c.after)}
			by[id] = row
			rows = append(rows, row)
		}
		row.cases = append(row.cases, c)
	}
	for _, row := range rows {
		slices.SortStableFunc(row.cases, x.compareCases)
		row.key = x.key(row)
	}
	slices.SortFunc(rows, func(a, b *remedyRow) int { return slices.Compare(a.key, b.key) })
	return rows
}

// print writes all that was found, so that two of which all is equal print alike.
func (j *judged) print() string {
	var b []byte
	for _, l := range append(j.each, j.whole, j.own) {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(l.low))
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(l.high))
	}
	return string(b)
}

// compareCases puts first what is documented best: what flows, and nobody says otherwise, before the rest, the best match, the greatest
// market share, then the id.
func (x *remedies) compareCases(a, b *remedyCase) int {
	switch {
	case a.stand == nil || b.stand == nil:
		if a.stand == b.stand {
			return 0
		} else if a.stand == nil {
			return 1
		}
		return -1
	case a.firm != b.firm:
		if a.firm {
			return -1
		}
		return 1
	}
	return x.finder.compare(*a.stand, *b.stand)
}

// quality says how well a second source is documented, the best first: by whether it supplies or makes anything yet, and
// nobody says otherwise, then by match; one that no source names comes last.
func (c *remedyCase) quality() string {
	switch {
	case c.stand == nil:
		return "2"
	case c.firm:
		return fmt.Sprint("0", c.stand.match)
	}
	return fmt.Sprint("1", c.stand.match)
}

// remedyKeyParts is how many parts the key of a row has.
const remedyKeyParts = 8

// key is what a cursor holds of a row; keys are in the order of the rows.
func (x *remedies) key(r *remedyRow) []string {
	key := make([]string, 0, remedyKeyParts)
	for _, f := range r.falls {
		key = append(key, fmt.Sprintf("%.9f", 5-f)) // a fall lies between -1 and 1
	}
	first := r.cases[0]
	id := "~"
	if n := first.company(); n != graph.NoNode {
		id = x.v.ID(graph.KindCompany, n)
	}
	return append(key, first.quality(), x.v.ID(graph.KindProduct, first.in.product), map[string]string{RemedyNew: "0", RemedyEnlarged: "1"}[first.kind], id)
}

func (x *remedies) page(rows []*remedyRow, after []string, largest []int) {
	if after != nil {
		at, found := slices.BinarySearchFunc(rows, after, func(r *remedyRow, key []string) int { return slices.Compare(r.key, key) })
		if found {
			at++
		}
		rows = rows[at:]
	}
	if n := x.req.Limit; n > 0 && len(rows) > n {
		rows = rows[:n]
		x.out.NextCursor = nextCursor(x.v, x.req.Scope, x.req.question(), rows[n-1].key...)
		x.out.stop(StoppedByLimit)
	}
	for _, r := range rows {
		x.out.Items = append(x.out.Items, x.row(r, largest))
	}
}

// heads writes the inputs, and what the first second source of each eases.
func (x *remedies) heads() {
	for _, in := range x.inputs {
		head := RemedyInput{Product: x.names.product(in.product), Suppliers: len(in.suppliers)}
		if in.product != graph.NoNode {
			list := x.finder.of(in.product, 0)
			head.Others = list.total
			for _, n := range append(in.suppliers[:len(in.suppliers):len(in.suppliers)], x.company) {
				if list.members.has(n) {
					head.Others--
				}
			}
		}
		if x.base != nil {
			if l, ok := x.base.input[in.product]; ok {
				head.Loss = bounds(l)
			}
		}
		for _, c := range x.cases {
			if c.in == in && c.stand == nil {
				if x.req.IfStops != nil {
					count(&head.Eases, c.after.whole.high < x.base.whole.high)
				} else {
					head.Eases = x.eased(c.after)
				}
				if x.req.IfStops == nil && !x.helps(c.after) {
					head.Instead = c.after.instead
					head.Why = x.whyNot(c)
				}
			}
		}
		x.out.Inputs = append(x.out.Inputs, head)
	}
}

// eased is how many stops, or lines, cost less at most.
func (x *remedies) eased(j *judged) (n int) {
	for i, e := range j.each {
		count(&n, e.high < x.base.each[i].high)
	}
	return n
}

func (x *remedies) worstLoss(j *judged, l lost, at int) *WorstLoss {
	out := &WorstLoss{Loss: bounds(l)}
	if at >= 0 {
		ref := x.names.ref(graph.KindCompany, x.stops[at])
		out.Stop = &ref
	}
	if l.high > 0 && x.req.IfStops == nil {
		for _, e := range j.each {
			count(&out.Alike, e.high == l.high)
		}
	}
	return out
}

// largest are the stops that may cost most as it is: at most, then for certain, the nearest, then by id.
func (x *remedies) largest() []int {
	if x.req.IfStops != nil {
		return nil
	}
	return x.firstStops(func(i int) []float64 { return []float64{-x.base.each[i].high, -x.base.each[i].low} }, func(i int) bool { return x.base.each[i].high > 0 })
}

// firstStops are the first stops by some numbers, then by tier and id, of those that count.
func (x *remedies) firstStops(by func(i int) []float64, counts func(i int) bool) []int {
	kept := firstOf[int]{room: maxLargest, compare: func(a, b int) int { return cmp.Or(slices.Compare(by(a), by(b)), cmp.Compare(a, b)) }}
	for i := range x.stops {
		if counts(i) {
			kept.add(i)
		}
	}
	list := kept.sorted()
	return list[:min(len(list), maxLargest)]
}

func (x *remedies) stopLoss(i int, j *judged) StopLoss {
	out := StopLoss{Ref: x.names.ref(graph.KindCompany, x.stops[i]), Tier: x.tier(i), Loss: bounds(x.base.each[i])}
	if j != nil {
		out.After = bounds(j.each[i])
	}
	return out
}

func (x *remedies) row(r *remedyRow, largest []int) RemedyRow {
	first := r.cases[0]
	j := first.after
	row := RemedyRow{Input: x.names.ref(graph.KindProduct, first.in.product), Kind: first.kind, By: []RemedySource{}, Names: []Ref{}, Count: len(r.cases), Mean: bounds(j.mean()),
		Most: []StopLoss{}, Largest: []StopLoss{}}
	for i, c := range r.cases {
		if c.stand == nil {
			row.Open = true
			row.Count = max(1, row.Count-1)
		}
		if i < maxSources && (c.stand != nil || len(r.cases) == 1) {
			s := x.source(c)
			row.By, row.Names = append(row.By, s), append(row.Names, Ref{ID: s.ID, Name: s.Name})
		}
	}
	row.Competitors = x.competitors(r)
	l, at := x.worst(j)
	worst := x.worstLoss(j, l, at)
	row.Worst, row.WorstStop, row.Alike = worst.Loss, worst.Stop, worst.Alike
	if x.req.IfStops == nil {
		if j.own.high > 0 {
			row.OwnStop = bounds(j.own)
		}
		if j.own.high >= l.high && at < 0 { // the second source itself is the worst
			row.WorstStop = &row.Names[0]
		}
		if first.kind == RemedyEnlarged {
			row.OwnStop = x.ownStop(first)
		}
	}
	for i, e := range j.each {
		b := x.base.each[i]
		count(&row.Eased, e.high < b.high || e.high == b.high && e.low < b.low)
		count(&row.Worse, e.high > b.high)
	}
	most := x.firstStops(func(i int) []float64 {
		return []float64{j.each[i].high - x.base.each[i].high, j.each[i].low - x.base.each[i].low}
	}, func(i int) bool { return j.each[i].high < x.base.each[i].high || j.each[i].low < x.base.each[i].low })
	for _, i := range most {
		row.Most = append(row.Most, x.stopLoss(i, j))
	}
	for _, i := range largest {
		row.Largest = append(row.Largest, x.stopLoss(i, j))
	}
	row.Scenario = x.scenario(first, most)
	row.Command = x.command()
	row.Caveat = x.caveat(first, &row)
	row.Sentence = x.sentence(r, &row)
	return row
}

// ownStop is what the stop of an existing supplier costs with its greater part.
func (x *remedies) ownStop(c *remedyCase) *Interval {
	if i := slices.Index(x.stops, c.company()); i >= 0 {
		return bounds(c.after.each[i])
	}
	return nil
}

func (x *remedies) source(c *remedyCase) RemedySource {
	if c.stand == nil {
		return RemedySource{Name: newSourceName, Related: []Ref{}, SellsToo: []Ref{}}
	}
	a := x.finder.alternative(c.stand, x.names)
	s := RemedySource{ID: a.ID, Name: a.Name, NameZH: x.finder.v.HanName(graph.KindCompany, c.stand.company), Country: a.Country, Product: &a.Product, Match: a.Match, How: a.How, Market: a.MarketShare, Stage: x.finder.stage(c.stand), Doubt: x.finder.doubt(c.stand)}
	if s.Already, s.Trial, _ = x.finder.dealings(c.stand.company, x.company, c.in.product); c.kind == RemedyEnlarged {
		s.Trial = ""
	}
	s.Related, s.SellsToo = []Ref{}, []Ref{}
	competes := x.competing().of(c.stand.company)
	s.Competitor = competes.stated
	for _, p := range competes.sells {
		s.SellsToo = append(s.SellsToo, x.names.ref(graph.KindProduct, p))
	}
	if x.control != nil {
		if head := x.control.head(c.stand.company); head != c.stand.company {
			ref := x.names.ref(graph.KindCompany, head)
			s.Controller = &ref
		}
		for _, n := range x.related(c) {
			s.Related = append(s.Related, x.names.ref(graph.KindCompany, n))
		}
	}
	return s
}

// scenario is a second source as a scenario, for what was named, or for the stop that it eases most.
func (x *remedies) scenario(c *remedyCase, most []int) Scenario {
	s := Scenario{Title: c.remedy.Title, Remedy: &c.remedy}
	switch {
	case x.req.IfStops != nil:
		s.Targets = []Target{*x.req.IfStops}
	case len(most) > 0:
		s.Targets = []Target{{Company: x.v.Ref(graph.KindCompany, x.stops[most[0]])}}
	default:
		_, at := x.worst(x.base)
		s.Targets = []Target{{Company: x.v.Ref(graph.KindCompany, x.stops[max(0, at)])}}
	}
	return s
}

func (x *remedies) title(c *remedyCase) string {
	from := newSourceName
	if n := c.company(); n != graph.NoNode {
		from = x.v.Name(graph.KindCompany, n)
	}
	return fmt.Sprintf("%s %s of the %s that %s buys", capital(from), takesOver(c.kind, x.req.Share), x.v.Name(graph.KindProduct, c.in.product), x.v.Name(graph.KindCompany, x.company))
}

// takesOver is what a second source does.
func takesOver(kind string, share float64) string {
	if kind == RemedyEnlarged {
		return "takes over another " + percentText(share)
	}
	return "takes over " + percentText(share)
}

// command asks for the losses before and after.
func (x *remedies) command() string {
	var b strings.Builder
	b.WriteString("tributary disrupt --scenario - --only " + shellWord(x.v.Ref(graph.KindCompany, x.company)) + " --as-of " + x.req.AsOf)
	flag := func(name, value, usual string) {
		if value != usual {
			b.WriteString(" --" + name + " " + value)
		}
	}
	flag("stage", strings.Join(x.req.Stages, ","), "unknown,qualified,volume")
	flag("min-confidence", number(x.req.MinConfidence), "0")
	if x.req.Group == GroupControl {
		flag("group", x.req.Group, "")
		flag("control-threshold", number(x.req.ControlThreshold), number(DefaultControlThreshold))
	}
	flag("assume", strings.Join(x.req.Assume, ","), "")
	flag("undocumented", x.req.Undocumented, "unaffected")
	flag("product-level", x.req.ProductLevel, "both")
	return b.String()
}

// shellWord is a word as a shell takes it.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return strings.ContainsRune("-_.:,", r) || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
