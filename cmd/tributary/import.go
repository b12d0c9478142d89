package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
)

func importCommand(p *program) *cobra.Command {
	var o importer.Options
	var rejects, mapping string
	var memory int
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Import tables and JSON: companies, products, sources, relations",
		Long: `Imports files, folders of files, or standard input (-): CSV, JSON, JSON Lines, Excel workbooks or Parquet, plain,
gzip, zstd or zip. What the rows are is told by the header. Two columns are enough: supplier and buyer. Known
formats, such as those of GLEIF and OpenSanctions, are told by their content (formats lists them); any other file is
read as a mapping says (mapping suggest drafts one). Companies may be named by id, identifier (lei:...), name or alias;
order does not matter.

Importing the same files again changes nothing. An import that was killed goes on where it stopped when it is
repeated. Rows that cannot be imported are written to a file as they were, with row number and reason, and the
exit code is 5. docs/importing.md lists the columns.`,
		Example: `  tributary import vendors.csv
  tributary import companies.csv.gz relations.csv --dataset erp-2024
  tributary import vendors.csv --replace --dry-run
  tributary import 产业链.xlsx --mapping chain.yaml
  zcat feed.jsonl.gz | tributary import - --dataset feed -o json`,
		Args: wantArgs(1, -1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Memory = memory << 20
			if mapping != "" {
				if err := useMapping(cmd.Context(), &o, mapping); err != nil {
					return err
				}
			}
			written := &rejectFiles{folder: rejects, mapping: mapping}
			if rejects != "" && !o.DryRun {
				o.Rejects = written.open
			}
			return p.importInputs(cmd.Context(), p.inputs(args), o, written)
		},
	}
	inGroup(cmd, groupQuestion, func(f *pflag.FlagSet) {
		f.StringVar(&o.Dataset, "dataset", "", "`NAME` of what is imported (default: the name of the file or folder without extensions; several files need one); importing under one name again refines it")
		f.StringVar(&mapping, "mapping", "", "`FILE` that says how columns or fields become statements; see docs/mapping.md")
		f.BoolVar(&o.Replace, "replace", false, "this is all that the dataset says now: withdraw what it said before and does not say here")
		f.BoolVar(&o.DryRun, "dry-run", false, "report what would happen, and write nothing")
	})
	inGroup(cmd, groupWork, func(f *pflag.FlagSet) {
		f.StringVar(&rejects, "rejects", ".", "`FOLDER` for the files of rejected rows; empty: write none")
		f.IntVar(&o.BatchSize, "batch-size", 0, "statements committed at once, `N` (0: what the store is fastest with)")
		f.IntVar(&memory, "memory", 0, "memory for sorting in `MIB`; more is spooled to disk (0: 96)")
		f.StringVar(&o.TempDir, "temp-dir", "", "`FOLDER` that sorting spools to (default: that of the system)")
	})
	p.outputs(cmd)
	p.stores(cmd)
	return cmd
}

// rejectFiles opens the files of rejected rows, and remembers them.
type rejectFiles struct {
	folder  string
	mapping string // the file that says how they are read; empty where none does
	paths   []string
}

func (r *rejectFiles) open(name string) (io.WriteCloser, error) {
	r.paths = append(r.paths, filepath.Join(r.folder, name))
	w, err := importer.RejectsIn(r.folder)(name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRejectFile, err)
	}
	return w, nil
}

var errRejectFile = errors.New("no file for them can be made")

// inputs are what the arguments name; - is standard input.
func (p *program) inputs(args []string) []importer.Input {
	inputs := importer.Files(args...)
	for i, arg := range args {
		if arg == "-" {
			inputs[i] = importer.Input{Reader: p.in}
		}
	}
	return inputs
}

func (p *program) importInputs(ctx context.Context, inputs []importer.Input, o importer.Options, rejects *rejectFiles) error {
	if err := p.checkInputs(inputs); err != nil {
		return err // before a store is made for nothing
	}
	if o.DryRun {
		end, err := p.borrowStore()
		if err != nil {
			return err
		}
		defer end()
	}
	return p.withStore(ctx, toWrite, func(store graph.Store) error {
		report, err := p.runImport(ctx, store, inputs, o)
		if err != nil {
			return p.explainImport(err)
		}
		if err := p.render(p.importAnswer(report, rejects)); err != nil {
			return err
		}
		if report.Rejected+report.Refused > 0 {
			return &partialError{rejectedOf(report)}
		}
		return nil
	})
}

