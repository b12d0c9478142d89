package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/queries"
)

// percent prints a share, with one digit behind the point where it matters.
func percent(x float64) string { return queries.PercentText(x) }

// intervalRange is the bounds of an uncertain share.
func intervalRange(i *queries.Interval) string {
	switch {
	case i == nil:
		return "an unknown part"
	case i.Low == i.High:
		return percent(i.Low)
	case i.Low == 0 && i.High < 1:
		return "≤" + percent(i.High)
	}
	return strings.TrimSuffix(percent(i.Low), "%") + "–" + percent(i.High)
}

// intervalNote is what an uncertain share rests on, and of when it is.
func intervalNote(i *queries.Interval) string {
	if i == nil {
		return "nobody states it"
	}
	notes := []string{basisWords(i)}
	if i.Period != "" {
		notes[0] += " " + i.Period
	}
	if i.Disputed {
		notes = append(notes, "disputed")
	}
	if i.Overstated {
		notes = append(notes, "scaled down: the stated ones exceed 100%")
	}
	return strings.Join(notes, ", ")
}

func basisWords(i *queries.Interval) string {
	switch i.Basis {
	case queries.BasisDocumentedValue:
		return "by value"
	case queries.BasisResidual:
		if i.Low == 0 && i.High == 1 {
			return "unknown"
		}
		return "left by others"
	case queries.BasisSoleDocumented:
		return "sole known"
	}
	return i.Basis
}

// share prints an interval of a part of a whole.
func share(i *queries.Interval) string {
	if i == nil {
		return ""
	}
	return intervalRange(i) + " " + intervalNote(i)
}

// amount prints a number of any size.
func amount(x float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "B"}, {1e6, "M"}} {
		if math.Abs(x) >= unit.size {
			return strconv.FormatFloat(x/unit.size, 'f', -1, 64) + " " + unit.name
		}
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// refNames lists names, or the ids where nothing else is known.
func refNames(refs []queries.Ref) string {
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = r.Name
	}
	return strings.Join(names, ", ")
}

func ints(list []int) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}

// or is text, or another where it is empty.
func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// count prints a number of things; nothing for none.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// closing is the last line of an answer: totals, day, revision, whether that is all.
func closing(total string, a *queries.Answer) string {
	parts := []string{total}
	if a.AsOf == "any" {
		parts = append(parts, "dates ignored")
	} else if a.AsOf != "" {
		parts = append(parts, "as of "+a.AsOf)
	}
	parts = append(parts, fmt.Sprintf("revision %d", a.Revision))
	if a.Complete {
		parts = append(parts, "all that is documented") // not: all that there is
	} else {
		parts = append(parts, "NOT complete: "+stopped(a))
	}
	return strings.Join(parts, "; ")
}

// stopped says why an answer is not complete, and how to get more; empty when it is.
func stopped(a *queries.Answer) string {
	if a.Complete {
		return ""
	}
	switch a.StoppedBecause {
	case queries.StoppedByDepth:
		return "there is more beyond this depth (--depth)"
	case queries.StoppedByLimit:
		return "there is more than the limit (--limit)"
	case queries.StoppedByDeadline:
		return "the time was over (--timeout)"
	}
	return a.StoppedBecause
}

// warnings prints what the reader should know before relying on the answer.
func (o *printer) warnings(a *queries.Answer) {
	for i, w := range a.Warnings {
		if i == 0 {
			o.printf("\n")
		}
		o.printf("note: %s\n", w)
	}
	o.groups(a.Group)
}

// groups prints what counts as one company, where something does.
func (o *printer) groups(g *queries.Grouping) {
	if g == nil {
		return
	}
	o.printf("\n")
	if g.Groups == 0 {
		o.wrap("", "", fmt.Sprintf("Groups: nobody is documented to hold more than %s of a company, or to control one otherwise.", percent(g.Threshold)))
		return
	}
	o.wrap("", "", fmt.Sprintf("Groups: a company is counted under the name of whoever holds more than %s of it, together with what that controls, or is said to control it; in the whole network %s.",
		percent(g.Threshold), countedUnder(g)))
	for _, row := range g.Items {
		o.wrap("  ", "    ", row.Name+": "+memberText(&row, g.Threshold))
	}
	if g.More {
		o.printf("  and more\n")
	}
}

// countedUnder is how many companies count under the names of how many others.
func countedUnder(g *queries.Grouping) string {
	switch {
	case g.Companies == 1:
		return "1 company is counted under the name of another"
	case g.Groups == 1:
		return plural(g.Companies, "companies") + " are counted under the name of 1 other"
	}
	return fmt.Sprintf("%s are counted under the names of %d others", plural(g.Companies, "companies"), g.Groups)
}

// memberText lists the members of a group, with what it holds of each.
func memberText(g *queries.GroupRow, threshold float64) string {
	const most = 12
	var parts []string
	for _, m := range g.Members[:min(len(g.Members), most)] {
		parts = append(parts, m.Name+heldText(m.HeldBy, g.ID, threshold))
	}
	if n := len(g.Members) - most; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(parts, ", ")
}

// heldText says who holds a member: by how much, who where it is not the head of the group, and that it is said to
// control it where what it holds is not enough.
func heldText(held []queries.HeldBy, head string, threshold float64) string {
	var parts []string
	for _, h := range held {
		text := "share unknown"
		switch {
		case h.Share != nil:
			text = intervalRange(h.Share)
		case h.Control != "":
			text = ""
		}
		if h.ID != head && text != "" {
			text += " by " + h.Name
		}
		if h.Control != "" && (h.Share == nil || h.Share.Low <= threshold) {
			text += controlText(&h, head, text)
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// controlText says of a holder that it is said to control a member, after what it holds.
func controlText(h *queries.HeldBy, head, share string) string {
	switch {
	case share != "":
		return ", said to control it: " + h.Control
	case h.ID != head:
		return h.Name + " is said to control it: " + h.Control
	}
	return "said to control it: " + h.Control
}
