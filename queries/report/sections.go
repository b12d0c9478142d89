package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// How many rows the tables and lists of a report have at most: what a reader takes in. The command beside each gives
// the whole.
const (
	topCompanies = 10
	topRemedies  = 5
	topGaps      = 5
	topCountries = 8
	topPoints    = 6
	topInputs    = 12
	topCommon    = 8
	topCustomers = 8
	topDisputes  = 12
	topSanctions = 10
	topMembers   = 30
	topAlike     = 5
	tierDepth    = 6
	// Of a company with many upstream, fewer facts are solved again for the questions worth asking.
	manyUpstream  = 300
	fewCandidates = 40
	// mostExposures is how many exposures are looked at for those that the report shows.
	mostExposures = 300
)

// identity tells who the company is.
func (m *maker) identity(ctx context.Context) error {
	a, err := queries.Company(ctx, m.v, queries.CompanyRequest{Company: m.req.Company, Scope: m.req.Scope})
	if err != nil {
		return err
	}
	m.asked("show", &a.Answer)
	s := Section{ID: "who", Title: "Who it is", Commands: []string{m.command("show", "")}}
	s.Blocks = append(s.Blocks, Block{Text: plain("%s", m.profile(a))})
	if len(a.Makes) > 0 {
		list := Text{{Text: "It is documented to make "}}
		for i, p := range a.Makes[:min(len(a.Makes), topInputs)] {
			notes, err := m.evidence(ctx, p.Relation)
			if err != nil {
				return err
			}
			text := p.Product.Name
			if p.MarketShare != nil {
				text += " (market share " + m.bound("show", p.Product.ID, "market_share", p.MarketShare) + period(p.MarketShare) + ")"
			}
			list = append(list, Span{Text: separator(i, min(len(a.Makes), topInputs), len(a.Makes) > topInputs) + text, Notes: notes})
		}
		if more := len(a.Makes) - topInputs; more > 0 {
			list = append(list, Span{Text: fmt.Sprintf(" and %d more", more)})
		}
		s.Blocks = append(s.Blocks, Block{Text: ended(list)})
	}
	if owners, err := m.owners(ctx, a); err != nil {
		return err
	} else if owners != nil {
		s.Blocks = append(s.Blocks, Block{Text: owners})
	}
	m.section(s)
	return nil
}

// separator goes before item i of n.
func separator(i, n int, more bool) string {
	switch {
	case i == 0:
		return ""
	case i == n-1 && !more:
		return " and "
	}
	return ", "
}

func period(i *queries.Interval) string {
	if i == nil || i.Period == "" {
		return ""
	}
	return ", " + i.Period
}

// profile is the company in a sentence or two.
func (m *maker) profile(a *queries.CompanyAnswer) string {
	var b strings.Builder
	b.WriteString(both(a.Name, a.NameZH))
	kind := map[string]string{"company": "a company", "person": "a person", "government": "a government body", "fund": "a fund", "anonymous": "a party that a filing does not name"}[a.Kind]
	if kind == "" {
		kind = "a company"
	}
	b.WriteString(" is " + kind)
	if a.Sector != "" {
		b.WriteString(" (sector: " + a.Sector + ")")
	}
	if a.Country != "" {
		b.WriteString(" with headquarters in " + country(a.Country))
	}
	b.WriteString(".")
	if len(a.Identifiers) > 0 {
		b.WriteString(" Identifiers: " + strings.Join(a.Identifiers, ", ") + ".")
	}
	var aliases []string
	for _, alias := range a.Aliases {
		if alias != a.NameZH {
			aliases = append(aliases, alias)
		}
	}
	if len(aliases) > 0 {
		b.WriteString(" Also called " + names(aliases, 6) + ".")
	}
	if n := len(a.Amounts); n > 0 {
		last := a.Amounts[n-1]
		fmt.Fprintf(&b, " Stated %s%s: %s.", last.Field, ofPeriod(last.Period), strings.TrimSpace(valueText(last.Field, last.Value)+" "+last.Currency))
	}
	if a.Provisional {
		b.WriteString(" It is known only because relations name it: no dataset describes it.")
	}
	return b.String()
}

// owners are who owns the company, and whom it owns; nil where nothing is documented.
func (m *maker) owners(ctx context.Context, a *queries.CompanyAnswer) (Text, error) {
	var out Text
	part := func(begin string, list []queries.Holding) error {
		if len(list) == 0 {
			return nil
		}
		out = append(out, Span{Text: begin})
		const most = 6
		for i, h := range list[:min(len(list), most)] {
			notes, err := m.evidence(ctx, h.Relation)
			if err != nil {
				return err
			}
			text := h.Party.Name
			switch {
			case h.Share != nil:
				text += " (" + m.bound("show", h.Relation, "share", h.Share) + period(h.Share) + ")"
			case h.Control != "":
				text += " (control: " + h.Control + ")"
			}
			out = append(out, Span{Text: separator(i, min(len(list), most), len(list) > most) + text, Notes: notes})
		}
		if more := len(list) - most; more > 0 {
			out = append(out, Span{Text: fmt.Sprintf(" and %d more", more)})
		}
		out = ended(out)
		return nil
	}
	if err := part("Documented owners: ", a.Owners); err != nil {
		return nil, err
	}
	if len(out) > 0 {
		out = append(out, Span{Text: " "})
	}
	if len(a.Owns) == 0 {
		return slices.Clip(out[:max(0, len(out)-1)]), nil
	}
	return out, part("It owns parts of ", a.Owns)
}

