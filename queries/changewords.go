package queries

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// order brings the changes into the order of the answer: what moved most alone first, then what was not solved, then
// what moves nothing, shares of inputs first.
func (x *changes) order() {
	x.list = slices.DeleteFunc(x.list, func(c *networkChange) bool { return c.outside && c.solved && len(c.moves) == 0 })
	rank := func(c *networkChange) int {
		switch {
		case len(c.moves) > 0:
			return 0
		case c.effective && !c.solved:
			return 1
		case slices.ContainsFunc(c.fields, func(f FieldChange) bool { return f.Field == graph.FieldShareOfInput.String() }):
			return 2
		case c.effective || len(c.fields) > 0:
			return 3
		}
		return 4
	}
	slices.SortStableFunc(x.list, func(a, b *networkChange) int { // by tier and key so far
		if c := cmp.Compare(rank(a), rank(b)); c != 0 || len(a.moves) == 0 {
			return c
		}
		m, o := &a.moves[0], &b.moves[0]
		return cmp.Or(cmp.Compare(o.before.loss.moved(o.after.loss), m.before.loss.moved(m.after.loss)),
			cmp.Compare(o.before.flow.moved(o.after.flow), m.before.flow.moved(m.after.flow)), cmp.Compare(len(b.moves), len(a.moves)))
	})
}

// changeRow is a change as the answer gives it.
func (x *changes) changeRow(c *networkChange) NetworkChange {
	row := NetworkChange{Relation: c.key.ID(), Kind: c.key.Kind.String(), Tier: c.tier, Fields: c.fields, Claims: c.claims, Solved: c.solved, Effects: []ExposureEffect{}, effective: c.effective}
	row.From = x.ref(graph.KindCompany, c.key.From)
	_, toKind := c.key.Kind.Ends()
	row.To = x.ref(toKind, c.key.To)
	if c.key.Product != "" {
		ref := x.ref(graph.KindProduct, c.key.Product)
		row.Product = &ref
	}
	switch {
	case !c.was && c.is:
		row.Change = "came"
	case c.was && !c.is:
		row.Change = "went"
	case len(c.fields) > 0:
		row.Change = "changed"
	default:
		row.Change = "claims"
	}
	if c.solved {
		n := len(c.moves)
		row.Moves = &n
		for i := range c.moves[:min(n, mostEffects)] {
			row.Effects = append(row.Effects, x.effect(&c.moves[i]))
		}
	}
	row.Sentence = x.changeSentence(&row, c.effective)
	return row
}

func (x *changes) effect(m *exposureMove) ExposureEffect {
	e := ExposureEffect{ID: m.id, Name: x.ref(graph.KindCompany, m.id).Name}
	if m.was {
		e.LossBefore, e.FlowBefore = bounds(m.before.loss), bounds(m.before.flow)
	}
	if m.is {
		e.LossAfter, e.FlowAfter = bounds(m.after.loss), bounds(m.after.flow)
	}
	return e
}

// ref names a company or product as it is called at the second moment, or where it is not known then, at the first.
func (x *changes) ref(k graph.Kind, id string) Ref {
	for _, v := range []*graph.View{x.after.v, x.before.v} {
		if n, ok := v.Find(k, id); ok {
			return refOf(v, k, n)
		}
	}
	return Ref{ID: id, Name: id}
}

// exposureSentence is a row in words.
func (x *changes) exposureSentence(r *ExposureChange) string {
	b := x.out.Company.Name
	switch r.Change {
	case "came":
		return fmt.Sprintf("%s stands upstream of %s now, at tier %d: if it stops, %s.", r.Name, b, *r.TierAfter, losesText(b, r.LossAfter))
	case "went":
		return fmt.Sprintf("%s no longer stands upstream of %s; it did at tier %d: %s if it stopped.", r.Name, b, *r.TierBefore, losesText(b, r.LossBefore))
	}
	if r.LossBefore.Low == r.LossAfter.Low && r.LossBefore.High == r.LossAfter.High {
		return fmt.Sprintf("What %s takes in from %s is %s; it was %s. What it loses if %s stops is as before.", b, r.Name, BoundsText(r.FlowAfter), BoundsText(r.FlowBefore), r.Name)
	}
	return fmt.Sprintf("If %s stops, %s; it was %s.", r.Name, losesText(b, r.LossAfter), BoundsText(r.LossBefore))
}

func losesText(b string, loss *Interval) string {
	if loss.High == 0 {
		return b + " loses nothing that is documented"
	}
	return fmt.Sprintf("%s loses %s", b, BoundsText(loss))
}

