package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/queries"
)

// mostNotes is how many footnotes a hop has at most.
const mostNotes = 2

// relation is everything that is said of a relation.
func (m *maker) relation(ctx context.Context, id string) (*queries.RelationAnswer, error) {
	if a, ok := m.relations[id]; ok {
		return a, nil
	}
	a, err := queries.Relation(ctx, m.v, queries.RelationRequest{ID: id, Scope: m.req.Scope, Details: m.req.Details})
	if err != nil {
		return nil, err
	}
	m.relations[id] = a
	return a, nil
}

// evidence are the footnotes of a relation: its surest claims that count.
func (m *maker) evidence(ctx context.Context, id string) ([]*Note, error) {
	a, err := m.relation(ctx, id)
	if err != nil {
		return nil, err
	}
	var counting []*queries.ClaimRow
	for i := range a.Claims {
		if a.Claims[i].Counts {
			counting = append(counting, &a.Claims[i])
		}
	}
	return m.notesOf(counting), nil
}

// notesOf are the footnotes of the surest of some claims, each passage once.
func (m *maker) notesOf(claims []*queries.ClaimRow) (notes []*Note) {
	claims = slices.Clone(claims)
	slices.SortStableFunc(claims, func(a, b *queries.ClaimRow) int {
		return cmp.Or(cmp.Compare(flag(a.Source == nil), flag(b.Source == nil)), cmp.Compare(b.Confidence, a.Confidence))
	})
	for _, c := range claims {
		if len(notes) == mostNotes {
			break
		}
		if n := m.note(c); !slices.Contains(notes, n) {
			notes = append(notes, n)
		}
	}
	return notes
}

func flag(set bool) int {
	if set {
		return 1
	}
	return 0
}

// note is the footnote of a claim; claims that rest on one passage share one.
func (m *maker) note(c *queries.ClaimRow) *Note {
	source := ""
	if c.Source != nil {
		source = c.Source.ID
	}
	key := strings.Join([]string{source, c.Quote, c.Locator}, "\x00")
	if source == "" {
		key += "\x00" + c.Dataset
	}
	n := m.notes[key]
	if n == nil {
		n = &Note{Source: source, Dataset: c.Dataset, Quote: c.Quote, Locator: c.Locator, Said: saidBy(c)}
		if s := c.Source; s != nil {
			n.Title, n.Publisher, n.URL, n.Published, n.Accessed = s.Title, s.Publisher, s.URL, s.Published, s.Accessed
		}
		m.notes[key] = n
	}
	if !slices.Contains(n.Claims, c.ID) {
		n.Claims = append(n.Claims, c.ID)
	}
	return n
}

// saidBy is who says so, and on what basis.
func saidBy(c *queries.ClaimRow) string {
	basis := "basis: " + c.Basis
	if c.AssertedBy != "" {
		return c.AssertedBy + "; " + basis
	}
	return basis
}

// hopText is a hop of a chain with its confidence and footnotes.
func (m *maker) hop(ctx context.Context, from, to queries.Ref, product *queries.Ref, relation string) (Text, error) {
	a, err := m.relation(ctx, relation)
	if err != nil {
		return nil, err
	}
	notes, err := m.evidence(ctx, relation)
	if err != nil {
		return nil, err
	}
	return Text{{Text: " → " + to.Name + " (" + productText(product) + ", " + queries.PercentText(a.Confidence) + ")", Notes: notes}}, nil
}

// chain is a chain of hops: "ASML → TSMC (EUV scanner, 95%) → Nvidia (wafer, 93%)", each hop with its footnotes.
func (m *maker) chain(ctx context.Context, hops []queries.CauseHop) (Text, error) {
	if len(hops) == 0 {
		return plain("-"), nil
	}
	out := plain("%s", hops[0].From.Name)
	for _, h := range hops {
		hop, err := m.hop(ctx, h.From, h.To, h.Product, h.Relation)
		if err != nil {
			return nil, err
		}
		out = append(out, hop...)
	}
	return out, nil
}

// number numbers the footnotes in the order of their first use.
func (m *maker) number() {
	use := func(t Text) {
		for i := range t {
			for _, n := range t[i].Notes {
				if n.Number == 0 {
					m.out.Notes = append(m.out.Notes, n)
					n.Number = len(m.out.Notes)
				}
			}
		}
	}
	for _, t := range m.out.Summary {
		use(t)
	}
	for _, s := range m.out.Sections {
		for _, b := range s.Blocks {
			b.each(use)
		}
	}
}

// each calls yield with every text of the block, in the order of reading.
func (b *Block) each(yield func(Text)) {
	yield(b.Text)
	for _, t := range b.List {
		yield(t)
	}
	if b.Table != nil {
		for _, row := range b.Table.Rows {
			for _, cell := range row {
				yield(cell)
			}
		}
	}
}