// tiers tells who stands upstream, and how well that is documented.
func (m *maker) tiers(ctx context.Context) error {
	a, err := queries.Suppliers(ctx, m.v, queries.TiersRequest{Company: m.req.Company, Direction: queries.Upstream, Scope: m.req.Scope, Depth: tierDepth})
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	name := m.out.Company.Name
	if len(a.Items) == 0 {
		m.tell(findingNetwork, plain("Nobody is documented to supply %s: here what is documented upstream ends, which does not mean that it has no suppliers.", name))
		return nil
	}
	m.asked("suppliers", &a.Answer)
	t := &Table{Columns: []Column{{Title: "Tier"}, {Title: "Companies", Right: true}, {Title: "Several independent sources", Right: true},
		{Title: "Denied by somebody", Right: true}, {Title: "Median confidence", Right: true}, {Title: "Best known"}}}
	first := 0
	deepest := 0
	for _, rows := range byTier(a.Items) {
		t.Rows = append(t.Rows, m.tierRow(rows))
		deepest = rows[0].Tier
		if rows[0].Tier == 1 {
			first = len(rows)
		}
	}
	cover := a.Coverage
	text := fmt.Sprintf("%s has %s and %s upstream of it in all, over %s. ", name, plural(first, "documented direct supplier", "documented direct suppliers"),
		companies(len(a.Items)), plural(deepest, "tier", "tiers"))
	if first == len(a.Items) {
		text = fmt.Sprintf("%s has %s; nobody is documented behind %s. ", name, plural(first, "documented direct supplier", "documented direct suppliers"), map[bool]string{true: "it", false: "them"}[first == 1])
	}
	m.count("suppliers", "1", "companies", first)
	m.count("suppliers", "all", "companies", len(a.Items))
	m.upstream = len(a.Items)
	if cover.Relations > 0 {
		text += fmt.Sprintf("Of the %s, %s a source and %s a share: where nobody states a share, the bounds below are wide.",
			plural(cover.Relations, "relation that brings it in", "relations that bring them in"), allOf(cover.Sourced, cover.Relations, "cites", "cite"), allOf(cover.Shares, cover.Relations, "states", "state"))
	}
	m.tell(findingNetwork, plain("%s", strings.TrimSpace(text)))
	s := Section{ID: "tiers", Title: "Who stands upstream", Commands: []string{m.command("suppliers", fmt.Sprintf("--depth %d", tierDepth))}}
	lead := "A company stands at the tier of its shortest chain of documented supply relations. Confidence is that of the surest claim, by what it rests on (a filing is surer than a rumour)."
	if !a.Complete {
		lead += fmt.Sprintf(" There is more beyond tier %d.", tierDepth)
	}
	s.Blocks = append(s.Blocks, Block{Text: plain("%s", lead)}, Block{Table: t})
	m.section(s)
	return nil
}

// allOf is so many of a number of things, and what they do.
func allOf(n, of int, one, many string) string {
	switch {
	case n == 0:
		return "none " + one
	case n == of && n > 1:
		return "all " + many
	case n == 1:
		return "1 " + one
	}
	return thousands(n) + " " + many
}

func byTier(rows []queries.TierRow) (out [][]queries.TierRow) {
	for i := range rows {
		if i == 0 || rows[i].Tier != rows[i-1].Tier {
			out = append(out, nil)
		}
		last := len(out) - 1
		out[last] = append(out[last], rows[i])
	}
	return out
}

// tierRow is a tier with how well it is documented.
func (m *maker) tierRow(rows []queries.TierRow) []Text {
	several, denied := 0, 0
	var confidences []float64
	for i := range rows {
		r := &rows[i]
		several += flag(r.Sources > 1)
		denied += flag(r.Denials > 0)
		confidences = append(confidences, r.Confidence)
	}
	slices.Sort(confidences)
	best := slices.Clone(rows)
	slices.SortStableFunc(best, func(a, b queries.TierRow) int { return b.Sources - a.Sources })
	var known []string
	for _, r := range best[:min(len(best), 3)] {
		known = append(known, both(r.Name, r.NameZH))
	}
	key := strconv.Itoa(rows[0].Tier)
	n := func(field string, x int) Text { return plain("%s", thousands(m.count("suppliers", key, field, x))) }
	return []Text{plain("%s", key), n("companies", len(rows)), n("several_sources", several), n("denied", denied),
		plain("%s", queries.PercentText(confidences[len(confidences)/2])), plain("%s", strings.Join(known, ", "))}
}

// exposures tells what the company depends on most: companies, then countries.
func (m *maker) exposures(ctx context.Context) error {
	a, err := queries.Exposure(ctx, m.v, queries.ExposureRequest{Company: m.req.Company, Scope: m.req.Scope, Page: queries.Page{Limit: mostExposures}, Paths: -1})
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	if len(a.Items) == 0 {
		return nil
	}
	m.asked("exposure", &a.Answer)
	name := m.out.Company.Name
	s := Section{ID: "exposures", Title: "Largest exposures", Commands: []string{m.command("exposure", "")}}
	s.Blocks = append(s.Blocks, Block{Text: plain("Two measures that never mix. Loss if it stops: the part of its output that %s loses when this company alone stops, by what each of its production lines needs. Flow: the part of its intake that comes from there, directly or through others.", name)})
	narrow, open, _ := split(a.Items)
	if a.NextCursor != "" {
		s.Blocks[0].Text = append(s.Blocks[0].Text, Span{Text: fmt.Sprintf(" Of %s upstream, the %s that most may hang on are looked at here.", companies(a.Around), thousands(len(a.Items)))})
	}
	if len(narrow) > 0 {
		t, err := m.exposureTable(ctx, narrow[:min(len(narrow), topCompanies)])
		if err != nil {
			return err
		}
		heading := "Companies"
		if len(open) > 0 {
			heading = "Companies whose loss is narrowed by what is documented"
		}
		s.Blocks = append(s.Blocks, Block{Heading: heading, Text: shownOf(len(t.Rows), len(narrow)), Table: t})
	}
	if len(open) > 0 {
		if err := m.openExposures(ctx, open, &s); err != nil {
			return err
		}
	}
	if err := m.tellExposure(ctx, narrow, open, a); err != nil {
		return err
	}
	if err := m.countries(ctx, &s); err != nil {
		return err
	}
	m.section(s)
	return nil
}

