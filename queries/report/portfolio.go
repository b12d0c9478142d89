package report

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributarygraph/tributary/queries"
)

// members tells which companies of the portfolio were found, and what of each is documented.
func (m *maker) members(ctx context.Context) error {
	found := m.match.Found
	s := Section{ID: "members", Title: "Who is in it"}
	t := &Table{Columns: []Column{{Title: "Member"}, {Title: "Spend", Right: true}, {Title: "Country"}, {Title: "Direct suppliers documented", Right: true}, {Title: "Customers documented", Right: true}, {Title: "Row", Right: true}, {Title: "Written as"}}}
	bare := 0
	for i := range found {
		f := &found[i]
		a, err := queries.Company(ctx, m.v, queries.CompanyRequest{Company: m.refOf(f.Company), Scope: m.req.Scope})
		if err != nil {
			return err
		}
		suppliers, customers := neighbours(a, "in"), neighbours(a, "out")
		bare += flag(suppliers == 0)
		if i >= topMembers {
			continue
		}
		t.Rows = append(t.Rows, []Text{plain("%s", both(a.Name, a.NameZH)), plain("%s", money(f.Spend)), plain("%s", country(a.Country)), plain("%s", thousands(m.count("members", f.Company.ID, "suppliers", suppliers))),
			plain("%s", thousands(m.count("members", f.Company.ID, "customers", customers))), plain("%s", rowNumbers(f.Rows)), plain("%s", strings.Join(f.Names, ", "))})
	}
	s.Blocks = append(s.Blocks, Block{Text: plain("%s", m.matchText(bare))})
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, Block{Text: shownOf(len(t.Rows), len(found)), Table: t})
	}
	s.Blocks = append(s.Blocks, m.unmatched()...)
	m.section(s)
	m.tell(findingNetwork, plain("%s", m.matchText(bare)))
	return nil
}

// refOf is how a company is asked for.
func (m *maker) refOf(r queries.Ref) string { return "id:" + r.ID }

func neighbours(a *queries.CompanyAnswer, direction string) int {
	for _, n := range a.Neighbours {
		if n.Relation == "supplies" && n.Direction == direction {
			return n.Count
		}
	}
	return 0
}

func rowNumbers(rows []int64) string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = strconv.FormatInt(r, 10)
	}
	return strings.Join(out, ", ")
}

// matchText tells how many rows were found.
func (m *maker) matchText(bare int) string {
	p := m.match
	text := fmt.Sprintf("Of %s, %s found as %s.", plural(p.Rows, "row", "rows"), plural(p.Rows-len(p.NotFound)-len(p.Ambiguous), "was", "were"), companies(p.Members))
	if len(p.NotFound)+len(p.Ambiguous) == 0 {
		text = fmt.Sprintf("All %s were found as %s.", plural(p.Rows, "row", "rows"), companies(p.Members))
	}
	if len(p.Spend) > 0 {
		text += " The spend on them is " + money(p.Spend)
		if p.Unknown > 0 {
			text += fmt.Sprintf(", and of %s unknown", plural(p.Unknown, "member", "members"))
		}
		text += "."
	}
	if bare > 0 {
		text += fmt.Sprintf(" Of %s nobody is documented as a supplier: what stands behind %s is not known.", plural(bare, "member", "members"), map[bool]string{true: "it", false: "them"}[bare == 1])
	}
	return text
}

// unmatched are the rows that count nowhere.
func (m *maker) unmatched() (out []Block) {
	p := m.match
	if len(p.NotFound) > 0 {
		t := &Table{Columns: []Column{{Title: "Name"}, {Title: "Row", Right: true}, {Title: "Perhaps meant"}}}
		for _, x := range p.NotFound[:min(len(p.NotFound), topMembers)] {
			perhaps := "nothing near"
			if len(x.Near) > 0 {
				perhaps = strings.Join(refNames(x.Near), "; ")
			}
			t.Rows = append(t.Rows, []Text{plain("%s", x.Name), plain("%d", x.Row), plain("%s", perhaps)})
		}
		out = append(out, Block{Heading: "Rows that no company fits: they count nowhere", Text: shownOf(len(t.Rows), len(p.NotFound)), Table: t})
	}
	if len(p.Ambiguous) > 0 {
		t := &Table{Columns: []Column{{Title: "Name"}, {Title: "Row", Right: true}, {Title: "Fits"}}}
		for _, x := range p.Ambiguous[:min(len(p.Ambiguous), topMembers)] {
			t.Rows = append(t.Rows, []Text{plain("%s", x.Name), plain("%d", x.Row), plain("%s", strings.Join(x.Candidates, "; "))})
		}
		out = append(out, Block{Heading: "Rows that fit several companies: an id says which is meant", Text: shownOf(len(t.Rows), len(p.Ambiguous)), Table: t})
	}
	return out
}

