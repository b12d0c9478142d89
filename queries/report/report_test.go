package report_test

import (
	"bytes"
	"context"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/sample"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
	"github.com/tributarygraph/tributary/queries/report"
)

// the day of the reports of the tests.
const day = "2026-11-24"

// sampleStore is a store with the sample.
func sampleStore(t *testing.T) (graph.Store, *graph.View) {
	t.Helper()
	store := drawn.Open(t)
	inputs, err := importer.FilesOf(sample.FS(), "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importer.Import(context.Background(), store, inputs, importer.Options{Dataset: "sample"}); err != nil {
		t.Fatal(err)
	}
	v, err := graph.Load(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	return store, v
}

func makeReport(t *testing.T, v *graph.View, company string, details queries.Details) *report.Report {
	t.Helper()
	r, err := report.Make(context.Background(), v, report.Request{Company: company, Scope: queries.Scope{AsOf: day}, Details: details, Version: "v1", Format: "md", Rule: bis, RuleFile: "bis.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Every company of the sample has a report whose numbers are those of the questions, whose footnotes lead to sources of the
// sample and are all used, and which is well-formed in both forms.
func TestEveryCompanyOfTheSample(t *testing.T) {
	store, v := sampleStore(t)
	sources := map[string]bool{}
	for n := range v.Nodes(graph.KindSource) {
		sources[v.ID(graph.KindSource, n)] = true
	}
	for n := range v.Nodes(graph.KindCompany) {
		id := v.ID(graph.KindCompany, n)
		t.Run(id, func(t *testing.T) {
			r := makeReport(t, v, id, store.Details)
			if len(r.Summary) == 0 || len(r.Summary) > 8 {
				t.Errorf("%d sentences", len(r.Summary))
			}
			checkFigures(t, v, r)
			checkNotes(t, r, sources)
			checkWords(t, r)
			checkMarkdown(t, r)
			checkHTML(t, r)
		})
	}
}

// checkFigures asks the questions again, each by itself, and compares every number.
func checkFigures(t *testing.T, v *graph.View, r *report.Report) {
	t.Helper()
	q := newAsked(t, v, r.Company.ID)
	for _, f := range r.Figures {
		bound, count := q.find(f)
		switch {
		case f.Bound != nil && !reflect.DeepEqual(bound, f.Bound):
			t.Errorf("%s %s %s is %+v, the question says %+v", f.Query, f.Key, f.Field, f.Bound, bound)
		case f.Count != nil && (count == nil || *count != *f.Count):
			t.Errorf("%s %s %s is %d, the question says %v", f.Query, f.Key, f.Field, *f.Count, count)
		}
	}
}

// askedAgain are the answers of the questions of a report.
type askedAgain struct {
	t           *testing.T
	company     *queries.CompanyAnswer
	suppliers   *queries.TiersAnswer
	exposures   map[string]*queries.ExposureAnswer
	chokepoints *queries.ChokepointsAnswer
	hhi         *queries.ConcentrationAnswer
	common      *queries.CommonSuppliersAnswer
	sanctions   *queries.SanctionsAnswer
	remedies    *queries.RemediesAnswer
	gaps        *queries.GapsAnswer
}

func newAsked(t *testing.T, v *graph.View, id string) *askedAgain {
	t.Helper()
	ctx, scope := context.Background(), queries.Scope{AsOf: day}
	a := &askedAgain{t: t, exposures: map[string]*queries.ExposureAnswer{}}
	var errs [9]error
	a.company, errs[0] = queries.Company(ctx, v, queries.CompanyRequest{Company: id, Scope: scope})
	a.suppliers, errs[1] = queries.Suppliers(ctx, v, queries.TiersRequest{Company: id, Direction: queries.Upstream, Scope: scope, Depth: 6})
	for name, req := range map[string]queries.ExposureRequest{"exposure": {}, "countries": {Over: queries.OverCountries}, "customers": {Side: queries.SideRevenue}} {
		req.Company, req.Scope, req.Paths = id, scope, -1
		answer, err := queries.Exposure(ctx, v, req)
		if err != nil {
			t.Fatal(err)
		}
		a.exposures[name] = answer
	}
	a.chokepoints, errs[3] = queries.Chokepoints(ctx, v, queries.ChokepointsRequest{Company: id, Scope: scope})
	a.hhi, errs[4] = queries.Concentration(ctx, v, queries.ConcentrationRequest{Company: id, Scope: scope})
	a.common, errs[5] = queries.CommonSuppliers(ctx, v, queries.CommonSuppliersRequest{Company: id, Scope: scope})
	a.remedies, errs[6] = queries.Remedies(ctx, v, queries.RemediesRequest{Company: id, Scope: scope})
	a.gaps, errs[7] = queries.Gaps(ctx, v, queries.GapsRequest{Company: id, Scope: scope})
	a.sanctions, errs[8] = queries.Sanctions(ctx, v, queries.SanctionsRequest{Company: id, Scope: scope, Rule: bis})
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// bis is a rule under which the sample has listings.
var bis = func() queries.SanctionsRule {
	yes := true
	return queries.SanctionsRule{Name: "bis", Authorities: []string{"us-bis"}, Threshold: 0.5, Inclusive: &yes, Aggregate: &yes}
}()

// find is the number that a question gives for a figure.
func (a *askedAgain) find(f report.Figure) (bound *queries.Interval, count *int) {
	switch f.Query {
	case "show":
		for _, m := range a.company.Makes {
			if m.Product.ID == f.Key {
				bound = m.MarketShare
			}
		}
		for _, h := range slices.Concat(a.company.Owners, a.company.Owns) {
			if h.Relation == f.Key {
				bound = h.Share
			}
		}
	case "suppliers":
		return nil, a.tier(f)
	case "exposure", "countries", "customers":
		return exposed(a.exposures[f.Query], f)
	case "chokepoints", "routes", "sole_sources", "stops":
		return a.point(f)
	case "concentration":
		for _, r := range a.hhi.Items {
			if r.Of == "input" && (r.Product == nil && f.Key == "" || r.Product != nil && r.Product.ID == f.Key) {
				bound = r.HHI
			}
		}
	case "common":
		for _, r := range a.common.Items {
			if r.ID == f.Key {
				count = &r.Suppliers
			}
		}
	case "sanctions":
		for _, r := range a.sanctions.Items {
			if r.ID == f.Key {
				bound = r.HeldByBlocked
			}
		}
	case "remedies":
		return a.remedy(f)
	case "gaps":
		i, _ := strconv.Atoi(f.Key)
		if r := a.gaps.Items[i]; r.Field == f.Field {
			n := len(r.Relations)
			count = &n
		}
	}
	return bound, count
}

func (a *askedAgain) tier(f report.Figure) *int {
	n := 0
	for _, r := range a.suppliers.Items {
		if f.Key != "all" && strconv.Itoa(r.Tier) != f.Key {
			continue
		}
		if f.Field == "companies" || f.Field == "several_sources" && r.Sources > 1 || f.Field == "denied" && r.Denials > 0 {
			n++
		}
	}
	return &n
}

func exposed(a *queries.ExposureAnswer, f report.Figure) (*queries.Interval, *int) {
	for _, r := range a.Items {
		if r.ID != f.Key {
			continue
		}
		switch f.Field {
		case "loss_if_stopped":
			return r.LossIfStopped, nil
		case "flow_exposure":
			return r.FlowExposure, nil
		case "revenue_loss":
			return r.RevenueLoss, nil
		case "inputs":
			n := 0
			for _, in := range r.Inputs {
				if in.Loss.High > 0 {
					n++
				}
			}
			return nil, &n
		}
	}
	return nil, nil
}

func (a *askedAgain) point(f report.Figure) (*queries.Interval, *int) {
	switch f.Query + " " + f.Key {
	case "chokepoints sole_sources":
		return nil, a.chokepoints.SoleSources.Total
	case "chokepoints stops":
		return nil, a.chokepoints.Stops.Total
	}
	for _, r := range a.chokepoints.Routes.Items {
		if f.Query == "routes" && r.ID == f.Key {
			return nil, &r.Alone
		}
	}
	for _, r := range a.chokepoints.SoleSources.Items {
		if f.Query == "sole_sources" && r.Relation == f.Key {
			return r.Share, nil
		}
	}
	for _, r := range a.chokepoints.Stops.Items {
		if f.Query == "stops" && r.ID == f.Key {
			return r.CompanyLoss, nil
		}
	}
	return nil, nil
}

func (a *askedAgain) remedy(f report.Figure) (*queries.Interval, *int) {
	if f.Key == "" {
		if f.Field == "worst" {
			return a.remedies.Worst.Loss, nil
		}
		return a.remedies.Mean, nil
	}
	at := strings.LastIndexByte(f.Key, ' ')
	i, _ := strconv.Atoi(f.Key[at+1:])
	r := &a.remedies.Items[i]
	if r.Input.ID != f.Key[:at] {
		return nil, nil
	}
	switch f.Field {
	case "worst_loss":
		return r.Worst, nil
	case "mean_loss":
		return r.Mean, nil
	}
	return nil, &r.Eased
}

// checkNotes holds that footnotes are numbered by first use, lead to sources, and are all used.
func checkNotes(t *testing.T, r *report.Report, sources map[string]bool) {
	t.Helper()
	for i, n := range r.Notes {
		if n.Number != i+1 || len(n.Claims) == 0 {
			t.Errorf("footnote %d: %+v", i+1, n)
		}
		if !sources[n.Source] {
			t.Errorf("footnote %d leads to %q, which is no source of the sample", n.Number, n.Source)
		}
		if n.Quote == "" && n.Locator == "" {
			t.Errorf("footnote %d has neither a quote nor a locator: %+v", n.Number, n)
		}
	}
	var b bytes.Buffer
	if err := report.WriteMarkdown(&b, r); err != nil {
		t.Fatal(err)
	}
	body, _, _ := strings.Cut(b.String(), "\n## Sources\n")
	next := 1
	for _, m := range regexp.MustCompile(`\[\^(\d+)\]`).FindAllStringSubmatch(body, -1) {
		switch number, _ := strconv.Atoi(m[1]); {
		case number > next:
			t.Fatalf("footnote %d is used before %d", number, next)
		case number == next:
			next++
		}
	}
	if next != len(r.Notes)+1 {
		t.Errorf("%d footnotes, %d are used", len(r.Notes), next-1)
	}
}

// What nobody would send to a colleague.
var bad = regexp.MustCompile(`(^|[^-\d,.])\b1 (companies|inputs|suppliers|claims|relations|tiers|points|hops)\b|\.\.|  | ,|\bnil\b|%!|\bNaN\b|\(\)|: \.|^\s|\s$`)

// checkWords holds that no text is empty or wrongly worded, and that no sentence is said twice in one section.
func checkWords(t *testing.T, r *report.Report) {
	t.Helper()
	check := func(where string, text report.Text) {
		if p := text.Plain(); bad.MatchString(p) {
			t.Errorf("%s: %q", where, p)
		}
	}
	for _, s := range r.Summary {
		check("summary", s)
	}
	for _, s := range r.Sections {
		if len(s.Blocks) == 0 || s.Title == "" {
			t.Errorf("section %s is empty", s.ID)
		}
		said := map[string]bool{}
		for _, b := range s.Blocks {
			if len(b.Text) == 0 && len(b.List) == 0 && b.Table == nil {
				t.Errorf("%s: an empty block", s.ID)
			}
			if len(b.Text) > 0 {
				check(s.ID, b.Text)
			}
			for _, item := range b.List {
				check(s.ID, item)
				if said[item.Plain()] {
					t.Errorf("%s says twice: %s", s.ID, item.Plain())
				}
				said[item.Plain()] = true
			}
			if b.Table == nil {
				continue
			}
			if len(b.Table.Rows) == 0 || len(b.Table.Rows) > 12 {
				t.Errorf("%s: a table of %d rows", s.ID, len(b.Table.Rows))
			}
			for _, row := range b.Table.Rows {
				if len(row) != len(b.Table.Columns) {
					t.Errorf("%s: %d cells under %d columns", s.ID, len(row), len(b.Table.Columns))
				}
			}
		}
		for _, c := range s.Commands {
			if !strings.HasPrefix(c, "tributary ") || !strings.Contains(c, "--as-of "+day) {
				t.Errorf("%s: %s", s.ID, c)
			}
		}
	}
}

// checkMarkdown holds that the Markdown is read as it is meant: every footnote, every table.
func checkMarkdown(t *testing.T, r *report.Report) {
	t.Helper()
	var text, out bytes.Buffer
	if err := report.WriteMarkdown(&text, r); err != nil {
		t.Fatal(err)
	}
	if err := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Footnote)).Convert(text.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	tables := 0
	for _, s := range r.Sections {
		for _, b := range s.Blocks {
			if b.Table != nil {
				tables++
			}
		}
	}
	page := out.String()
	if got := strings.Count(page, "<table>"); got != tables {
		t.Errorf("%d tables, want %d", got, tables)
	}
	if got := strings.Count(page, `<li id="fn:`); got != len(r.Notes) {
		t.Errorf("%d footnotes, want %d", got, len(r.Notes))
	}
	if strings.Contains(page, "[^") || strings.Contains(page, "<!-- raw HTML omitted -->") {
		t.Errorf("it is not read as it is meant:\n%s", text.String())
	}
}

// checkHTML holds that the page is well-formed and needs nothing else.
func checkHTML(t *testing.T, r *report.Report) {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	checkBalance(t, b.String())
	doc, err := html.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	var links []string
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "embed", "video", "audio", "svg", "form", "base":
			t.Errorf("the page has a %s", n.Data)
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "id":
				ids[a.Val]++
			case "href":
				links = append(links, a.Val)
			case "src", "srcset", "style", "background":
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s %s>", n.Data, a.Key)
			}
		}
		if n.Data == "style" && (strings.Contains(n.FirstChild.Data, "url(") || strings.Contains(n.FirstChild.Data, "@import")) {
			t.Error("the styles need something else")
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("the id %s is given %d times", id, n)
		}
	}
	for _, link := range links {
		if anchor, ok := strings.CutPrefix(link, "#"); ok && ids[anchor] == 0 {
			t.Errorf("%s leads nowhere", link)
		} else if !ok && !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") {
			t.Errorf("a link to %q", link)
		}
	}
}