// split tells the exposures that something narrows from those that may be anything, and counts those that are nothing.
// The order stays, but that of those that may be anything: first come those that reach the most inputs.
func split(rows []queries.ExposureRow) (narrow, open []*queries.ExposureRow, nothing int) {
	for i := range rows {
		switch r := &rows[i]; {
		case anything(r.LossIfStopped):
			open = append(open, r)
		case r.LossIfStopped.High == 0:
			nothing++
		default:
			narrow = append(narrow, r)
		}
	}
	slices.SortStableFunc(open, func(a, b *queries.ExposureRow) int {
		return cmp.Or(reached(b)-reached(a), a.Tier-b.Tier)
	})
	return narrow, open, nothing
}

// reached is how many inputs of the company something may stop.
func reached(r *queries.ExposureRow) int {
	n := 0
	for _, in := range r.Inputs {
		n += flag(in.Loss != nil && in.Loss.High > 0)
	}
	return n
}

func shownOf(shown, of int) Text {
	if shown == of {
		return nil
	}
	return plain("The first %d of %s are shown.", shown, thousands(of))
}

func (m *maker) exposureTable(ctx context.Context, rows []*queries.ExposureRow) (*Table, error) {
	t := &Table{Columns: []Column{{Title: "Company"}, {Title: "Loss if it stops", Right: true}, {Title: "Flow", Right: true}, {Title: "Tier", Right: true}, {Title: "Country"}, {Title: "Input that most is lost through"}, {Title: "Chain, with the confidence of each hop"}}}
	for _, r := range rows {
		chain, err := m.chain(ctx, r.Cause)
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, []Text{plain("%s", both(r.Name, r.NameZH)), plain("%s", m.bound("exposure", r.ID, "loss_if_stopped", r.LossIfStopped)), plain("%s", m.bound("exposure", r.ID, "flow_exposure", r.FlowExposure)),
			plain("%d", r.Tier), plain("%s", country(r.Country)), plain("%s", bindingText(r.Binding)), chain})
	}
	return t, nil
}

// openExposures tells of the companies whose stop may cost anything: those that may stop the most inputs.
func (m *maker) openExposures(ctx context.Context, open []*queries.ExposureRow, s *Section) error {
	t := &Table{Columns: []Column{{Title: "Company"}, {Title: "Inputs it may stop", Right: true}, {Title: "Flow", Right: true}, {Title: "Tier", Right: true}, {Title: "Country"}, {Title: "Input that most may be lost through"}, {Title: "Chain, with the confidence of each hop"}}}
	for _, r := range open[:min(len(open), topCompanies)] {
		chain, err := m.chain(ctx, r.Cause)
		if err != nil {
			return err
		}
		m.bound("exposure", r.ID, "loss_if_stopped", r.LossIfStopped)
		t.Rows = append(t.Rows, []Text{plain("%s", both(r.Name, r.NameZH)), plain("%d", m.count("exposure", r.ID, "inputs", reached(r))), plain("%s", m.bound("exposure", r.ID, "flow_exposure", r.FlowExposure)),
			plain("%d", r.Tier), plain("%s", country(r.Country)), plain("%s", bindingText(r.Binding)), chain})
	}
	text := fmt.Sprintf("If one of %s stops, %s may lose anything from nothing to everything: nobody states the shares, nor what can be done without.", companies(len(open)), m.out.Company.Name)
	if len(open) == 1 {
		text = fmt.Sprintf("If this one stops, %s may lose anything from nothing to everything: nobody states the shares, nor what can be done without.", m.out.Company.Name)
	}
	if len(open) > len(t.Rows) {
		text += fmt.Sprintf(" Shown are the %d that may stop the most of its inputs.", len(t.Rows))
	}
	s.Blocks = append(s.Blocks, Block{Heading: "Companies whose loss nothing documented narrows (0–100%)", Text: plain("%s", text), Table: t})
	return nil
}

// bindingText is the input that most is lost through, and what is known of it.
func bindingText(b *queries.BindingRow) string {
	if b == nil {
		return "-"
	}
	known := plural(b.Suppliers, "supplier documented", "suppliers documented")
	if b.Stated > 0 {
		known += fmt.Sprintf(", share of %d stated", b.Stated)
	} else {
		known += ", no share known for what needs it"
	}
	switch b.Essential {
	case "yes":
		known += ", stated to be essential"
	case "no":
		known += ", stated not to be essential"
	}
	return productText(b.Product) + ": " + known
}

// tellExposure sums the exposures up.
func (m *maker) tellExposure(ctx context.Context, narrow, open []*queries.ExposureRow, a *queries.ExposureAnswer) error {
	name := m.out.Company.Name
	many := thousands(len(open))
	if a.NextCursor != "" {
		many = "at least " + many
	}
	if len(narrow) > 0 && (narrow[0].LossIfStopped.Low > 0 || len(open) == 0) {
		r := narrow[0]
		notes, err := m.chainNotes(ctx, r.Cause)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("The largest exposure to a company is that to %s: if it stops, %s loses %s.", both(r.Name, r.NameZH), name, queries.BoundsText(r.LossIfStopped))
		m.tell(findingExposure, Text{{Text: text, Notes: notes}})
	}
	if len(open) > 0 {
		r := open[0]
		notes, err := m.chainNotes(ctx, r.Cause)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("For %s of the %s upstream nothing documented narrows what %s loses if it stops, %s first among them.", many, companies(a.Around), name, both(r.Name, r.NameZH))
		if a.Around == 1 {
			text = fmt.Sprintf("Nothing documented narrows what %s loses if %s stops.", name, both(r.Name, r.NameZH))
		} else if n := reached(r); n > 1 {
			text = fmt.Sprintf("For %s of the %s upstream nothing documented narrows what %s loses if it stops; %s may stop the most, %d of its inputs.", many, companies(a.Around), name, both(r.Name, r.NameZH), n)
		}
		m.tell(findingExposure, Text{{Text: text, Notes: notes}})
	}
	if len(narrow)+len(open) == 0 {
		m.tell(findingExposure, plain("No single company upstream is documented to cost %s anything by stopping.", name))
	}
	return nil
}

