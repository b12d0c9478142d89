package queries

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/tributarygraph/tributary/graph"
)

// Details reads the bulky fields of claims, which a View does not hold: quotes and locators. A store's Details
// method is one. It is optional: without it answers hold no quotes, and say so.
type Details func(context.Context, []graph.Key) ([]graph.Statement, error)

// ClaimRow is what one dataset, citing one source, says of a relation.
type ClaimRow struct {
	ID              string             `json:"id" doc:"Reversible id of the claim"`
	Relation        string             `json:"relation" doc:"Id of the relation"`
	Dataset         string             `json:"dataset"`
	Source          *SourceRow         `json:"source" doc:"The document cited; null when none is"`
	AssertedBy      string             `json:"asserted_by,omitempty" doc:"Who says so inside the source"`
	Stance          string             `json:"stance" enum:"asserts,denies"`
	Stage           string             `json:"stage"`
	Basis           string             `json:"basis"`
	Confidence      float64            `json:"confidence"`
	ConfidenceGiven bool               `json:"confidence_given" doc:"false: the default of the basis"`
	Period          string             `json:"period,omitempty" doc:"Period that the numbers speak of"`
	ValidFrom       string             `json:"valid_from,omitempty"`
	ValidTo         string             `json:"valid_to,omitempty" doc:"First day on which it no longer holds"`
	Counts          bool               `json:"counts" doc:"It makes the relation active under the scope of the question"`
	Numbers         map[string]float64 `json:"numbers" doc:"Numbers stated, by field"`
	Texts           map[string]string  `json:"texts" doc:"Other things stated, by field"`
	From            string             `json:"from" doc:"The upstream end as the statement writes it"`
	To              string             `json:"to" doc:"The downstream end as the statement writes it"`
	Product         string             `json:"product,omitempty" doc:"The product as the statement writes it"`
	Quote           string             `json:"quote,omitempty"`
	Locator         string             `json:"locator,omitempty"`
	Attributes      map[string]string  `json:"attributes,omitempty" doc:"Columns that have no field of their own"`
}

// SourceRow is a document.
type SourceRow struct {
	ID        string `json:"id"`
	Title     string `json:"title,omitempty"`
	Publisher string `json:"publisher,omitempty"`
	URL       string `json:"url,omitempty"`
	Published string `json:"published,omitempty"`
	Accessed  string `json:"accessed,omitempty" doc:"Day on which it was read"`
	Language  string `json:"language,omitempty"`
	Origin    string `json:"origin,omitempty" doc:"What reprints of one original share"`
}

func sourceRow(v *graph.View, id string) *SourceRow {
	if id == "" {
		return nil
	}
	row := &SourceRow{ID: id}
	n, ok := v.Find(graph.KindSource, id)
	if !ok {
		return row
	}
	facts := v.NodeFacts(graph.KindSource, n)
	row.Title, row.Publisher, row.URL = facts.Texts[graph.FieldTitle], facts.Texts[graph.FieldPublisher], facts.Texts[graph.FieldURL]
	row.Published, row.Accessed = facts.Texts[graph.FieldPublished], facts.Texts[graph.FieldAccessed]
	row.Language, row.Origin = facts.Texts[graph.FieldLanguage], facts.Texts[graph.FieldOrigin]
	return row
}

// claimRows are the claims of a relation, the latest first: by period, then valid_from, then id. Claims that
// are about no period come after those that are.
func claimRows(v *graph.View, r graph.Rel, f graph.Filter) []ClaimRow {
	low, high := v.Claims(r)
	facts := make([]graph.ClaimFacts, 0, high-low)
	counts := map[string]bool{}
	for c := low; c < high; c++ {
		claim := v.Claim(r, c)
		facts = append(facts, claim)
		counts[claim.ID()] = v.Flows(r, c, f)
	}
	slices.SortStableFunc(facts, func(a, b graph.ClaimFacts) int {
		return cmp.Or(cmp.Compare(b.Period.End(), a.Period.End()), cmp.Compare(b.Period.Start(), a.Period.Start()),
			cmp.Compare(b.ValidFrom, a.ValidFrom), a.Compare(b.Key))
	})
	relation := v.RelationKey(r).ID()
	rows := make([]ClaimRow, len(facts))
	for i := range facts {
		rows[i] = claimRow(v, relation, &facts[i])
		rows[i].Counts = counts[rows[i].ID]
	}
	return rows
}

func claimRow(v *graph.View, relation string, c *graph.ClaimFacts) ClaimRow {
	row := ClaimRow{ID: c.ID(), Relation: relation, Dataset: c.Dataset, Source: sourceRow(v, c.Source), AssertedBy: c.AssertedBy,
		Stance: c.Stance, Stage: c.Stage, Basis: c.Basis, Confidence: c.Confidence, ConfidenceGiven: c.ConfidenceGiven,
		Period: string(c.Period), ValidFrom: dateText(c.ValidFrom), ValidTo: dateText(c.ValidTo),
		Numbers: map[string]float64{}, Texts: map[string]string{}, From: c.From, To: c.To, Product: c.Product}
	for _, n := range c.Numbers {
		if n.ID != graph.FieldConfidence {
			row.Numbers[n.ID.String()] = n.Number
		}
	}
	set := func(field graph.FieldID, text string) {
		if text != "" {
			row.Texts[field.String()] = text
		}
	}
	set(graph.FieldCurrency, c.Currency)
	set(graph.FieldUnit, c.Unit)
	set(graph.FieldUsedIn, c.UsedIn)
	set(graph.FieldOriginCountry, c.OriginCountry)
	set(graph.FieldSite, c.Site)
	set(graph.FieldCountry, c.Country)
	set(graph.FieldControl, c.Control)
	set(graph.FieldRole, c.Role)
	set(graph.FieldProgramme, c.Programme)
	set(graph.FieldEssential, c.Essential.String())
	set(graph.FieldCompleteList, c.CompleteList.String())
	return row
}

// addDetails writes quotes and locators into the rows. A store that cannot be reached leaves them out, with a
// warning: the rest of the answer stands.
func addDetails(ctx context.Context, read Details, answer *Answer, rows []*ClaimRow) error {
	if read == nil || len(rows) == 0 {
		return nil
	}
	keys := make([]graph.Key, 0, len(rows))
	for _, row := range rows {
		key, err := graph.ParseID(row.ID)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	slices.SortFunc(keys, graph.Key.Compare)
	statements, err := read(ctx, slices.Compact(keys))
	switch {
	case errors.Is(err, graph.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded):
		answer.warn("quotes and locators are missing: the store did not answer")
		return nil
	case err != nil:
		return err
	}
	byID := make(map[string]*graph.Statement, len(statements))
	for i := range statements {
		byID[statements[i].ID()] = &statements[i]
	}
	for _, row := range rows {
		if s := byID[row.ID]; s != nil {
			row.Quote, row.Locator = s.Text(graph.FieldQuote), s.Text(graph.FieldLocator)
			if text := s.Text(graph.FieldAttributes); text != "" {
				// A store holds nothing else there; a broken object would show as no attributes.
				_ = json.Unmarshal([]byte(text), &row.Attributes)
			}
		}
	}
	return nil
}