// rejectedOf says in one line that rows were rejected, or statements of them refused.
func rejectedOf(r *importer.Report) string {
	text := refusedOf(r)
	if r.Rejected > 0 && r.Refused > 0 {
		text = ", " + text
	}
	if r.Rejected > 0 {
		text = fmt.Sprintf("%s of %s rejected", plural(int(r.Rejected), "rows"), thousands(r.Rows)) + text
	}
	switch {
	case r.Rejected == r.Rows:
		return text + "; nothing is imported"
	case r.DryRun:
		return text + "; the others would be imported"
	}
	return text + "; the others are imported"
}

// refusedOf counts the statements that are not imported though their records are.
func refusedOf(r *importer.Report) string {
	if r.Refused == 0 {
		return ""
	}
	return plural(int(r.Refused), "statements") + " refused, as another record says otherwise or the sum is not allowed"
}

// borrowStore lets a dry run without a store have a passing one, so that it leaves no file behind.
func (p *program) borrowStore() (end func(), err error) {
	if _, err := os.Stat(p.store.target); err == nil || strings.Contains(p.store.target, "://") {
		return func() {}, nil
	}
	folder, err := os.MkdirTemp("", "tributary-dry-run-*")
	if err != nil {
		return nil, err
	}
	p.store.said, p.store.target = p.store.target, filepath.Join(folder, defaultStore)
	return func() { _ = os.RemoveAll(folder) }, nil // the system clears its folder of temporary files itself
}

func (p *program) checkInputs(inputs []importer.Input) error {
	for _, in := range inputs {
		if in.Reader != nil {
			continue
		}
		info, err := os.Stat(in.Path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			return noFile(in.Path)
		case err != nil:
			return unreadable(in.Path, err)
		case !info.Mode().IsRegular():
			continue // what is read of a pipe is gone
		}
		sqlite, err := isSQLite(in.Path)
		if err != nil {
			return unreadable(in.Path, err)
		}
		if sqlite {
			return hint(usagef("%s is an SQLite database, not a file to import", in.Path), "if it is a store of Tributary, ask it: %s stats --store %s; else export a table of it as CSV", p.self, shellWord(in.Path))
		}
	}
	return nil
}

// noFile says that there is no such file, and which one may be meant.
func noFile(path string) error {
	missing := fmt.Errorf("%w: %s: no such file or folder", graph.ErrNotFound, path)
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return hint(missing, "there is no folder %s either", filepath.Dir(path))
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if near := nearest(filepath.Base(path), names); near != "" {
		return hint(missing, "did you mean %s?", filepath.Join(filepath.Dir(path), near))
	}
	return hint(missing, "look at what is there: ls %s", filepath.Dir(path))
}

func unreadable(path string, err error) error {
	return hint(err, "look at who may read it: ls -l %s", filepath.Dir(path))
}

// isSQLite tells an SQLite file by how it begins.
func isSQLite(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	n, _ := io.ReadFull(f, head) // a short file is none
	return string(head[:n]) == magic, nil
}

// runImport imports, with progress on stderr.
func (p *program) runImport(ctx context.Context, store graph.Store, inputs []importer.Input, o importer.Options) (*importer.Report, error) {
	m := p.newMeter()
	defer m.end()
	o.Progress = func(x importer.Progress) { m.show(importStep(x)) }
	return importer.Import(ctx, store, inputs, o)
}

func importStep(x importer.Progress) step {
	s := step{done: x.Rows, total: x.TotalRows, part: -1, took: x.PhaseTime, unit: "rows"}
	switch x.Phase {
	case importer.PhaseRead:
		s.what = "reading and checking"
		s.total = 0
		if x.TotalBytes > 0 {
			s.part = float64(x.Bytes) / float64(x.TotalBytes)
		}
	case importer.PhaseWrite:
		s.what = "writing"
	default:
		s.what = "imported"
	}
	return s
}

func (p *program) explainImport(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return hint(err, "what was committed stays; the same command goes on there")
	case errors.Is(err, graph.ErrInvalid):
		return hint(err, "nothing of it was imported; %s import --help shows the form, docs/importing.md the columns", p.self)
	case errors.Is(err, errRejectFile):
		return hint(err, "name a folder that may be written, --rejects FOLDER, or --rejects '' to write none; the same import goes on where it stopped")
	}
	return err
}