// changeSentence is a change of the network in words.
func (x *changes) changeSentence(r *NetworkChange, effective bool) string {
	what := "what it supplies is not stated"
	if r.Product != nil {
		what = r.Product.Name
	}
	subject := fmt.Sprintf("%s to %s (%s)", r.From.Name, r.To.Name, what)
	if r.Kind == graph.KindMakes.String() {
		subject = fmt.Sprintf("%s makes %s", r.From.Name, r.To.Name)
	}
	text := subject + map[string]string{"came": ": new", "went": ": no longer"}[r.Change]
	parts := fieldTexts(r)
	denials := denialTexts(r.Claims)
	if r.Change == "claims" && len(denials) < len(r.Claims) {
		parts = append(parts, "says the same, on other claims")
	}
	if parts = append(parts, denials...); len(parts) > 0 {
		text += ": " + strings.Join(parts, "; ")
	}
	text += "."
	switch {
	case !effective || !x.out.From.Known || !x.out.To.Known:
	case !r.Solved:
		text += " What it did alone was not worked out."
	case *r.Moves > 0:
		text += " " + x.effectText(&r.Effects[0], *r.Moves)
	}
	return text
}

// denialTexts tell of the claims that deny a relation: one for each that came, changed or went.
func denialTexts(claims []ClaimChange) (out []string) {
	for _, c := range claims {
		if c.Claim.Stance != "denies" {
			continue
		}
		who := "the dataset " + c.Claim.Dataset
		if s := c.Claim.Source; s != nil {
			who = cmp.Or(s.Title, s.ID)
		}
		verb := map[string]string{"came": "denies it", "went": "no longer denies it", "changed": "denies it, and says so otherwise"}[c.Change]
		out = append(out, who+" "+verb)
	}
	return out
}

// effectText tells what a change alone moves most.
func (x *changes) effectText(e *ExposureEffect, moves int) string {
	b := x.out.Company.Name
	var text string
	switch {
	case e.LossBefore == nil:
		text = fmt.Sprintf("Alone it brings %s upstream: if that stops, %s", e.Name, losesText(b, e.LossAfter))
	case e.LossAfter == nil:
		text = fmt.Sprintf("Alone it takes %s out of what stands upstream", e.Name)
	case e.LossBefore.Low == e.LossAfter.Low && e.LossBefore.High == e.LossAfter.High:
		text = fmt.Sprintf("Alone it moves what %s takes in from %s: %s, was %s", b, e.Name, BoundsText(e.FlowAfter), BoundsText(e.FlowBefore))
	default:
		text = fmt.Sprintf("Alone it moves what %s loses if %s stops: %s, was %s", b, e.Name, BoundsText(e.LossAfter), BoundsText(e.LossBefore))
	}
	if moves > 1 {
		text += fmt.Sprintf("; and %s", plural(moves-1, "more exposure", "more exposures"))
	}
	return text + "."
}

// fieldTexts are the fields of a change in words.
func fieldTexts(r *NetworkChange) (out []string) {
	if r.Change == "went" {
		return nil // what it said goes with it
	}
	for _, f := range r.Fields {
		name := strings.ReplaceAll(f.Field, "_", " ")
		before, after := f.TextBefore, f.TextAfter
		if f.NumberBefore != nil || f.NumberAfter != nil {
			before, after = numberText(f.Field, f.NumberBefore, before), numberText(f.Field, f.NumberAfter, after)
		}
		switch {
		case r.Change == "came":
			out = append(out, fmt.Sprintf("%s %s", name, after))
		case before == "":
			out = append(out, fmt.Sprintf("%s is %s (was not stated)", name, after))
		case after == "":
			out = append(out, fmt.Sprintf("%s is no longer stated (was %s)", name, before))
		default:
			out = append(out, fmt.Sprintf("%s is %s (was %s)", name, after, before))
		}
	}
	return out
}

func numberText(field string, n *Interval, unit string) string {
	if n == nil {
		return ""
	}
	one := func(x float64) string {
		if strings.HasSuffix(field, "_share") || strings.HasPrefix(field, "share_") {
			return percentText(x)
		}
		return strings.TrimSpace(amountText(x) + " " + unit)
	}
	if n.Low == n.High {
		return one(n.Low)
	}
	return one(n.Low) + " to " + one(n.High)
}