// checkBalance holds that every element that is opened is closed, in order.
func checkBalance(t *testing.T, page string) {
	t.Helper()
	void := map[string]bool{"meta": true, "br": true, "hr": true}
	var open []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				t.Errorf("not closed: %v", open)
			}
			return
		case html.StartTagToken:
			if name, _ := z.TagName(); !void[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if last := len(open) - 1; last < 0 || open[last] != string(name) {
				t.Fatalf("</%s> closes %v", name, open)
			} else {
				open = open[:last]
			}
		}
	}
}

// The report of a portfolio, with names in two languages, two of them wrong.
func TestPortfolioOfTheSample(t *testing.T) {
	store, v := sampleStore(t)
	sources := map[string]bool{}
	for n := range v.Nodes(graph.KindSource) {
		sources[v.ID(graph.KindSource, n)] = true
	}
	spend := func(x float64) *float64 { return &x }
	members := queries.Portfolio{{Company: "Nvidia", Spend: spend(120), Currency: "USD"}, {Company: "台积电", Spend: spend(80), Currency: "USD"}, {Company: "SK海力士", Spend: spend(60), Currency: "USD"},
		{Company: "Micron"}, {Company: "Hanmi Semicondutor", Spend: spend(3), Currency: "USD"}, {Company: "阿斯麦尔"}, {Company: "Eaton", Spend: spend(7), Currency: "USD"}, {Company: "Nvidia", Spend: spend(1), Currency: "USD"},
		{Company: "ByteDance", Spend: spend(1), Currency: "USD"}}
	scope := queries.Scope{AsOf: day}
	r, err := report.Make(context.Background(), v, report.Request{Portfolio: members, PortfolioFile: "my vendors.csv", Scope: scope, Details: store.Details, Version: "v1", Format: "html", Rule: bis, RuleFile: "bis.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	checkNotes(t, r, sources)
	checkWords(t, r)
	checkMarkdown(t, r)
	checkHTML(t, r)
	if want := "tributary report --portfolio 'my vendors.csv' --revision 1 -o html --rule bis.yaml --as-of " + day; r.Command != want {
		t.Errorf("%s, want %s", r.Command, want)
	}
	req := queries.PortfolioExposureRequest{Portfolio: members}
	req.Scope, req.Paths = scope, -1
	exposures, err := queries.PortfolioExposure(context.Background(), v, req)
	if err != nil {
		t.Fatal(err)
	}
	behind, err := queries.PortfolioSuppliers(context.Background(), v, queries.PortfolioSuppliersRequest{Portfolio: members, Scope: scope})
	if err != nil {
		t.Fatal(err)
	}
	checked := map[string]int{}
	for _, f := range r.Figures {
		checked[f.Query]++
		var bound *queries.Interval
		var count *int
		switch f.Query {
		case "shared":
			for i := range exposures.Items {
				if x := &exposures.Items[i]; x.ID == f.Key {
					bound, count = map[string]*queries.Interval{"loss_if_stopped": x.LossIfStopped, "loss_mean": x.LossMean}[f.Field], &x.Exposed
				}
			}
		case "behind":
			for i := range behind.Items {
				if x := &behind.Items[i]; x.ID == f.Key {
					count = &x.Members
				}
			}
		case "concentration":
			a, err := queries.Concentration(context.Background(), v, queries.ConcentrationRequest{Portfolio: members, Scope: scope, By: f.Key})
			if err != nil {
				t.Fatal(err)
			}
			bound = a.Items[0].HHI
		default:
			continue
		}
		if f.Bound != nil && !reflect.DeepEqual(bound, f.Bound) || f.Count != nil && (count == nil || *count != *f.Count) {
			t.Errorf("%+v, the question says %v %v", f, bound, count)
		}
	}
	if checked["shared"] == 0 || checked["behind"] == 0 || checked["concentration"] == 0 || checked["members"] == 0 {
		t.Errorf("%v", checked)
	}
	text := r.Summary[0].Plain()
	if !strings.HasPrefix(text, "Of 9 rows, 7 were found as 6 companies. The spend on them is 269 USD, and of 1 member unknown.") {
		t.Error(text)
	}
}

// Names and quotes are text, whatever they hold.
func TestReportIsText(t *testing.T) {
	store := drawn.Open(t)
	drawn.Put(t, store, drawn.Statements(t, `
		b name="B|<script>alert(1)</script>_*x*" aliases=乙
		source s title="A ~|~ <b>title</b>" url=javascript:alert(1) published=2024-01-01
		a -> b : p source=s quote="it says &lt; [1](http://x) and more" share_of_input=0.4 essential=true
		c -> b : p source=s quote="it says another thing" share_of_input=0.4 essential=true
		deep -> a : q share_of_input=0.5`))
	v, err := graph.Load(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	r := makeReport(t, v, "b", store.Details)
	checkMarkdown(t, r)
	checkHTML(t, r)
	checkFigures(t, v, r)
	if len(r.Notes) != 3 { // that of deep names the dataset
		t.Errorf("%d footnotes, want three", len(r.Notes))
	}
}

// That a supplier is listed or blocked stands in the summary, whatever else there is to say.
func TestBlockedSupplierIsInTheSummary(t *testing.T) {
	store := drawn.Open(t)
	drawn.Put(t, store, drawn.Statements(t, `
		BIS name="Bureau of Industry"
		owner name=Owner
		mine name=Mine country=RU
		BIS ! owner
		owner => mine share=0.6
		mine -> smelter : ore share_of_input=0.9 essential=true
		mine -> a : ore
		smelter -> b : metal share_of_input=0.7 essential=true
		smelter -> c : metal share_of_input=0.7 essential=true
		a -> b : p share_of_input=0.4 essential=true
		c -> b : p share_of_input=0.3 essential=true
		d -> b : p value=3 currency=USD period=2025
		a -> b : q essential=true
		x * p market_share=0.3
		deep -> a : q share_of_input=0.5
		deep -> c : q share_of_input=0.5 source=one period=2025
		deep -> c : q share_of_input=0.9 source=two period=2025
		b -> k : goods revenue_share=0.5
		b -> l : goods revenue_share=0.2`))
	v, err := graph.Load(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	rule := bis
	rule.Authorities = []string{"BIS"}
	for name, req := range map[string]report.Request{
		"a company":   {Company: "b"},
		"a portfolio": {Portfolio: queries.Portfolio{{Company: "b"}, {Company: "c"}, {Company: "k"}}},
	} {
		req.Scope, req.Details, req.Version, req.Format, req.Rule, req.RuleFile = queries.Scope{AsOf: day}, store.Details, "v1", "md", rule, "bis.yaml"
		r, err := report.Make(context.Background(), v, req)
		if err != nil {
			t.Fatal(err)
		}
		var summary []string
		for _, sentence := range r.Summary {
			summary = append(summary, sentence.Plain())
		}
		if text := strings.Join(summary, "\n"); !strings.Contains(text, "Mine") || !strings.Contains(text, "blocked") {
			t.Errorf("%s: the summary does not tell that Mine is blocked:\n%s", name, text)
		}
	}
}