func (p *program) importAnswer(r *importer.Report, rejects *rejectFiles) answer {
	return answer{
		whole: r, items: r.Rejections,
		print: func(o *printer) { p.printReport(o, r, rejects) },
		last: func(*printer) string {
			line := fmt.Sprintf("dataset %s; import %s; revision %d", r.Dataset, r.Key, r.Revision)
			if !r.DryRun {
				line += " of " + p.storeName()
			}
			return line
		},
	}
}

func (p *program) printReport(o *printer, r *importer.Report, rejects *rejectFiles) {
	verb := "Imported"
	switch {
	case r.DryRun:
		verb = "Would import (dry run, nothing written)"
	case r.AlreadyImported:
		verb = "These contents are in force already, nothing was done"
	}
	o.heading(fmt.Sprintf("%s: %s", verb, plural(int(r.Rows), "rows")))
	o.printf("  %s created, %s changed, %s unchanged, %s rejected", thousands(r.Created), thousands(r.Changed), thousands(r.Unchanged), thousands(r.Rejected))
	if r.Withdrawn > 0 {
		o.printf("; %s withdrawn", plural(int(r.Withdrawn), "statements"))
	}
	if r.Combined > 0 {
		o.printf("; %s say more of what another one speaks of", plural(int(r.Combined), "statements"))
	}
	if text := refusedOf(r); text != "" {
		o.printf("; %s", text)
	}
	if a := r.Answers; a != nil {
		o.printf("\n  %s answered, %s left alone; the answers make %s", plural(int(a.Answered), "questions"), thousands(a.Unanswered), plural(int(a.Claims), "claims"))
	}
	o.printf("\n\n")
	files := &table{columns: []column{{title: "FILE", least: 20}, {title: "HOLDS"}, {title: "ROWS", right: true}, {title: "REJECTED", right: true}}}
	for _, f := range r.Files {
		files.add(f.Name, f.Records, thousands(f.Rows), count(int(f.Rejected)))
	}
	o.table(files)
	for _, f := range r.Files {
		if f.Encoding != "" {
			o.printf("note: %s is in %s\n", f.Name, f.Encoding)
		}
		if f.Conversion != nil {
			printConversion(o, f.Name, f.Conversion)
		}
	}
	printNotes(o, r)
	p.printMentions(o, "company", "companies", r.Companies)
	p.printMentions(o, "product", "products", r.Products)
	p.printRejections(o, r, rejects)
}

// printConversion tells what became of the records of a file in another shape.
func printConversion(o *printer, file string, c *importer.Conversion) {
	o.printf("%s is read as %s: %s make %s; %s left out\n", file, c.Format, plural(int(c.Converted), "records"), plural(int(c.Statements), "statements"), thousands(c.LeftOut))
	for _, x := range c.Because {
		o.printf("  left out, %s: %s\n", printable(x.Reason), thousands(x.Records))
	}
	for _, text := range c.Notes {
		o.printf("  note: %s\n", printable(text))
	}
}

func printNotes(o *printer, r *importer.Report) {
	if len(r.SkippedFiles) > 0 {
		o.printf("\nskipped, no table or JSON by their names: %s\n", printable(strings.Join(r.SkippedFiles, ", ")))
	}
	for _, c := range r.ColumnsReadAs {
		o.printf("note: %s: column %q is read as %s\n", c.File, c.Column, c.ReadAs)
	}
	for _, c := range r.UnknownColumns {
		o.printf("note: %s: column %q is not known; kept as an attribute", c.File, c.Column)
		if c.DidYouMean != "" {
			o.printf(" (did you mean %s?)", c.DidYouMean)
		}
		o.printf("\n")
	}
	for _, w := range r.Warnings {
		o.printf("note: %s (%s)", w.Message, plural(int(w.Count), "times"))
		for i, e := range w.Examples {
			o.printf("%s %s", map[bool]string{true: ":", false: ";"}[i == 0], printable(exampleText(e)))
		}
		o.printf("\n")
	}
}