// chainNotes are the footnotes of the hops of a chain, at most one of each.
func (m *maker) chainNotes(ctx context.Context, hops []queries.CauseHop) (out []*Note, err error) {
	for _, h := range hops {
		notes, err := m.evidence(ctx, h.Relation)
		if err != nil {
			return nil, err
		}
		if len(notes) > 0 && !slices.Contains(out, notes[0]) {
			out = append(out, notes[0])
		}
	}
	return out, nil
}

// countries ranks the countries in which what stands upstream has its headquarters.
func (m *maker) countries(ctx context.Context, s *Section) error {
	a, err := queries.Exposure(ctx, m.v, queries.ExposureRequest{Company: m.req.Company, Scope: m.req.Scope, Over: queries.OverCountries, Paths: -1})
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	narrow, open, _ := split(a.Items)
	if len(narrow)+len(open) == 0 {
		return nil
	}
	m.asked("exposure --over countries", &a.Answer)
	rows := append(narrow, open...)
	t := &Table{Columns: []Column{{Title: "Country"}, {Title: "Loss if all there stop", Right: true}, {Title: "Flow", Right: true}, {Title: "Inputs it may stop", Right: true}, {Title: "Nearest tier", Right: true}, {Title: "Input that most is lost through"}}}
	for _, r := range rows[:min(len(rows), topCountries)] {
		t.Rows = append(t.Rows, []Text{plain("%s", country(r.ID)), plain("%s", m.bound("countries", r.ID, "loss_if_stopped", r.LossIfStopped)), plain("%s", m.bound("countries", r.ID, "flow_exposure", r.FlowExposure)),
			plain("%d", m.count("countries", r.ID, "inputs", reached(r))), plain("%d", r.Tier), plain("%s", bindingText(r.Binding))})
	}
	s.Blocks = append(s.Blocks, Block{Heading: "Countries, by headquarters", Text: shownOf(len(t.Rows), len(rows)), Table: t})
	s.Commands = append(s.Commands, m.command("exposure", "--over countries"))
	r := rows[0]
	switch {
	case len(narrow) > 0:
		m.tell(findingCountry, plain("If everything with headquarters in %s stopped, %s would lose %s.", country(r.ID), m.out.Company.Name, queries.BoundsText(r.LossIfStopped)))
	case len(rows) > 1:
		m.tell(findingCountry, plain("By headquarters, %s reaches the most: %s of %s.", country(r.ID), plural(reached(r), "input", "inputs"), m.out.Company.Name))
	}
	return nil
}

// points are the single points of failure: lists that mean different things and never mix.
func (m *maker) points(ctx context.Context) error {
	a, err := queries.Chokepoints(ctx, m.v, queries.ChokepointsRequest{Company: m.req.Company, Scope: m.req.Scope, Page: queries.Page{Limit: topPoints}})
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	s := Section{ID: "points", Title: "Single points of failure", Commands: []string{m.command("chokepoints", fmt.Sprintf("--limit %d", topPoints))}}
	for _, part := range []func(context.Context, *queries.ChokepointsAnswer, *Section) error{m.soleSources, m.routes, m.stops} {
		if err := part(ctx, a, &s); err != nil {
			return err
		}
	}
	if len(s.Blocks) > 0 {
		m.asked("chokepoints", &a.Answer)
		s.Blocks = append([]Block{{Text: plain("Three lists that mean different things and are never added up. “Documented” is the word: that nobody else is documented does not mean that there is nobody else.")}}, s.Blocks...)
	}
	m.section(s)
	return nil
}

// point is a row of one of the lists with the footnotes of its hop.
func (m *maker) point(ctx context.Context, text string, c *queries.ChokeSupplier) (Text, error) {
	notes, err := m.evidence(ctx, c.Relation)
	if err != nil {
		return nil, err
	}
	return Text{{Text: sentence(text), Notes: notes}, {Text: " (confidence " + queries.PercentText(c.Confidence) + ")"}}, nil
}

// rest tells how much of a list is not shown.
func rest(shown int, total *int, one, many string) []Text {
	if total == nil || *total <= shown {
		return nil
	}
	if *total-shown == 1 {
		return []Text{plain("And 1 more %s.", one)}
	}
	return []Text{plain("And %s more %s.", thousands(*total-shown), many)}
}

func (m *maker) soleSources(ctx context.Context, a *queries.ChokepointsAnswer, s *Section) error {
	if a.SoleSources == nil || len(a.SoleSources.Items) == 0 {
		return nil
	}
	b := Block{Heading: "Sole sources: inputs with one supplier"}
	for i := range a.SoleSources.Items {
		r := &a.SoleSources.Items[i]
		t, err := m.point(ctx, r.Sentence, &r.ChokeSupplier)
		if err != nil {
			return err
		}
		if r.AlternativesTotal != nil && *r.AlternativesTotal > 0 {
			t = append(t, Span{Text: fmt.Sprintf(". Also documented to make or supply it: %s", names(alternativeNames(r.Alternatives, *r.AlternativesTotal), 3))})
		}
		m.bound("sole_sources", r.Relation, "share", r.Share)
		b.List = append(b.List, ended(t))
	}
	n := len(a.SoleSources.Items)
	if a.SoleSources.Total != nil {
		n = m.count("chokepoints", "sole_sources", "total", *a.SoleSources.Total)
	}
	b.List = append(b.List, rest(len(a.SoleSources.Items), a.SoleSources.Total, "sole source", "sole sources")...)
	s.Blocks = append(s.Blocks, b)
	first := m.soleToName(a)
	notes, err := m.evidence(ctx, first.Relation)
	if err != nil {
		return err
	}
	m.tell(findingSole, Text{{Text: fmt.Sprintf("%s of %s a sole source as far as is documented or stated, such as %s for %s.", plural(n, "direct input", "direct inputs"), m.out.Company.Name+hasHave(n), first.Name, productText(first.Product)), Notes: notes}})
	return nil
}

