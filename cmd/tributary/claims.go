package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
)

// relationsAnswer is what claims prints of two companies: each relation between them as the API gives it.
type relationsAnswer struct {
	Relations []*queries.RelationAnswer `json:"relations"`
}

func claimsCommand(p *program) *cobra.Command {
	var q question
	var kind, product string
	cmd := &cobra.Command{
		Use:   "claims RELATION-ID | claims FROM TO",
		Short: "What each source says of a relation, side by side, with quotes and addresses",
		Long: `Shows everything that is said of a relation: each source with its numbers, how firmly and when it says so, the
sentence and where it stands; claims that deny it are marked. FROM is the upstream end: the supplier, owner or
maker. With FROM and TO all relations between the two are shown, as {"relations": [...]} in JSON.`,
		Example: `  tributary claims "SK hynix" nvidia
  tributary claims tsmc nvidia --product foundry-wafer -o json
  tributary claims supplies~tsmc~nvidia~foundry-wafer`,
		Args: wantArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.ask(cmd.Context(), &q, func(ctx context.Context, v *graph.View, store graph.Store) (answer, error) {
				v, err := queries.Grouped(ctx, v, q.scope)
				if err != nil {
					return answer{}, err
				}
				ids := args
				if len(args) == 2 {
					if ids, err = p.relationsBetween(v, args[0], args[1], kind, product); err != nil {
						return answer{}, err
					}
				}
				found := &relationsAnswer{}
				for _, id := range ids {
					r, err := queries.Relation(ctx, v, queries.RelationRequest{ID: id, Scope: q.scope, Details: store.Details})
					if err != nil {
						return answer{}, explainRelation(err)
					}
					found.Relations = append(found.Relations, r)
				}
				a := claimsAnswer(found)
				if len(args) == 1 {
					a.whole = found.Relations[0]
				}
				return a, nil
			})
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&product, "product", "", "only the relation of this `PRODUCT`")
		f.StringVar(&kind, "kind", "", "only relations of this `KIND`: supplies, owns, makes, input_of, associated, lists")
	})
	p.completesCompanies(cmd, 2)
	p.asks(cmd, &q)
	return cmd
}

// relationsBetween explains names that nothing has, or several have, before it looks for relations.
func (p *program) relationsBetween(v *graph.View, from, to, kind, product string) ([]string, error) {
	ids, err := queries.RelationsBetween(v, from, to, kind, product)
	if err == nil {
		return ids, nil
	}
	for _, ref := range []string{from, to} {
		_, asCompany := v.Lookup(graph.KindCompany, ref)
		_, asProduct := v.Lookup(graph.KindProduct, ref)
		if asCompany != nil && asProduct != nil {
			return nil, explainName(v, graph.KindCompany, ref, asCompany)
		}
	}
	if errors.Is(err, graph.ErrNotFound) {
		if back, _ := queries.RelationsBetween(v, to, from, kind, product); len(back) > 0 {
			return nil, hint(fmt.Errorf("%w: nothing is said of a relation from %q to %q", graph.ErrNotFound, from, to), "the other way round there is: %s claims %s %s%s", p.self, shellWord(to), shellWord(from), p.onStore())
		}
		return nil, hint(fmt.Errorf("%w: nothing is said of a relation from %q to %q", graph.ErrNotFound, from, to), "%s paths %s %s%s shows whether they are connected through others", p.self, shellWord(from), shellWord(to), p.onStore())
	}
	return nil, err
}

func explainRelation(err error) error {
	var ambiguous *graph.AmbiguousError
	switch {
	case errors.As(err, &ambiguous):
		return hint(fmt.Errorf("%w: %q fits %s", graph.ErrAmbiguous, ambiguous.Ref, plural(len(ambiguous.Candidates), "relations")),
			"use one of:\n  %s", strings.Join(ambiguous.Candidates, "\n  "))
	case errors.Is(err, graph.ErrNotFound), errors.Is(err, graph.ErrInvalid):
		return hint(err, "a relation id is kind~from~to~product, as suppliers -o csv and paths -o json print it; claims FROM TO finds relations by name")
	}
	return err
}

