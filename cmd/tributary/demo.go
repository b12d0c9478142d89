package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/sample"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/httpapi"
)

// demoStore keeps the demo apart from what the user imports.
const demoStore = "tributary-demo.db"

// What the demo tells of, in ids of the sample.
const (
	demoCompany  = "nvidia"
	demoSurprise = "ajinomoto"
	demoMade     = "abf-film"
	demoSupplier = "sk-hynix"
	demoProduct  = "hbm3e"
)

func demoCommand(p *program) *cobra.Command {
	var store storeFlags
	var addr string
	var noServe bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Import the sample, the AI-compute supply chain, and show what it answers",
		Long: `Imports the sample that comes with the program, the AI-compute supply chain from quartz to clouds, into a store
of its own; shows an answer with its evidence, and what nobody knows; then serves the API until Ctrl-C. Running
it again changes nothing. TRIBUTARY_STORE is not looked at: a demo does not go into your own graph.`,
		Example: `  tributary demo
  tributary demo --no-serve
  tributary demo --addr 127.0.0.1:9000 --store /tmp/demo.db`,
		Args: wantArgs(0, 0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.store = store
			if noServe {
				addr = ""
			}
			return p.withStore(cmd.Context(), toWrite, func(s graph.Store) error { return p.demo(cmd.Context(), s, addr) })
		},
	}
	inGroup(cmd, groupWork, func(f *pflag.FlagSet) {
		f.StringVar(&addr, "addr", defaultAddr, "`HOST:PORT` to serve the API on; the next free port where it is taken")
		f.BoolVar(&noServe, "no-serve", false, "end after the answers, without serving the API")
	})
	p.quietFlag(cmd)
	storeOptions(cmd, &store, demoStore)
	ignoreEnvironment(cmd, "store")
	return cmd
}

// demo imports the sample into the store, shows answers, and serves the API where addr is not empty.
func (p *program) demo(ctx context.Context, store graph.Store, addr string) error {
	if err := p.importSample(ctx, store); err != nil {
		return err
	}
	view, err := p.load(ctx, store)
	if err != nil {
		return err
	}
	o := &printer{w: p.out, width: p.width, colour: p.colour}
	d := demonstration{o: o, view: view, store: store, ask: p.self, suffix: " --store " + p.store.target}
	for _, part := range []func(context.Context) error{d.surprise, d.interval, d.stops, d.exposed, d.soleSources, d.common} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("the sample is imported, but does not answer as it should: %w", err)
		}
	}
	d.yourTurn()
	if addr == "" {
		return nil
	}
	return p.serveDemo(ctx, o, store, addr)
}

// importSample imports the files of the sample, as those of a user.
func (p *program) importSample(ctx context.Context, store graph.Store) error {
	inputs, err := importer.FilesOf(sample.FS(), "*.csv")
	if err != nil {
		return err
	}
	fmt.Fprintf(p.out, "Importing the sample (%s) into %s\n", plural(len(inputs), "files"), p.store.target)
	m := p.newMeter()
	m.patience = 0 // it is small, but part of the show
	defer m.end()
	began := time.Now()
	report, err := importer.Import(ctx, store, inputs, importer.Options{Dataset: "sample", Progress: func(x importer.Progress) { m.show(importStep(x)) }})
	m.end()
	if err != nil {
		return err
	}
	if report.AlreadyImported {
		fmt.Fprintf(p.out, "It is there already: %s, nothing to do\n", plural(int(report.Rows), "rows"))
		return nil
	}
	fmt.Fprintf(p.out, "%s in %s: %s created, %s changed, %s rejected\n", plural(int(report.Rows), "rows"), time.Since(began).Round(10*time.Millisecond),
		thousands(report.Created), thousands(report.Changed), thousands(report.Rejected))
	return nil
}

// demonstration shows what the sample answers.
type demonstration struct {
	o      *printer
	view   *graph.View
	store  graph.Store
	ask    string // the program
	suffix string // of each command
}

func (d *demonstration) command(format string, args ...any) {
	d.o.printf("    %s %s%s\n", d.ask, fmt.Sprintf(format, args...), d.suffix)
}

// width is that of paragraphs and tables: what reads well, or the terminal where it is narrower.
func (d *demonstration) width(most int) int {
	if d.o.width > 0 {
		return min(most, d.o.width)
	}
	return most
}

// table prints a table with a margin.
func (d *demonstration) table(t *table) {
	var b strings.Builder
	t.write(&b, d.width(120)-2, d.o.colour)
	for line := range strings.Lines(b.String()) {
		d.o.printf("  %s", line)
	}
}