// soleToName is the sole source that the summary names: one that is also a single route, or the surest.
func (m *maker) soleToName(a *queries.ChokepointsAnswer) *queries.SoleSourceRow {
	best := &a.SoleSources.Items[0]
	for i := range a.SoleSources.Items {
		r := &a.SoleSources.Items[i]
		if a.Routes != nil && len(a.Routes.Items) > 0 && a.Routes.Items[0].ID == r.ID {
			return r
		}
		if r.Confidence > best.Confidence {
			best = r
		}
	}
	return best
}

func hasHave(n int) string {
	if n == 1 {
		return " has"
	}
	return " have"
}

// alternativeNames are the names of alternatives, with blanks for those that are not listed, so that counting them is
// right.
func alternativeNames(list []queries.Alternative, total int) []string {
	out := make([]string, max(total, len(list)))
	for i, x := range list {
		out[i] = x.Name
	}
	return out
}

func (m *maker) routes(ctx context.Context, a *queries.ChokepointsAnswer, s *Section) error {
	if a.Routes == nil || len(a.Routes.Items) == 0 {
		return nil
	}
	b := Block{Heading: "Single routes: companies that everything from somewhere upstream passes"}
	for i := range a.Routes.Items {
		r := &a.Routes.Items[i]
		m.count("routes", r.ID, "alone", r.Alone)
		t, err := m.point(ctx, r.Sentence, &r.ChokeSupplier)
		if err != nil {
			return err
		}
		b.List = append(b.List, ended(t))
	}
	b.List = append(b.List, rest(len(a.Routes.Items), a.Routes.Total, "single route", "single routes")...)
	s.Blocks = append(s.Blocks, b)
	r := &a.Routes.Items[0]
	if r.Alone > 0 {
		m.tell(findingRoute, plain("Every documented route from %s upstream passes %s.", plural(r.Alone, "other company", "other companies"), both(r.Name, r.NameZH)))
	}
	return nil
}

func (m *maker) stops(ctx context.Context, a *queries.ChokepointsAnswer, s *Section) error {
	if a.Stops == nil || len(a.Stops.Items) == 0 {
		return nil
	}
	b := Block{Heading: "Stops: companies whose stop alone stops a production line"}
	certain := 0
	for i := range a.Stops.Items {
		r := &a.Stops.Items[i]
		certain += flag(slices.ContainsFunc(r.Lines, func(l queries.StoppedLine) bool { return l.Stops }))
	}
	total := len(a.Stops.Items)
	if a.Stops.Total != nil {
		total = m.count("chokepoints", "stops", "total", *a.Stops.Total)
	}
	if certain == 0 { // "may stop" of everybody upstream is no list worth reading
		b.Text = plain("No company's stop is certain to stop a line of %s; for %s it cannot be ruled out, because nobody states what part %s, or what can be done without.", m.out.Company.Name, companies(total),
			map[bool]string{true: "it supplies", false: "they supply"}[total == 1])
		s.Blocks = append(s.Blocks, b)
		return nil
	}
	shown := 0
	for i := range a.Stops.Items {
		r := &a.Stops.Items[i]
		if !slices.ContainsFunc(r.Lines, func(l queries.StoppedLine) bool { return l.Stops }) {
			continue
		}
		m.bound("stops", r.ID, "company_loss", r.CompanyLoss)
		t, err := m.point(ctx, r.Sentence, &r.ChokeSupplier)
		if err != nil {
			return err
		}
		shown++
		b.List = append(b.List, ended(t))
	}
	if more := total - shown; more > 0 {
		b.List = append(b.List, plain("Of %s more a stop may stop a line, or not: nothing documented decides it.", companies(more)))
	}
	s.Blocks = append(s.Blocks, b)
	return nil
}

// concentration tells how concentrated each input is.
func (m *maker) concentration(ctx context.Context) error {
	a, err := queries.Concentration(ctx, m.v, queries.ConcentrationRequest{Company: m.req.Company, Scope: m.req.Scope})
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	t := &Table{Columns: []Column{{Title: "Input"}, {Title: "Index (0–10,000)", Right: true}, {Title: "Suppliers", Right: true}, {Title: "Shares stated", Right: true}, {Title: "Largest known parts"}}}
	open, shown := 0, 0
	for i := range a.Items {
		r := &a.Items[i]
		if r.Of != "input" || r.HHI == nil {
			continue
		}
		if r.HHI.Low == 0 && r.HHI.High == 10_000 {
			open++
			continue
		}
		if shown++; shown > topInputs {
			continue
		}
		t.Rows = append(t.Rows, []Text{plain("%s", productText(r.Product)), plain("%s", m.index(productKey(r.Product), r.HHI)), plain("%d", r.Suppliers), plain("%d", r.Stated), plain("%s", partsText(r.Groups))})
	}
	s := Section{ID: "concentration", Title: "How concentrated its inputs are", Commands: []string{m.command("concentration", "")}}
	lead := "The Herfindahl-Hirschman index of each input by supplier: 10,000 is one supplier; above 2,500 is usually called highly concentrated."
	if shown > topInputs {
		lead += fmt.Sprintf(" The %d most concentrated of %d are shown.", topInputs, shown)
	}
	if open > 0 {
		lead += fmt.Sprintf(" For %s no share is stated, so that the index may be anything; %s not shown.", plural(open, "input", "inputs"), map[bool]string{true: "it is", false: "they are"}[open == 1])
	}
	if open+shown > 0 {
		m.asked("concentration", &a.Answer)
	}
	if len(t.Rows) == 0 {
		if open > 0 {
			s.Blocks = append(s.Blocks, Block{Text: plain("Nobody states what share any supplier has in %s of %s: how concentrated they are is not known.", plural(open, "input", "inputs"), m.out.Company.Name)})
			m.section(s)
		}
		return nil
	}
	s.Blocks = append(s.Blocks, Block{Text: plain("%s", lead)}, Block{Table: t})
	m.section(s)
	first := t.Rows[0]
	m.tell(findingConcentration, plain("Of the inputs with known shares, %s is the most concentrated (index %s of 10,000; %s).", first[0].Plain(), first[1].Plain(), first[4].Plain()))
	return nil
}

