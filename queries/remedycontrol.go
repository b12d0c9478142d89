package queries

import (
	"context"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// A company that stops is likely to take along what it controls. The network does not say so: only that of a second source
// that is under its control nothing better may be hoped for then.

// above are the companies of its group that hold a company, directly or through others of it; none where nobody controls it.
func (c *control) above(n graph.Node) map[graph.Node]bool {
	head := c.head(n)
	if head == n {
		return nil
	}
	out := map[graph.Node]bool{head: true}
	seen := map[graph.Node]bool{n: true}
	queue := []int32{c.held.number[n]}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, h := range c.held.into[at] {
			if owner := c.held.nodes[h.owner]; !seen[owner] && c.head(owner) == head {
				seen[owner], out[owner] = true, true
				queue = append(queue, h.owner)
			}
		}
	}
	return out
}

// related are the suppliers of an input that are under the same control as a second source of it, by id.
func (x *remedies) related(c *remedyCase) (out []graph.Node) {
	for _, n := range c.in.suppliers {
		if n != c.stand.company && x.control.head(n) == x.control.head(c.stand.company) {
			out = append(out, n)
		}
	}
	order := least{v: x.v}
	slices.SortFunc(out, order.compare)
	return out
}

// withControllers counts the stop of a company that controls a second source as costing no less than as it is.
func (x *remedies) withControllers(ctx context.Context) error {
	if x.base == nil || groupsOf(x.v) != nil {
		return nil
	}
	var err error
	if x.control, err = controlOf(ctx, x.v, x.req.filter(), x.req.ControlThreshold); err != nil {
		return err
	}
	hit := x.hitCompanies()
	for _, c := range x.cases {
		if c.stand == nil {
			continue
		}
		above := x.control.above(c.stand.company)
		if len(above) == 0 {
			continue
		}
		helped := x.helps(c.after)
		if x.req.IfStops == nil {
			c.after = x.noLessInStops(c, above)
		} else if slices.ContainsFunc(hit, func(n graph.Node) bool { return above[n] }) {
			c.after = c.after.noLessThan(x.base)
		}
		if helped && !x.helps(c.after) {
			x.out.Nothing++
		}
	}
	return nil
}

// hitCompanies are the companies that what was named stops.
func (x *remedies) hitCompanies() (out []graph.Node) {
	if x.req.IfStops == nil || x.hit == nil {
		return nil
	}
	for n := range x.hit.companies {
		out = append(out, n)
	}
	return out
}

// noLessInStops is what is lost where the stops of these companies cost no less than as it is.
func (x *remedies) noLessInStops(c *remedyCase, above map[graph.Node]bool) *judged {
	j := c.after
	for i, n := range x.stops {
		if !above[n] {
			continue
		}
		if j == c.after { // several second sources may share what was found
			copied := *j
			copied.each = slices.Clone(j.each)
			j = &copied
		}
		j.each[i] = j.each[i].and(x.base.each[i])
	}
	return j
}

// noLessThan is what is lost where it is no less than before anywhere.
func (j *judged) noLessThan(base *judged) *judged {
	out := *j
	out.whole, out.each = j.whole.and(base.whole), slices.Clone(j.each)
	for i := range out.each {
		out.each[i] = out.each[i].and(base.each[i])
	}
	return &out
}

// controlText says who controls a second source, and which suppliers of the input it shares that with; empty where nobody does.
func controlText(s *RemedySource, input string) string {
	var related []string
	by := ""
	for _, r := range s.Related {
		related = append(related, r.Name)
		if s.Controller != nil && s.Controller.ID == r.ID {
			by = "which supplies this input too"
		}
	}
	switch {
	case s.Controller == nil && related == nil:
		return ""
	case s.Controller == nil:
		return fmt.Sprintf("It controls %s, which supplies %s already. ", inWords(related), input)
	case by != "" && len(related) == 1:
		return fmt.Sprintf("%s controls it, %s: no independent second source; that stop is not counted as eased. ", s.Controller.Name, by)
	case related != nil:
		return fmt.Sprintf("%s controls it, and with it %s, who supply %s already: no independent second source; the stop of %s is not counted as eased. ", s.Controller.Name, inWords(related), input, s.Controller.Name)
	}
	return fmt.Sprintf("%s controls it: that stop is not counted as eased. ", s.Controller.Name)
}

// As says what a second source is to the company asked about: "new", "new for this input", "enlarged"; who controls it, and
// whether it is a competitor.
func (r *RemedyRow) As() string {
	text := r.Kind
	if len(r.By) == 0 {
		return text
	}
	first := &r.By[0]
	if r.Kind == RemedyNew && first.Already {
		text = "new for this input"
	}
	switch {
	case len(first.Related) > 0:
		text += ", same control as " + first.Related[0].Name
	case first.Controller != nil:
		text += ", controlled by " + first.Controller.Name
	}
	return text + r.competingAs()
}