// money lists sums of money, a sum a currency.
func money(sums []queries.Money) string {
	if len(sums) == 0 {
		return "not known"
	}
	out := make([]string, len(sums))
	for i, x := range sums {
		text := strconv.FormatFloat(x.Amount, 'f', -1, 64)
		if x.Amount == float64(int(x.Amount)) {
			text = thousands(int(x.Amount))
		}
		out[i] = strings.TrimSpace(text + " " + x.Currency)
	}
	return names(out, len(out))
}

// shared tells what several members are exposed to.
func (m *maker) shared(ctx context.Context) error {
	req := queries.PortfolioExposureRequest{Portfolio: m.req.Portfolio}
	req.Scope, req.Page, req.Paths = m.req.Scope, queries.Page{Limit: mostExposures}, -1
	a, err := queries.PortfolioExposure(ctx, m.v, req)
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	rows := slices.DeleteFunc(slices.Clone(a.Items), func(r queries.PortfolioExposureRow) bool { return r.Exposed == 0 })
	if len(rows) == 0 {
		return nil
	}
	m.asked("exposure", &a.Answer)
	slices.SortStableFunc(rows, func(x, y queries.PortfolioExposureRow) int { // bounds that are alike say no more than who is reached
		if sameBounds(x.LossIfStopped, y.LossIfStopped) && sameBounds(x.LossMean, y.LossMean) {
			return y.Exposed - x.Exposed
		}
		return 0
	})
	t := &Table{Columns: []Column{{Title: "Company"}, {Title: "Loss by spend", Right: true}, {Title: "Mean loss", Right: true}, {Title: "Members", Right: true}, {Title: "Spend behind", Right: true}, {Title: "Country"}, {Title: "Chain to the member that may lose most, with the confidence of each hop"}}}
	alike := alikeFirst(rows)
	shown := min(len(rows), topCompanies)
	if alike >= topCompanies { // more of the same says nothing
		shown = min(shown, topAlike)
	}
	for i := range rows[:shown] {
		r := &rows[i]
		chain := plain("-")
		if len(r.Members) > 0 && r.Members[0].Member.ID != r.ID {
			if chain, err = m.chainTo(ctx, r.ID, r.Members[0].Member); err != nil {
				return err
			}
		}
		loss := "not known"
		if r.LossIfStopped != nil {
			loss = m.bound("shared", r.ID, "loss_if_stopped", r.LossIfStopped)
		}
		t.Rows = append(t.Rows, []Text{plain("%s", both(r.Name, r.NameZH)), plain("%s", loss), plain("%s", m.bound("shared", r.ID, "loss_mean", r.LossMean)),
			plain("%d of %d", m.count("shared", r.ID, "exposed", r.Exposed), m.match.Members), plain("%s", money(r.Spend)), plain("%s", country(r.Country)), chain})
	}
	lead := fmt.Sprintf("What the members lose when one company stops: weighed by the spend on them, and the mean over all members counted alike. %s documented upstream of any member, or %s a member itself.",
		companies(len(rows))+" "+isAre(len(rows)), isAre(len(rows)))
	if len(rows) > len(t.Rows) {
		lead += fmt.Sprintf(" The first %d are shown; where the bounds are alike, those first that reach the most members.", len(t.Rows))
		if alike > len(t.Rows) {
			lead += fmt.Sprintf(" The first %s are alike.", thousands(alike))
		}
	}
	m.section(Section{ID: "shared", Title: "What they depend on together", Commands: []string{m.command("exposure", "")}, Blocks: []Block{{Text: plain("%s", lead)}, {Table: t}}})
	r := &rows[0]
	who := both(r.Name, r.NameZH)
	if alike > 1 {
		who = fmt.Sprintf("one of %s (such as %s)", companies(alike), who)
	}
	text := fmt.Sprintf("If %s stops, %d of the %s lose something or may", who, r.Exposed, plural(m.match.Members, "member", "members"))
	if r.LossIfStopped != nil {
		text += ": by spend " + queries.BoundsText(r.LossIfStopped)
	}
	m.tell(findingExposure, ended(plain("%s", text)))
	return nil
}