func productKey(r *queries.Ref) string {
	if r == nil {
		return ""
	}
	return r.ID
}

// index is a Herfindahl-Hirschman index.
func (m *maker) index(key string, i *queries.Interval) string {
	m.out.Figures = append(m.out.Figures, Figure{Query: "concentration", Key: key, Field: "hhi", Bound: i})
	return boundIndex(i)
}

// boundIndex is a Herfindahl-Hirschman index at least and at most.
func boundIndex(i *queries.Interval) string {
	low, high := thousands(int(i.Low+0.5)), thousands(int(i.High+0.5))
	if low == high {
		return low
	}
	return low + "–" + high
}

func partsText(groups []queries.ConcentrationGroup) string {
	var parts []string
	for _, g := range groups {
		if g.Share != nil && g.Share.Low > 0 {
			parts = append(parts, g.Group.Name+" "+boundText(g.Share))
		}
	}
	if parts == nil {
		return "none known"
	}
	return names(parts, 3)
}

// remedies tells which single second source would help most.
func (m *maker) remedies(ctx context.Context) error {
	a, err := queries.Remedies(ctx, m.v, queries.RemediesRequest{Company: m.req.Company, Scope: m.req.Scope, Page: queries.Page{Limit: topRemedies}})
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	if len(a.Items) == 0 || a.Worst == nil {
		return nil
	}
	m.asked("remedy", &a.Answer)
	s := Section{ID: "remedies", Title: "The second source that would help most", Commands: []string{m.command("remedy", fmt.Sprintf("--limit %d", topRemedies))}}
	t := &Table{Columns: []Column{{Title: "Input"}, {Title: "Second source"}, {Title: "As"}, {Title: "Worst loss with it", Right: true}, {Title: "Mean loss with it", Right: true}, {Title: "Stops eased", Right: true}, {Title: "What is not known"}}}
	first := -1
	for i := range a.Items {
		r := &a.Items[i]
		if m.unnamed(r.By) {
			continue
		}
		if first < 0 {
			first = i
		}
		key := r.Input.ID + " " + strconv.Itoa(i)
		t.Rows = append(t.Rows, []Text{plain("%s", r.Input.Name), plain("%s", names(sourceNames(r.By, r.Count), 3)), plain("%s", r.As()), plain("%s", m.bound("remedies", key, "worst_loss", r.Worst)),
			plain("%s", m.bound("remedies", key, "mean_loss", r.Mean)), plain("%d", m.count("remedies", key, "eased", r.Eased)), plain("%s", r.Caveat)})
	}
	if first < 0 {
		return nil
	}
	before := fmt.Sprintf("As it is, the worst loss is %s and the mean over all stops %s. Each row supposes one second source, new or enlarged, that takes over %s of the input.",
		m.bound("remedies", "", "worst", a.Worst.Loss), m.bound("remedies", "", "mean_loss", a.Mean), queries.PercentText(a.Share))
	s.Blocks = []Block{{Text: append(plain("%s", before), spaced(shownOf(len(t.Rows), totalOf(a.Total, len(t.Rows))))...), Table: t}}
	if first == 0 { // else it speaks of one that is left out
		s.Blocks = append([]Block{{Text: plain("%s", sentence(a.Verdict))}}, s.Blocks...)
	}
	m.section(s)
	best := &a.Items[first]
	m.tell(findingRemedy, plain("The single second source that would help most is one of %s (%s).", best.Input.Name, names(sourceNames(best.By, best.Count), 3)))
	return nil
}

// unnamed reports whether all second sources are parties that a source does not name, to which nobody can turn.
func (m *maker) unnamed(list []queries.RemedySource) bool {
	for _, x := range list {
		n, ok := m.v.Find(graph.KindCompany, x.ID)
		if x.ID == "" || !ok || m.v.NodeText(graph.KindCompany, n, graph.FieldKind) != "anonymous" {
			return false
		}
	}
	return true
}

func totalOf(total *int, shown int) int {
	if total == nil {
		return shown
	}
	return *total
}

func sourceNames(list []queries.RemedySource, count int) []string {
	out := make([]string, max(count, len(list)))
	for i, x := range list {
		out[i] = x.Name
	}
	return out
}

// gaps tells which facts are most worth finding out, as questions to who knows them.
func (m *maker) gaps(ctx context.Context) error {
	req := queries.GapsRequest{Company: m.req.Company, Scope: m.req.Scope, Page: queries.Page{Limit: topGaps}}
	flags := fmt.Sprintf("--limit %d", topGaps)
	if m.upstream > manyUpstream {
		req.Candidates = fewCandidates
		flags += fmt.Sprintf(" --candidates %d", fewCandidates)
	}
	a, err := queries.Gaps(ctx, m.v, req)
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	if len(a.Items) == 0 {
		return nil
	}
	m.asked("gaps", &a.Answer)
	s := Section{ID: "gaps", Title: "What to find out next", Commands: []string{m.command("gaps", flags)}}
	b := Block{Text: plain("The facts that would narrow the largest exposures most, each as a question to who can know it.")}
	for i := range a.Items {
		r := &a.Items[i]
		m.count("gaps", strconv.Itoa(i), r.Field, len(r.Relations))
		b.List = append(b.List, Text{{Text: r.Asked.Name + ":", Strong: true}, {Text: " " + r.Question + " " + capital(sentence(strings.TrimSuffix(r.Why, ".")+"."))}})
	}
	s.Blocks = []Block{b}
	m.section(s)
	return nil
}