// amountText is a number of any size, in trillions, billions or millions where it is as large.
func amountText(x float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, " T"}, {1e9, " B"}, {1e6, " M"}} {
		if math.Abs(x) >= unit.size {
			return strconv.FormatFloat(x/unit.size, 'f', -1, 64) + unit.name
		}
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// sentences say what changed as a whole.
func (x *changes) sentences() {
	a := x.out
	say := func(format string, args ...any) { a.Sentences = append(a.Sentences, fmt.Sprintf(format, args...)) }
	between := fmt.Sprintf("Between %s and %s", momentText(a.From), momentText(a.To))
	if len(x.moved) == 0 && len(x.list) == 0 {
		if a.Complete {
			say("%s nothing changed for %s.", between, a.Company.Name)
		}
		return
	}
	shares := shareSentence(a)
	if len(x.moved) == 0 && shares != "" { // what did move comes first
		say("%s, %s", between, strings.Replace(shares, "Of ", "of ", 1))
		shares, between = "", "Meanwhile"
	}
	say("%s, %s came upstream of %s and %s went%s.", between, companiesText(a.Came), a.Company.Name, countText(a.Went), stayedText(a))
	for i := range a.Exposures[:min(len(a.Exposures), 1)] {
		say("The one that moved most: %s", strings.Replace(a.Exposures[i].Sentence, "If ", "if ", 1))
	}
	if shares != "" {
		say("%s", shares)
	}
	if a.ChangesTotal > 0 {
		say("%s", x.changesSentence())
	}
	if a.Solved > 0 && len(a.Changes) > 0 && len(a.Changes[0].Effects) > 0 {
		say("What moved most alone: %s", a.Changes[0].Sentence)
	}
	switch {
	case !a.From.Known || !a.To.Known:
	case a.Solved < a.Effective:
		say("What it did alone was worked out for %s of %s, the nearest first.", countText(a.Solved), plural(a.Effective, "change", "changes"))
	}
	if x.req.From.Revision == nil && x.req.To.Revision == nil && a.Undated > 0 {
		say("Claims without dates hold on every day: %d of %s upstream %s on such a claim, and can neither have come nor gone between two days.", a.Undated, plural(a.Relations, "relation", "relations"),
			map[bool]string{true: "rests", false: "rest"}[a.Undated == 1])
	}
	if a.Unexplained > 0 {
		say("Of %s these changes together tell only a part: companies or products became one, or kinds of products changed.", plural(a.Unexplained, "exposure", "exposures"))
	}
}

// shareSentence tells the share of an input that moved most.
func shareSentence(a *ChangesAnswer) string {
	var best *ShareChange
	size := 0.0
	for i := range a.Shares {
		s := &a.Shares[i]
		if s.Before == nil || s.After == nil {
			continue
		}
		if moved := (lost{s.Before.Low, s.Before.High}).moved(lost{s.After.Low, s.After.High}); moved > size {
			best, size = s, moved
		}
	}
	if best == nil {
		return ""
	}
	what := "what it buys without a stated product"
	if best.Product != nil {
		what = "the " + best.Product.Name + " that it buys"
	}
	return fmt.Sprintf("Of the shares of what %s buys, that of %s in %s moved most: %s, was %s.", a.Company.Name, best.Supplier.Name, what, BoundsText(best.After), BoundsText(best.Before))
}

// stayedText tells how many of the companies that stayed upstream moved.
func stayedText(a *ChangesAnswer) string {
	stayed := a.Moved + a.Unmoved
	switch {
	case stayed == 0:
		return ""
	case stayed == 1 && a.Moved == 0:
		return "; the exposure to the one that stayed did not move"
	case stayed == 1:
		return "; the exposure to the one that stayed moved"
	case a.Moved == stayed:
		return fmt.Sprintf("; the exposures to all %d that stayed moved", stayed)
	}
	return fmt.Sprintf("; of the exposures to the %d that stayed %s moved", stayed, countText(a.Moved))
}

func companiesText(n int) string {
	if n == 0 {
		return "no company"
	}
	return plural(n, "company", "companies")
}

// changesSentence counts the relations that changed, and of how many of them what matters did.
func (x *changes) changesSentence() string {
	a := x.out
	text := fmt.Sprintf("%s or have other claims", plural(a.ChangesTotal, "relation upstream changed", "relations upstream changed"))
	if a.ChangesTotal == 1 {
		text = "1 relation upstream changed or has other claims"
	}
	moving := 0
	for _, c := range x.list {
		if len(c.moves) > 0 {
			moving++
		}
	}
	switch {
	case a.Effective == 0:
		return text + "; none says anything else that exposures rest on."
	case a.Solved == 0:
		return fmt.Sprintf("%s; %d of these changed in what exposures rest on.", text, a.Effective)
	}
	return fmt.Sprintf("%s; %d of these changed in what exposures rest on, and alone %s of them %s an exposure.", text, a.Effective, countText(moving), map[bool]string{true: "moves", false: "move"}[moving <= 1])
}

func countText(n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(n)
}

func momentText(p ChangePoint) string {
	if n, ok := strings.CutPrefix(p.At, "revision:"); ok {
		return "revision " + n
	}
	return p.At
}