func exampleText(e importer.Example) string {
	if e.Row == 0 {
		return e.File + " " + e.Found
	}
	return e.File + " row " + strconv.FormatInt(e.Row, 10) + ", " + e.Found
}

// printMentions tells which names found their company, and which await a decision.
func (p *program) printMentions(o *printer, one, many string, m importer.Mentions) {
	merge := p.self + " merge" + p.onStore() + " "
	if one == "product" {
		merge += "--product "
	}
	if m.Absorbed+m.Provisional+m.Ambiguous > 0 {
		o.printf("\n%s named otherwise than by id: %s found, %s of their own until something describes them, %s ambiguous\n", many, thousands(m.Absorbed), thousands(m.Provisional), thousands(m.Ambiguous))
	}
	printAbsorbed(o, m.Absorbed, m.AbsorbedExamples)
	if len(m.ProvisionalExamples) > 0 {
		shown := m.ProvisionalExamples[:min(5, len(m.ProvisionalExamples))]
		o.printf("  of their own: %s", printable(strings.Join(shown, "; ")))
		if m.Provisional > len(shown) {
			o.printf("; and %s more", thousands(m.Provisional-len(shown)))
		}
		o.printf("\n  if one is a %s that is there: %sNAME ID\n", one, merge)
	}
	for _, near := range m.Near {
		o.printf("  %q is spelled nearly like %s (%s)\n", printable(near.Mention), printable(near.Near[0].Name), near.Near[0].ID)
	}
	printAmbiguous(o, m.Ambiguous, m.AmbiguousExamples, merge)
	if one == "company" && m.Provisional+m.Ambiguous > 0 {
		o.printf("  which of them are one company finds: %s resolve%s\n", p.self, p.onStore())
	}
	if e := m.Earlier; e != nil {
		o.printf("\n%s that earlier imports named and this one describes: %s found, %s ambiguous now\n", many, thousands(e.Absorbed), thousands(e.Ambiguous))
		printAbsorbed(o, e.Absorbed, e.AbsorbedExamples)
		printAmbiguous(o, e.Ambiguous, e.AmbiguousExamples, merge)
	}
}

// printAbsorbed shows what names became.
func printAbsorbed(o *printer, all int, examples []importer.AbsorbedMention) {
	if len(examples) == 0 {
		return
	}
	shown := make([]string, 0, 10)
	for _, a := range examples[:min(cap(shown), len(examples))] {
		shown = append(shown, a.Mention+" -> "+a.Is)
	}
	o.printf("  found: %s", printable(strings.Join(shown, "; ")))
	if all > len(shown) {
		o.printf("; and %s more", thousands(all-len(shown)))
	}
	o.printf("\n")
}

func printAmbiguous(o *printer, all int, examples []importer.AmbiguousMention, merge string) {
	for _, a := range examples {
		o.printf("  %q could be %s\n", printable(a.Mention), strings.Join(a.Candidates, ", "))
	}
	if all > 0 {
		o.printf("  decide with: %sNAME ID\n", merge)
	}
}

// shellWord is a text as a word of a command.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:", r)
	}
	if text != "" && text[0] != '-' && !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return text
	}
	text = printable(text)
	if strings.ContainsAny(text, "\"$`\\!") {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return `"` + text + `"`
}

func (p *program) printRejections(o *printer, r *importer.Report, rejects *rejectFiles) {
	if r.Rejected+r.Refused == 0 {
		return
	}
	o.printf("\n")
	t := &table{columns: []column{{title: "REJECTED IN", least: 16}, {title: "ROW", right: true}, {title: "COLUMN"}, {title: "FOUND", least: 12}, {title: "WHY", least: 20}}}
	for _, x := range r.Rejections {
		t.add(x.File, strconv.FormatInt(x.Row, 10), x.Column, x.Found, x.Reason)
	}
	o.table(t)
	if more := r.Rejected + r.Refused - int64(len(r.Rejections)); more > 0 {
		o.printf("and %s more\n", thousands(more))
	}
	for _, path := range rejects.paths {
		command := fmt.Sprintf("%s import %s --dataset %s", p.self, shellWord(path), shellWord(r.Dataset))
		if rejects.mapping != "" {
			command += " --mapping " + shellWord(rejects.mapping)
		}
		o.printf("the rejected rows are in %s; mend them there, then: %s%s\n", path, command, p.onStore())
	}
}