// common tells who stands behind several direct suppliers.
func (m *maker) common(ctx context.Context) error {
	a, err := queries.CommonSuppliers(ctx, m.v, queries.CommonSuppliersRequest{Company: m.req.Company, Scope: m.req.Scope, Page: queries.Page{Limit: topCommon}})
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	if len(a.Items) == 0 {
		return nil
	}
	m.asked("common-suppliers", &a.Answer)
	t := &Table{Columns: []Column{{Title: "Company"}, {Title: "Behind", Right: true}, {Title: "Tier", Right: true}, {Title: "Country"}, {Title: "Supplies"}, {Title: "Through"}}}
	for i := range a.Items {
		r := &a.Items[i]
		t.Rows = append(t.Rows, []Text{plain("%s", both(r.Name, r.NameZH)), plain("%d of %d", m.count("common", r.ID, "suppliers", r.Suppliers), a.Diamond.TierOne), plain("%d", r.Tier), plain("%s", country(r.Country)),
			plain("%s", names(refNames(r.Products), 3)), plain("%s", names(refNames(r.Via), 4))})
	}
	r := &a.Items[0]
	m.commonSection("Companies at tier 2 or deeper that several direct suppliers depend on: buying from two suppliers is no safety where both buy from one.", t, a.Total,
		plain("%s stands behind %d of the %s, through %s.", both(r.Name, r.NameZH), r.Suppliers, plural(a.Diamond.TierOne, "direct supplier", "direct suppliers"), names(refNames(r.Via), 3)))
	return nil
}

// commonSection tells who stands behind several direct suppliers, or members, and of the first of them in the summary.
func (m *maker) commonSection(lead string, t *Table, total *int, finding Text) {
	s := Section{ID: "common", Title: "Hidden common suppliers", Commands: []string{m.command("common-suppliers", fmt.Sprintf("--limit %d", topCommon))}}
	s.Blocks = []Block{{Text: append(plain("%s", lead), spaced(shownOf(len(t.Rows), totalOf(total, len(t.Rows))))...), Table: t}}
	m.section(s)
	m.tell(findingCommon, finding)
}

// customers tells who buys from the company, and what hangs on them.
func (m *maker) customers(ctx context.Context) error {
	a, err := queries.Exposure(ctx, m.v, queries.ExposureRequest{Company: m.req.Company, Scope: m.req.Scope, Side: queries.SideRevenue, Page: queries.Page{Limit: mostExposures}, Paths: -1})
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	if len(a.Items) == 0 {
		return nil
	}
	m.asked("exposure --side revenue", &a.Answer)
	name := m.out.Company.Name
	s := Section{ID: "customers", Title: "Who buys from it", Commands: []string{m.command("exposure", "--side revenue")}}
	var narrow, open []*queries.ExposureRow
	for i := range a.Items {
		if r := &a.Items[i]; anything(r.RevenueLoss) {
			open = append(open, r)
		} else if r.RevenueLoss.High > 0 {
			narrow = append(narrow, r)
		}
	}
	if len(narrow) > 0 {
		t := &Table{Columns: []Column{{Title: "Customer"}, {Title: "Revenue lost if it stops buying", Right: true}, {Title: "Tier", Right: true}, {Title: "Country"}, {Title: "Chain, with the confidence of each hop"}}}
		for _, r := range narrow[:min(len(narrow), topCustomers)] {
			chain, err := m.chain(ctx, r.Cause)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, []Text{plain("%s", both(r.Name, r.NameZH)), plain("%s", m.bound("customers", r.ID, "revenue_loss", r.RevenueLoss)), plain("%d", r.Tier), plain("%s", country(r.Country)), chain})
		}
		lead := plain("The part of its revenue that %s loses when a customer, direct or further downstream, stops buying.", name)
		s.Blocks = append(s.Blocks, Block{Text: append(lead, spaced(shownOf(len(t.Rows), len(narrow)))...), Table: t})
		r := narrow[0]
		m.tell(findingCustomers, plain("On the sell side, %s loses %s of its revenue if %s stops buying.", name, queries.BoundsText(r.RevenueLoss), both(r.Name, r.NameZH)))
	}
	if len(open) > 0 {
		text, err := m.openCustomers(ctx, open, len(narrow))
		if err != nil {
			return err
		}
		s.Blocks = append(s.Blocks, Block{Text: text})
		if len(narrow) == 0 {
			m.tell(findingCustomers, plain("On the sell side, %s documented to buy from it, directly or through others; nobody states what part of its revenue any of them makes up.", companies(a.Around)+" "+isAre(a.Around)))
		}
	}
	m.section(s)
	return nil
}

// spaced is a text that follows another.
func spaced(t Text) Text {
	if len(t) == 0 {
		return nil
	}
	return append(plain(" "), t...)
}

// openCustomers names the customers of which nobody states what hangs on them, the direct ones first.
func (m *maker) openCustomers(ctx context.Context, open []*queries.ExposureRow, known int) (Text, error) {
	open = slices.Clone(open)
	slices.SortStableFunc(open, func(a, b *queries.ExposureRow) int { return a.Tier - b.Tier })
	others := ""
	if known > 0 {
		others = " other"
	}
	out := plain("Of %s%s documented to buy from it, directly or through others, nobody states what part of its revenue hangs on them: ", plural(len(open), "company", "companies"), others)
	if len(open) == 1 {
		out = plain("Of one%s company documented to buy from it nobody states what part of its revenue hangs on it: ", others)
	}
	shown := min(len(open), topInputs)
	for i, r := range open[:shown] {
		notes, err := m.chainNotes(ctx, r.Cause)
		if err != nil {
			return nil, err
		}
		text := both(r.Name, r.NameZH)
		if r.Tier > 1 {
			text += fmt.Sprintf(" (tier %d)", r.Tier)
		}
		out = append(out, Span{Text: separator(i, shown, len(open) > shown) + text, Notes: notes})
	}
	if more := len(open) - shown; more > 0 {
		out = append(out, Span{Text: fmt.Sprintf(" and %d more", more)})
	}
	return ended(out), nil
}