// claimLine is a claim in CSV and NDJSON: flat, with its source.
type claimLine struct {
	Relation   string             `json:"relation"`
	ID         string             `json:"id"`
	Stance     string             `json:"stance"`
	From       string             `json:"from"`
	To         string             `json:"to"`
	Product    string             `json:"product"`
	Period     string             `json:"period"`
	ValidFrom  string             `json:"valid_from"`
	ValidTo    string             `json:"valid_to"`
	Numbers    map[string]float64 `json:"numbers"`
	Texts      map[string]string  `json:"texts"`
	Stage      string             `json:"stage"`
	Basis      string             `json:"basis"`
	Confidence float64            `json:"confidence"`
	Counts     bool               `json:"counts"`
	AssertedBy string             `json:"asserted_by"`
	Dataset    string             `json:"dataset"`
	Source     string             `json:"source"`
	Title      string             `json:"title"`
	Publisher  string             `json:"publisher"`
	Published  string             `json:"published"`
	Accessed   string             `json:"accessed"`
	URL        string             `json:"url"`
	Quote      string             `json:"quote"`
	Locator    string             `json:"locator"`
}

func claimLineOf(c *queries.ClaimRow) claimLine {
	s := queries.SourceRow{}
	if c.Source != nil {
		s = *c.Source
	}
	return claimLine{Relation: c.Relation, ID: c.ID, Stance: c.Stance, From: c.From, To: c.To, Product: c.Product, Period: c.Period,
		ValidFrom: c.ValidFrom, ValidTo: c.ValidTo, Numbers: c.Numbers, Texts: c.Texts, Stage: c.Stage, Basis: c.Basis, Confidence: c.Confidence,
		Counts: c.Counts, AssertedBy: c.AssertedBy, Dataset: c.Dataset, Source: s.ID, Title: s.Title, Publisher: s.Publisher,
		Published: s.Published, Accessed: s.Accessed, URL: s.URL, Quote: c.Quote, Locator: c.Locator}
}

func claimsAnswer(found *relationsAnswer) answer {
	rows := []claimLine{}
	for _, r := range found.Relations {
		for i := range r.Claims {
			rows = append(rows, claimLineOf(&r.Claims[i]))
		}
	}
	return answer{
		whole: found, items: rows,
		print: func(o *printer) {
			for i, r := range found.Relations {
				if i > 0 {
					o.printf("\n")
				}
				printRelation(o, r)
			}
		},
		last: func(*printer) string {
			return closing(fmt.Sprintf("%s of %s", plural(len(rows), "claims"), plural(len(found.Relations), "relations")), &found.Relations[0].Answer)
		},
	}
}

func printRelation(o *printer, r *queries.RelationAnswer) {
	title := fmt.Sprintf("%s %s %s", r.From.Name, kindWords(r.Kind), r.To.Name)
	if r.Product != nil {
		title += " with " + r.Product.Name
	}
	o.heading(printable(title))
	o.printf("  %s\n", r.ID)
	state := "holds"
	if !r.Active {
		state = "does not hold under this scope"
	}
	o.printf("  %s", state)
	if r.Stage != "" { // some claim asserts it
		o.printf("; stage %s; confidence %s (%s combined); %s", r.Stage, percent(r.Confidence), percent(r.ConfidenceCombined), plural(r.Sources, "independent sources"))
	}
	if r.DenialCount > 0 {
		o.printf("; DENIED by %s", plural(r.DenialCount, "claims"))
	}
	o.printf("\n")
	if r.Share != nil {
		o.printf("  share of the buyer's intake: %s\n", share(r.Share))
	}
	for _, p := range r.Parts {
		o.wrap("  ", "    ", partText(&p))
	}
	for _, d := range r.Disputes {
		o.printf("  DISPUTED %s%s: %s\n", d.Field, periodSuffix(d.Period), disputedValues(d))
	}
	o.printf("\n")
	t := &table{columns: []column{{title: "#", right: true}, {title: "SAYS"}, {title: "NUMBERS", least: 16}, {title: "WHEN"}, {title: "WHO", least: 14}, {title: "CONF", right: true},
		{title: "BASIS"}, {title: "STAGE"}, {title: "OTHERS", least: 12}, {title: "COUNTS"}, {title: "DATASET", least: 8}}}
	for i, c := range r.Claims {
		t.add(strconv.Itoa(i+1), stanceText(c.Stance), claimNumbers(&c), claimWhen(&c), claimant(&c), confidenceText(&c), c.Basis, c.Stage, claimTexts(&c),
			map[bool]string{true: "yes", false: "no"}[c.Counts], c.Dataset)
	}
	o.table(t)
	if slices.ContainsFunc(r.Claims, func(c queries.ClaimRow) bool { return !c.ConfidenceGiven }) {
		o.printf("* not stated: the usual confidence of what the claim rests on\n")
	}
	for i, c := range r.Claims {
		if c.Quote == "" && c.Locator == "" && c.Source == nil {
			continue
		}
		o.printf("\n%d. ", i+1)
		printClaimEvidence(o, &c)
	}
	o.warnings(&r.Answer)
}