// wrap prints a paragraph.
func (d *demonstration) wrap(indent, text string) {
	width := d.width(96)
	line := indent
	for _, word := range strings.Fields(printable(text)) {
		if line != indent && cells.StringWidth(line)+1+cells.StringWidth(word) > width {
			d.o.printf("%s\n", line)
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	d.o.printf("%s\n", line)
}

// surprise tells who stands where nobody looks, and who says so.
func (d *demonstration) surprise(ctx context.Context) error {
	tiers, err := queries.Suppliers(ctx, d.view, queries.TiersRequest{Company: demoCompany})
	if err != nil {
		return err
	}
	var row *queries.TierRow
	for i := range tiers.Items {
		if tiers.Items[i].ID == demoSurprise {
			row = &tiers.Items[i]
		}
	}
	if row == nil {
		return fmt.Errorf("%w: %s among the suppliers of %s", graph.ErrNotFound, demoSurprise, demoCompany)
	}
	made, err := d.relation(ctx, graph.RelationKey{Kind: graph.KindMakes, From: demoSurprise, To: demoMade})
	if err != nil {
		return err
	}
	claim := mostQuotable(made.Claims)
	if claim == nil {
		return fmt.Errorf("%w: a sentence on %s", graph.ErrNotFound, made.ID)
	}
	d.o.printf("\n")
	d.o.heading("A surprise")
	d.wrap("  ", fmt.Sprintf("%s is known for seasoning. With %s it stands %d tiers behind %s, through %s. How much of the world's %s it makes, in the words of one page:",
		row.Name, made.To.Name, row.Tier, tiers.Company.Name, refNames(row.Via), made.To.Name))
	d.o.printf("\n")
	d.evidence(claim)
	d.o.printf("\n")
	d.wrap("  ", "A bound is no number: the sentence is kept as it stands, and no share is made up from it.")
	d.o.printf("\n  Every hop, with its sentence and address:\n")
	d.command("paths %s %s --evidence", demoSurprise, demoCompany)
	return nil
}

// interval tells what is not known, and what would narrow it.
func (d *demonstration) interval(ctx context.Context) error {
	rivals, err := queries.Suppliers(ctx, d.view, queries.TiersRequest{Company: demoCompany, Depth: 1, Product: demoProduct})
	if err != nil {
		return err
	}
	relation, err := d.relation(ctx, graph.RelationKey{Kind: graph.KindSupplies, From: demoSupplier, To: demoCompany, Product: demoProduct})
	if err != nil {
		return err
	}
	if relation.Share == nil || relation.Product == nil {
		return fmt.Errorf("%w: a share of %s", graph.ErrNotFound, relation.ID)
	}
	names := make([]string, len(rivals.Items))
	for i, r := range rivals.Items {
		names[i] = r.Name
	}
	d.o.printf("\n")
	d.o.heading("An honest interval")
	d.wrap("  ", fmt.Sprintf("How much of %s's %s comes from %s? Between %s. %s are documented (%s), the firmest at %s confidence, but no source states a share, "+
		"so none is made up: unknown is not zero, and not a third each.", relation.To.Name, relation.Product.Name, relation.From.Name, strings.Replace(intervalRange(relation.Share), "–", " and ", 1),
		plural(len(names), "suppliers"), strings.Join(names, ", "), percent(greatestConfidence(rivals.Items))))
	d.wrap("  ", fmt.Sprintf("What would narrow it: one page that states, for a year, which part of %s's %s any one of them delivers. It narrows the others too.", relation.To.Name, relation.Product.Name))
	d.o.printf("\n  What each source says of it:\n")
	d.command("claims %s %s --product %s", demoSupplier, demoCompany, demoProduct)
	return nil
}

func greatestConfidence(rows []queries.TierRow) (most float64) {
	for _, r := range rows {
		most = max(most, r.Confidence)
	}
	return most
}

func (d *demonstration) relation(ctx context.Context, key graph.RelationKey) (*queries.RelationAnswer, error) {
	return queries.Relation(ctx, d.view, queries.RelationRequest{ID: key.ID(), Details: d.store.Details})
}

// mostQuotable is the claim with a quote and an address that is most worth believing; nil when there is none.
func mostQuotable(claims []queries.ClaimRow) (best *queries.ClaimRow) {
	for i := range claims {
		c := &claims[i]
		if c.Quote != "" && c.Source != nil && c.Source.URL != "" && c.Counts && (best == nil || c.Confidence > best.Confidence) {
			best = c
		}
	}
	return best
}

func (d *demonstration) evidence(c *queries.ClaimRow) {
	d.wrap("    ", "“"+c.Quote+"”")
	d.wrap("    ", "— "+sourceTitle(c))
	d.o.printf("    %s\n", printable(c.Source.URL))
}

// yourTurn says how little it takes.
func (d *demonstration) yourTurn() {
	d.o.printf("\n")
	d.o.heading("Your turn")
	d.o.printf("  A file with two columns is enough. Names that the graph knows are found in it:\n\n")
	d.o.printf("    printf 'supplier,buyer\\nSupermicro,My Company\\nDell,My Company\\n' > vendors.csv\n")
	d.command("import vendors.csv")
	d.command("suppliers %q --depth 4", "My Company")
	d.o.printf("\n  Without the sample: leave --store out, and your own graph is kept in %s.\n", defaultStore)
}

// serveDemo serves the page and the API until Ctrl-C.
func (p *program) serveDemo(ctx context.Context, o *printer, store graph.Store, addr string) error {
	listener, err := listenNear(ctx, addr)
	if err != nil {
		return err
	}
	at := listener.Addr().String()
	o.printf("\n")
	o.heading("The page and the API")
	if at != addr {
		o.printf("  %s is taken, so this is another port.\n", addr)
	}
	o.printf("  http://%s is the explorer, and http://%s/docs describes the API. Try:\n\n    curl 'http://%s/v1/companies/%s/suppliers?depth=2&limit=3'\n\n  Ctrl-C stops it; %s stays.\n", at, at, at, demoCompany, filepath.Base(p.store.target))
	quiet := p.output.quiet
	p.output.quiet = true // the log of requests would bury what was just said
	defer func() { p.output.quiet = quiet }()
	return p.serveOn(ctx, listener, store, httpapi.Config{Log: p.logger("text")})
}