// alikeFirst is how many rows say the same as the first.
func alikeFirst(rows []queries.PortfolioExposureRow) (n int) {
	first := &rows[0]
	for i := range rows {
		r := &rows[i]
		n += flag(r.Exposed == first.Exposed && sameBounds(r.LossIfStopped, first.LossIfStopped) && sameBounds(r.LossMean, first.LossMean))
	}
	return n
}

func sameBounds(a, b *queries.Interval) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Low == b.Low && a.High == b.High
}

// chainTo is the shortest chain from a company to a member.
func (m *maker) chainTo(ctx context.Context, from string, to queries.Ref) (Text, error) {
	a, err := queries.Paths(ctx, m.v, queries.PathsRequest{From: "id:" + from, To: m.refOf(to), Scope: m.req.Scope, K: 1})
	if err != nil {
		return nil, err
	}
	if len(a.Paths) == 0 {
		return plain("-"), nil
	}
	return m.path(ctx, &a.Paths[0])
}

// spendConcentration tells how concentrated the spend is.
func (m *maker) spendConcentration(ctx context.Context) error {
	s := Section{ID: "concentration", Title: "How concentrated the spend is"}
	t := &Table{Columns: []Column{{Title: "Added up by"}, {Title: "Index (0–10,000)", Right: true}, {Title: "Largest parts"}}}
	for _, by := range []string{"supplier", "country"} {
		a, err := queries.Concentration(ctx, m.v, queries.ConcentrationRequest{Portfolio: m.req.Portfolio, Scope: m.req.Scope, By: by})
		if err != nil {
			return err
		}
		m.late(&a.Answer)
		for i := range a.Items {
			r := &a.Items[i]
			if r.Of != "spend" || r.HHI == nil {
				continue
			}
			if by == "supplier" {
				m.asked("concentration", &a.Answer)
			}
			what := map[string]string{"supplier": "company", "country": "country of headquarters"}[by]
			parts := partsText(r.Groups)
			if by == "country" {
				parts = countryParts(r.Groups)
			}
			t.Rows = append(t.Rows, []Text{plain("%s", capital(what)), plain("%s", m.index(by, r.HHI)), plain("%s", parts)})
			s.Commands = append(s.Commands, m.command("concentration", "--by "+by))
			m.tell(findingConcentration, plain("By %s, the spend has an index of %s of 10,000: %s.", what, boundIndex(r.HHI), parts))
		}
	}
	if len(t.Rows) > 0 {
		s.Blocks = []Block{{Text: plain("The Herfindahl-Hirschman index of the spend: 10,000 is all in one place; above 2,500 is usually called highly concentrated.")}, {Table: t}}
	}
	m.section(s)
	return nil
}

// countryParts is partsText for countries.
func countryParts(groups []queries.ConcentrationGroup) string {
	groups = slices.Clone(groups)
	for i := range groups {
		groups[i].Group.Name = country(groups[i].Group.ID)
	}
	return partsText(groups)
}

// commonBehind tells who stands behind several members.
func (m *maker) commonBehind(ctx context.Context) error {
	a, err := queries.PortfolioSuppliers(ctx, m.v, queries.PortfolioSuppliersRequest{Portfolio: m.req.Portfolio, Scope: m.req.Scope, Page: queries.Page{Limit: topCommon}})
	if err != nil {
		return err
	}
	m.late(&a.Answer)
	if len(a.Items) == 0 {
		return nil
	}
	m.asked("common-suppliers", &a.Answer)
	t := &Table{Columns: []Column{{Title: "Company"}, {Title: "Behind", Right: true}, {Title: "Spend on these", Right: true}, {Title: "Country"}, {Title: "Supplies"}, {Title: "Members, and through whom"}}}
	for i := range a.Items {
		r := &a.Items[i]
		var behind []string
		for _, b := range r.Behind {
			behind = append(behind, fmt.Sprintf("%s (through %s)", b.Member.Name, names(refNames(b.Via), 2)))
		}
		t.Rows = append(t.Rows, []Text{plain("%s", both(r.Name, r.NameZH)), plain("%d of %d", m.count("behind", r.ID, "members", r.Members), m.match.Members), plain("%s", money(r.Spend)), plain("%s", country(r.Country)),
			plain("%s", names(refNames(r.Products), 3)), plain("%s", names(behind, 2))})
	}
	r := &a.Items[0]
	m.commonSection("Companies that stand at tier 2 or deeper behind several members: none of these is documented to buy from them, all do through their suppliers.", t, a.Total,
		plain("%s stands behind %d of the %s, none of which is documented to buy from it directly.", both(r.Name, r.NameZH), r.Members, plural(m.match.Members, "member", "members")))
	return nil
}