// partText says what a part of a group's relation brings to it.
func partText(p *queries.RelationPart) string {
	var numbers []string
	for _, field := range slices.Sorted(maps.Keys(p.Numbers)) {
		switch n := p.Numbers[field]; {
		case n.Point != nil:
			numbers = append(numbers, field+" "+fieldValue(field, *n.Point))
		default: // a range has no point
			numbers = append(numbers, fmt.Sprintf("%s %s to %s", field, fieldValue(field, n.Low), fieldValue(field, n.High)))
		}
	}
	text := fmt.Sprintf("made of %s -> %s: %s", p.From.Name, p.To.Name, or(strings.Join(numbers, ", "), "no numbers"))
	if !p.Active {
		text += " (does not hold)"
	}
	return text
}

// printClaimEvidence prints the sentence, where it stands, and the address on a line of its own.
func printClaimEvidence(o *printer, c *queries.ClaimRow) {
	if c.Stance == "denies" {
		o.printf("DENIES ")
	}
	if c.Quote != "" {
		o.printf("“%s”\n   ", printable(c.Quote))
	}
	o.printf("— %s\n", printable(sourceTitle(c)))
	if c.Source != nil && c.Source.URL != "" {
		o.printf("   %s\n", printable(c.Source.URL))
	}
}

// sourceTitle names the document that a claim cites, and where in it, without its address.
func sourceTitle(c *queries.ClaimRow) string {
	parts := []string{c.Locator}
	if c.Source != nil {
		parts = []string{or(c.Source.Title, c.Source.ID), c.Source.Publisher, c.Source.Published, c.Locator}
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return or(strings.Join(parts, ", "), "no source is named")
}

func kindWords(kind string) string {
	return map[string]string{"supplies": "supplies", "owns": "owns", "makes": "makes", "input_of": "goes into", "associated": "is associated with", "lists": "lists"}[kind]
}

func stanceText(stance string) string {
	if stance == "denies" {
		return "NO"
	}
	return "yes"
}

func periodSuffix(period string) string {
	if period == "" {
		return ""
	}
	return " in " + period
}

func disputedValues(d queries.Dispute) string {
	parts := make([]string, len(d.Values))
	for i, v := range d.Values {
		parts[i] = fmt.Sprintf("%s (%s)", fieldValue(d.Field, v.Value), plural(len(v.Claims), "claims"))
	}
	return strings.Join(parts, " against ")
}

// fieldValue prints a number as its field is read: shares in percent.
func fieldValue(field string, value float64) string {
	for _, k := range graph.RelationKinds() {
		if id, ok := graph.FieldByName(k, field); ok && id.Spec().Type == graph.TypeShare {
			return percent(value)
		}
	}
	return amount(value)
}

// claimant is who says so: the asserter inside the source, and the publisher.
func claimant(c *queries.ClaimRow) string {
	publisher := ""
	if c.Source != nil {
		publisher = or(c.Source.Publisher, c.Source.ID)
	}
	switch {
	case c.AssertedBy == "" || c.AssertedBy == publisher:
		return publisher
	case publisher == "":
		return c.AssertedBy
	}
	return c.AssertedBy + " in " + publisher
}

// claimWhen is the period, or else the dates, that a claim speaks of, or else when it was published.
func claimWhen(c *queries.ClaimRow) string {
	switch {
	case c.Period != "":
		return c.Period
	case c.ValidFrom != "" && c.ValidTo != "":
		return c.ValidFrom + " to " + c.ValidTo
	case c.ValidFrom != "":
		return "from " + c.ValidFrom
	case c.ValidTo != "":
		return "until " + c.ValidTo
	case c.Source != nil && c.Source.Published != "":
		return "pub. " + c.Source.Published
	}
	return ""
}

func claimNumbers(c *queries.ClaimRow) string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(c.Numbers)) {
		text := strings.ReplaceAll(field, "_", " ") + " " + fieldValue(field, c.Numbers[field])
		switch field {
		case "value":
			text += " " + c.Texts["currency"]
		case "quantity":
			text += " " + c.Texts["unit"]
		}
		parts = append(parts, strings.TrimSpace(text))
	}
	return strings.Join(parts, ", ")
}

func claimTexts(c *queries.ClaimRow) string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(c.Texts)) {
		if field != "currency" && field != "unit" {
			parts = append(parts, strings.ReplaceAll(field, "_", " ")+" "+c.Texts[field])
		}
	}
	return strings.Join(parts, ", ")
}

// confidenceText tells a confidence that was stated from the default of the basis.
func confidenceText(c *queries.ClaimRow) string {
	text := strconv.FormatFloat(c.Confidence, 'f', -1, 64)
	if !c.ConfidenceGiven {
		return text + "*"
	}
	return text
}