// disagreements are disputes and denials on what the company buys, and on the chains shown.
func (m *maker) disagreements(ctx context.Context) error {
	n, err := m.v.Lookup(graph.KindCompany, m.req.Company)
	if err != nil {
		return err
	}
	edges := m.v.In(graph.KindSupplies, n)
	for i := range edges.Len() {
		if _, err := m.relation(ctx, m.v.RelationKey(edges.Rel(i)).ID()); err != nil {
			return err
		}
	}
	ids := make([]string, 0, len(m.relations))
	for id := range m.relations {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	s := Section{ID: "disagreements", Title: "Disagreements and denials"}
	var list []Text
	for _, id := range ids {
		list = append(list, m.disagreement(m.relations[id])...)
		if t := m.relations[id]; len(t.Disputes) > 0 || len(t.Denials) > 0 {
			s.Commands = append(s.Commands, "tributary claims "+word(id)+" --as-of "+m.req.AsOf+joined([]string{m.req.Store}))
		}
	}
	if len(list) == 0 {
		return nil
	}
	total := len(list)
	if total > topDisputes {
		list = append(list[:topDisputes], plain("And %d more.", total-topDisputes))
		s.Commands = s.Commands[:min(len(s.Commands), topDisputes)]
	}
	s.Blocks = []Block{{Text: plain("What sources say against one another, on what %s buys and on the chains shown here. Nothing was decided by leaving one of them out.", m.out.Company.Name)}, {List: list}}
	m.section(s)
	m.tell(findingDisagreement, plain("Sources contradict one another on %s; see “%s”.", plural(total, "point", "points"), s.Title))
	return nil
}

// disagreement tells the disputes and denials of a relation.
func (m *maker) disagreement(r *queries.RelationAnswer) (out []Text) {
	byID := map[string]*queries.ClaimRow{}
	for i := range r.Claims {
		byID[r.Claims[i].ID] = &r.Claims[i]
	}
	some := func(ids []string) (claims []*queries.ClaimRow) {
		for _, id := range ids {
			if c := byID[id]; c != nil {
				claims = append(claims, c)
			}
		}
		return claims
	}
	subject := fmt.Sprintf("%s to %s (%s)", r.From.Name, r.To.Name, productText(r.Product))
	if r.Kind == graph.KindMakes.String() {
		subject = fmt.Sprintf("%s makes %s", r.From.Name, r.To.Name)
	}
	for _, d := range r.Disputes {
		if d.Field == graph.FieldConfidence.String() {
			continue
		}
		t := plain("%s: claims%s differ on the %s: ", subject, ofPeriod(d.Period), strings.ReplaceAll(d.Field, "_", " "))
		for i, value := range d.Values {
			t = append(t, Span{Text: separator(i, len(d.Values), false) + valueText(d.Field, value.Value), Notes: m.notesOf(some(value.Claims))})
		}
		out = append(out, ended(t))
	}
	if len(r.Denials) > 0 {
		var asserting []string
		for id, c := range byID {
			if c.Stance == "asserts" {
				asserting = append(asserting, id)
			}
		}
		slices.Sort(asserting)
		t := Text{{Text: fmt.Sprintf("%s: denied by %s", subject, plural(len(r.Denials), "claim", "claims")), Notes: m.notesOf(some(r.Denials))}}
		if len(asserting) > 0 {
			t = append(t, Span{Text: fmt.Sprintf(", asserted by %d", len(asserting)), Notes: m.notesOf(some(asserting))})
		}
		out = append(out, ended(t))
	}
	return out
}

func ofPeriod(p string) string {
	if p == "" {
		return ""
	}
	return " of " + p
}

func valueText(field string, x float64) string {
	if strings.HasSuffix(field, "_share") || strings.HasPrefix(field, "share") {
		return queries.PercentText(x)
	}
	if x >= 1000 && x == float64(int(x)) {
		return thousands(int(x))
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// basis tells what the report takes for granted, and how much rests on stated facts.
func (m *maker) basis(context.Context) error {
	var assumptions, warnings []Text
	seen := map[string]bool{}
	t := &Table{Columns: []Column{{Title: "Question"}, {Title: "Relations", Right: true}, {Title: "With a source", Right: true}, {Title: "Dated", Right: true}, {Title: "With a stated share", Right: true}}}
	for _, a := range m.answers {
		for _, text := range a.answer.Assumptions {
			if !seen[text] {
				seen[text] = true
				assumptions = append(assumptions, plain("%s.", capital(text)))
			}
		}
		for _, text := range a.answer.Warnings {
			if !seen[text] {
				seen[text] = true
				warnings = append(warnings, plain("%s.", capital(strings.TrimSuffix(text, "."))))
			}
		}
		if c := a.answer.Coverage; c.Relations > 0 {
			t.Rows = append(t.Rows, []Text{{{Text: a.name, Code: true}}, plain("%s", thousands(c.Relations)), plain("%s", partOf(c.Sourced, c.Relations)), plain("%s", partOf(c.Dated, c.Relations)), plain("%s", partOf(c.Shares, c.Relations))})
		}
	}
	s := Section{ID: "assumptions", Title: "What is assumed", Blocks: []Block{{List: assumptions}}}
	m.section(s)
	limits := Section{ID: "coverage", Title: "What it rests on"}
	if len(t.Rows) > 0 {
		limits.Blocks = append(limits.Blocks, Block{Text: plain("Of the relations that each answer rests on, so many cite a source, say when they last held, and state a share. The rest of the world is not documented here, which does not mean that it does not exist."), Table: t})
	}
	if len(warnings) > 0 {
		limits.Blocks = append(limits.Blocks, Block{Heading: "Warnings of the questions", List: warnings})
	}
	m.section(limits)
	return nil
}

func partOf(n, of int) string {
	return fmt.Sprintf("%s (%s)", thousands(n), queries.PercentText(float64(n)/float64(of)))
}

// capital begins a sentence.
func capital(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
