package report

import (
	"context"
	"fmt"
	"slices"

	"github.com/tributarygraph/tributary/queries"
)

// sanctions tells who of those asked about, and of those upstream, is listed, or blocked through its owners.
func (m *maker) sanctions(ctx context.Context) error {
	a, err := queries.Sanctions(ctx, m.v, queries.SanctionsRequest{Company: m.req.Company, Portfolio: m.req.Portfolio, Scope: m.req.Scope, Rule: m.req.Rule, Page: queries.Page{Limit: topSanctions}})
	if err != nil {
		return err
	}
	m.asked("sanctions", &a.Answer)
	s := Section{ID: "sanctions", Title: "Sanctions and listings", Commands: []string{m.command("sanctions", m.rule()+fmt.Sprintf(" --limit %d", topSanctions))}}
	s.Blocks = append(s.Blocks, Block{Text: plain("%s %s.", ended(plain("%s", a.Finding)).Plain(), capital(a.RuleText))})
	var list []Text
	for i := range a.Items {
		t, err := m.sanctioned(ctx, &a.Items[i])
		if err != nil {
			return err
		}
		list = append(list, t)
	}
	list = append(list, rest(len(a.Items), a.Total, "company", "companies")...)
	if len(list) > 0 {
		s.Blocks = append(s.Blocks, Block{List: list})
		m.tell(findingSanctions, plain("%s", sentence(a.Finding)))
	}
	m.section(s)
	return nil
}

// rule is the flag of the rule.
func (m *maker) rule() string {
	if m.req.RuleFile == "" {
		return ""
	}
	return "--rule " + word(m.req.RuleFile)
}

// sanctioned is a company that the rule makes something of, with the footnotes of its listings and holdings.
func (m *maker) sanctioned(ctx context.Context, r *queries.SanctionsRow) (Text, error) {
	var notes []*Note
	add := func(relation string) error {
		found, err := m.evidence(ctx, relation)
		for _, n := range found {
			if !slices.Contains(notes, n) {
				notes = append(notes, n)
			}
		}
		return err
	}
	for _, l := range r.Listings {
		if err := add(l.Relation); err != nil {
			return nil, err
		}
	}
	for _, h := range r.Ownership {
		if err := add(h.Relation); err != nil {
			return nil, err
		}
	}
	if r.HeldByBlocked != nil {
		m.bound("sanctions", r.ID, "held_by_blocked", r.HeldByBlocked)
	}
	t := Text{{Text: sentence(r.Sentence), Notes: notes}}
	for _, p := range r.Paths[:min(len(r.Paths), 1)] {
		chain, err := m.path(ctx, &p)
		if err != nil {
			return nil, err
		}
		t = append(append(t, Span{Text: " Supply chain: "}), chain...)
	}
	return ended(t), nil
}

// path is a chain of hops as the paths of a question give it, each by its surest relation.
func (m *maker) path(ctx context.Context, p *queries.PathRow) (Text, error) {
	var hops []queries.CauseHop
	for _, h := range p.Hops {
		best := &h.Relations[0]
		for i := range h.Relations {
			if h.Relations[i].Confidence > best.Confidence {
				best = &h.Relations[i]
			}
		}
		a, err := m.relation(ctx, best.Relation)
		if err != nil {
			return nil, err
		}
		hops = append(hops, queries.CauseHop{From: a.From, To: a.To, Product: a.Product, Relation: best.Relation})
	}
	return m.chain(ctx, hops)
}
