package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// Options say how to import. The zero value is a good choice.
type Options struct {
	// Dataset names what is imported; rows with a dataset column name their own. Default: the base name of
	// the input, without extensions; several inputs have none.
	Dataset string
	// Replace withdraws what the dataset said before and these inputs do not say: they are all that the
	// dataset says now.
	Replace bool
	// DryRun reports what an import would do, and writes nothing to the store.
	DryRun bool
	// BatchSize is how many statements are committed at once; 0 leaves it to the store.
	BatchSize int
	// Memory is about how many bytes sorting may hold; what is more is spooled to TempDir. 0 is 96 MiB.
	Memory int
	// TempDir is where sorting spools to; empty is the folder of os.TempDir.
	TempDir string
	// Preview is how many of the first records the report of a dry run shows as they would land, and as many statements
	// that are added up.
	Preview int
	// Format, where not empty, is the known format that every input must have; one of another form is an error.
	Format string
	// Conversion says how the records of the inputs become rows of ours: a mapping. nil leaves it to the content: a
	// format that is known, else columns of ours.
	Conversion *records.Conversion
	// MaxBytes is the most that one input may have, decompressed; 0 is no limit.
	MaxBytes int64
	// Rejects opens what the rejected rows of an input are written to, by a suggested file name; see
	// RejectsIn. It is called for inputs with rejected rows only. nil writes none.
	Rejects func(name string) (io.WriteCloser, error)
	// Progress is called now and then, from one goroutine at a time.
	Progress func(Progress)
	// Now is the time of the import; zero is the present.
	Now time.Time
}

const (
	defaultMemory    = 96 << 20
	defaultBatchSize = 20_000
)

// Progress tells how far an import is.
type Progress struct {
	Phase      Phase
	Rows       int64 // read, or written
	TotalRows  int64 // 0 while not known
	Bytes      int64 // of the inputs as stored, read so far
	TotalBytes int64 // 0 when not known
	Elapsed    time.Duration
	PhaseTime  time.Duration // since the phase began: Rows by it is the rate
}

// Phase is what an import is doing.
type Phase string

// The phases, in order.
const (
	PhaseRead  Phase = "read"
	PhaseWrite Phase = "write"
	PhaseDone  Phase = "done"
)

// record of an import, kept with it in the store.
type info struct {
	Format    int      `json:"format"` // of the importer: another one cuts batches otherwise
	BatchSize int      `json:"batch_size"`
	Replace   bool     `json:"replace,omitempty"`
	Datasets  []string `json:"datasets,omitempty"` // that rows named beside the import's own
	Files     []string `json:"files"`
	// Before is the revision of the store when the import began; nil in records of earlier versions.
	Before *graph.Revision `json:"before,omitempty"`
	Merges []merged        `json:"merges,omitempty"` // decisions that the import wrote; complete imports only
	Report *Report         `json:"report,omitempty"` // likewise
}

// format changes when the same inputs would make other batches.
const format = 1

// merged is a decision that an import wrote, with the one that it replaced.
type merged struct {
	Kind      string    `json:"kind"`
	Record    string    `json:"record"`
	Canonical string    `json:"canonical"`
	By        string    `json:"by,omitempty"`
	Why       string    `json:"why,omitempty"`
	At        time.Time `json:"at"`
	Before    *merged   `json:"before,omitempty"`
}

// Import reads the inputs in their order and writes what they say to the store.
//
// Rows that cannot be imported are rejected one by one and listed in the report. An input that cannot be
// imported as a whole (no columns that are known, not text, cut short) is an error that wraps
// [graph.ErrInvalid] (no such file: [graph.ErrNotFound]), and leaves the store as it was. An import that an error
// of the store, a cancelled context or a kill broke off leaves whole batches behind; calling Import again with the
// same inputs goes on there.
func Import(ctx context.Context, store graph.Store, inputs []Input, opts Options) (*Report, error) {
	im, err := newImporting(store, inputs, opts)
	if err != nil {
		return nil, err
	}
	report, err := im.run(ctx)
	if closing := im.rd.Close(); err == nil && closing != nil {
		err = closing
	}
	if err != nil {
		return nil, im.broken(err)
	}
	return report, nil
}

// importing is one import under way.
type importing struct {
	store   graph.Store
	opts    Options
	dataset string
	rd      *reading
	report  *Report

	key  string
	info info
	done int // batches that an earlier run of this import wrote
	// counts are those of the earlier runs, then also of this one.
	counts graph.Counts
	nodes  *mentionCollector
}

func newImporting(store graph.Store, inputs []Input, opts Options) (*importing, error) {
	if err := checkFormat(&opts); err != nil {
		return nil, err
	}
	files, skipped, err := expand(inputs)
	if err != nil {
		return nil, err
	}
	dataset := graph.Clean(opts.Dataset)
	if dataset == "" && len(inputs) > 1 {
		return nil, fmt.Errorf("%w: several inputs are one dataset, and none of them gives its name; name it (--dataset NAME), or import a folder", graph.ErrInvalid)
	}
	if dataset == "" {
		dataset = datasetOf(inputs[0])
	}
	if dataset == "" {
		return nil, fmt.Errorf("%w: the inputs give no name for the dataset; name it", graph.ErrInvalid)
	}
	if opts.Memory <= 0 {
		opts.Memory = defaultMemory
	}
	if opts.TempDir == "" {
		opts.TempDir = os.TempDir()
	}
	if opts.Now.IsZero() {
		opts.Now = time.Now()
	}
	opts.Now = opts.Now.UTC().Truncate(time.Second)
	im := &importing{store: store, opts: opts, dataset: dataset, nodes: newMentionCollector()}
	im.report = &Report{Dataset: dataset, DryRun: opts.DryRun, SkippedFiles: skipped, Files: make([]FileReport, len(files))}
	for i, f := range files {
		if opts.Conversion != nil {
			files[i].encoding = opts.Conversion.Layout.Encoding
		}
		im.report.Files[i].Name = f.name
		im.info.Files = append(im.info.Files, f.name)
	}
	w := &warnings{}
	if !opts.DryRun {
		opts.Preview = 0
	}
	im.rd = &reading{preview: preview{limit: opts.Preview}, opts: &im.opts, files: files, report: im.report, warnings: w,
		parser: newRowParser(dataset, opts.Replace, opts.Now, w), progress: newProgress(opts.Progress, files),
		answers: answers{today: graph.DateOf(opts.Now)},
		rejects: make([]*rejects, len(files)), copies: make([]*Spool, len(files)),
		records: newSorter(opts.TempDir, opts.Memory*3/4), shares: newSorter(opts.TempDir, opts.Memory/4)}
	return im, nil
}

func (im *importing) run(ctx context.Context) (*Report, error) {
	if report, err := im.early(ctx); report != nil || err != nil {
		return report, err
	}
	if err := im.rd.readAll(ctx); err != nil {
		return nil, err
	}
	if im.report.Rows == 0 {
		return nil, fmt.Errorf("%w: %s: has a header and no rows; nothing to import", graph.ErrInvalid, im.rd.files[0].name)
	}
	imports, err := im.store.Imports(ctx)
	if err != nil {
		return nil, err
	}
	im.report.Key = im.importKey(im.rd.digest)
	already, err := im.settle(imports)
	if err != nil {
		return nil, err
	}
	if already != nil {
		return im.alreadyImported(already)
	}
	nothing := im.report.Rejected == im.report.Rows || im.report.Refused > 0 && im.rd.records.records == 0
	if im.opts.Replace && nothing {
		return nil, fmt.Errorf("%w: every row was rejected (the first: %s); replacing dataset %q would withdraw all that it says", graph.ErrInvalid, im.report.Rejections[0].Reason, im.dataset)
	}
	if err := im.rd.checkShares(ctx); err != nil {
		return nil, err
	}
	im.nodes.watch = im.fewBefore(imports)
	if err := im.begin(ctx); err != nil {
		return nil, err
	}
	if err := im.write(ctx); err != nil {
		return nil, err
	}
	return im.finish(ctx)
}

// begin notes the revision that the import begins at, unless it goes on.
func (im *importing) begin(ctx context.Context) error {
	if im.done > 0 {
		return nil
	}
	head, err := im.store.Head(ctx)
	if err == nil {
		im.info.Before = &head.Revision
	}
	return err
}

// fewBefore reports whether other imports wrote something, and so little that looking through it takes no time.
func (im *importing) fewBefore(imports []graph.Import) bool {
	statements := 0
	for _, x := range imports {
		if x.Key != im.key && x.Status != graph.ImportUndone {
			statements += x.Counts.Created
		}
	}
	return statements > 0 && statements <= maxEarlier
}

// early spares the work of reading files that are in force already: hashing them is much faster.
func (im *importing) early(ctx context.Context) (*Report, error) {
	imports, err := im.store.Imports(ctx)
	if err != nil {
		return nil, err
	}
	known := slices.ContainsFunc(imports, func(i graph.Import) bool { return i.Dataset == im.dataset && i.Status == graph.ImportComplete })
	readers := slices.ContainsFunc(im.rd.files, func(f file) bool { return f.reader != nil })
	if !known || readers || im.opts.Rejects != nil {
		return nil, nil
	}
	all := sha256.New()
	for _, f := range im.rd.files {
		digest, _, err := digestOf(ctx, f)
		if err != nil {
			return nil, err
		}
		all.Write(digest[:])
	}
	im.report.Key = im.importKey([sha256.Size]byte(all.Sum(nil)))
	if already, err := im.settle(imports); already != nil && err == nil {
		return im.alreadyImported(already)
	}
	return nil, nil // reading says what is wrong, if anything is
}

// importKey identifies an import by dataset, settings, mapping and contents.
func (im *importing) importKey(contents [sha256.Size]byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "tributary import %d\x00%s\x00%t\x00", format, im.dataset, im.opts.Replace)
	if im.opts.Conversion != nil {
		fmt.Fprintf(h, "conversion %s\x00", im.opts.Conversion.Key)
	}
	h.Write(contents[:])
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// settle decides under which key the import goes on, and where. It returns the import that has done all of it
// already, if one has and what it wrote is still in force.
//
// Importing what was imported before is no work, unless another import changed the dataset since: then it is an
// import of its own, under the key with a number.
func (im *importing) settle(imports []graph.Import) (already *graph.Import, err error) {
	base := im.report.Key
	family := 0
	var last *graph.Import
	for i := range imports {
		x := &imports[i]
		if x.Key != base && !strings.HasPrefix(x.Key, base+".") {
			continue
		}
		family++
		if x.Status != graph.ImportUndone {
			last = x
		}
	}
	im.key = base
	im.info.Format, im.info.BatchSize, im.info.Replace = format, im.batchSize(), im.opts.Replace
	im.info.Datasets = slices.Sorted(maps.Keys(im.rd.parser.datasets))
	switch {
	case last == nil:
	case last.Status == graph.ImportUndoing:
		return nil, fmt.Errorf("%w: the import %s of these contents is being undone; finish that first (imports undo %s)", graph.ErrConflict, last.Key, last.Key)
	case last.Status == graph.ImportRunning:
		err = im.resume(last)
	case superseded(last, imports):
		im.key = fmt.Sprintf("%s.%d", base, family+1)
	default:
		im.key, already = last.Key, last
	}
	im.report.Key = im.key
	return already, err
}

// resume goes on with an import that was broken off.
func (im *importing) resume(x *graph.Import) error {
	var before info
	if err := json.Unmarshal(x.Info, &before); err != nil || before.Format != format || before.BatchSize < 1 {
		return fmt.Errorf("%w: the import %s of these contents was begun by another version and broken off; undo it (imports undo %s) and import again", graph.ErrConflict, x.Key, x.Key)
	}
	im.key, im.done, im.counts = x.Key, x.Batches, x.Counts
	im.info.BatchSize, im.info.Before = before.BatchSize, before.Before
	return nil
}

// superseded reports whether a later import may have changed what x left of its datasets. Where x was all that
// its dataset said, what another one added to it counts too.
func superseded(x *graph.Import, imports []graph.Import) bool {
	mine, replaced := datasetsOf(x), replaces(x)
	return slices.ContainsFunc(imports, func(later graph.Import) bool {
		if later.Seq <= x.Seq || later.Status == graph.ImportUndone {
			return false
		}
		if c := later.Counts; c.Changed+c.Withdrawn == 0 && (!replaced || c.Created == 0) {
			return false
		}
		return slices.ContainsFunc(datasetsOf(&later), func(d string) bool { return slices.Contains(mine, d) })
	})
}

// replaces reports whether an import said that it is all that its dataset says.
func replaces(x *graph.Import) bool {
	var i info
	return json.Unmarshal(x.Info, &i) == nil && i.Replace
}

// datasetsOf are the datasets that an import wrote.
func datasetsOf(x *graph.Import) []string {
	var i info
	if json.Unmarshal(x.Info, &i) != nil {
		return []string{x.Dataset} // the record of another program
	}
	return append(i.Datasets, x.Dataset)
}

func (im *importing) batchSize() int {
	if im.opts.BatchSize > 0 {
		return im.opts.BatchSize
	}
	if sizer, ok := im.store.(graph.BatchSizer); ok && sizer.BatchSize() > 0 {
		return sizer.BatchSize()
	}
	return defaultBatchSize
}

// alreadyImported is the report when there is nothing to do.
func (im *importing) alreadyImported(x *graph.Import) (*Report, error) {
	original, err := ReportOf(x)
	if err != nil {
		return nil, err
	}
	out := *original
	out.Created, out.Changed, out.Withdrawn, out.Unchanged = 0, 0, 0, original.Created+original.Changed+original.Unchanged
	out.DryRun, out.AlreadyImported, out.Key, out.Original = im.opts.DryRun, true, x.Key, original
	out.Preview = im.rd.preview.records
	im.rd.progress.finish(out.Rows)
	return &out, nil
}

// ReportOf is the report of an import that was completed, from its record in the store. That record is written
// in the batch that completes the import, before its revision is known; the store knows it.
func ReportOf(x *graph.Import) (*Report, error) {
	var i info
	if err := json.Unmarshal(x.Info, &i); err != nil || i.Report == nil {
		return nil, fmt.Errorf("%w: the record of import %s cannot be read", graph.ErrSchema, x.Key)
	}
	i.Report.Revision = x.Revision
	return i.Report, nil
}

// write applies the batches that were not applied yet.
func (im *importing) write(ctx context.Context) error {
	var rejected *sorter
	if im.opts.Rejects != nil {
		rejected = newSorter(im.opts.TempDir, im.opts.Memory/8)
		defer rejected.Close()
	}
	batches := make(chan *batch, 1)
	b := newBatcher(im.info.BatchSize, batches)
	twice := &duplicates{rd: im.rd, sorter: rejected}
	b.duplicate, b.combine = twice.reject, twice.combine
	if err := twice.addLate(); err != nil {
		return err
	}
	b.see = im.nodes.see
	group, both := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(batches)
		err := im.rd.records.sorted(both, func(r *record) error { return b.add(both, r) })
		if err != nil {
			return err
		}
		return b.flush(both)
	})
	group.Go(func() error {
		for x := range batches {
			if err := im.apply(both, x); err != nil {
				return err
			}
			im.rd.progress.writing(x.rows, im.rd.records.records)
			b.recycle(x)
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return err
	}
	im.report.Unchanged += b.unchanged
	im.report.Combined += b.joined
	if err := im.sweep(ctx, b.ordinal); err != nil {
		return err
	}
	if rejected == nil {
		return nil
	}
	return im.rd.rejectDuplicates(ctx, rejected)
}

// step is the import step with the given ordinal. A dry run pretends that each batch is the next one: batches
// do not depend on one another.
func (im *importing) step(ordinal int) *graph.ImportStep {
	if im.opts.DryRun {
		ordinal = im.done + 1
	}
	encoded, _ := json.Marshal(im.info) // made of text and numbers: it always encodes
	return &graph.ImportStep{Key: im.key, Dataset: im.dataset, Ordinal: ordinal, Info: encoded, Time: im.opts.Now}
}

func (im *importing) apply(ctx context.Context, b *batch) error {
	if b.ordinal <= im.done {
		return nil
	}
	applied, err := im.store.Apply(ctx, graph.Batch{Import: im.step(b.ordinal), Statements: b.statements, DryRun: im.opts.DryRun})
	if err != nil {
		return err
	}
	im.counts.Add(applied.Counts)
	return nil
}

// broken tells of an error that ended an import in its midst how to go on.
func (im *importing) broken(err error) error {
	if im.opts.DryRun {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, graph.ErrUnavailable) {
		return fmt.Errorf("the import stopped; importing the same again goes on where it stopped: %w", err)
	}
	return err
}

// finish writes the last step and completes the report.
func (im *importing) finish(ctx context.Context) (*Report, error) {
	current, err := im.nodes.finish(ctx, im.store, im.dryNodes(), im.report)
	if err != nil {
		return nil, err
	}
	decisions := im.decide(current)
	if !im.opts.DryRun {
		// Another process may have written a part of this import at the same time: the store knows.
		done, err := im.recount(ctx)
		if err != nil || done {
			return im.report, err
		}
	}
	im.report.Created += int64(im.counts.Created)
	im.report.Changed += int64(im.counts.Changed)
	im.report.Unchanged += int64(im.counts.Unchanged)
	im.report.Withdrawn += int64(im.counts.Withdrawn)
	im.report.Warnings = im.rd.warnings.list()
	if im.opts.DryRun {
		im.report.Preview = im.rd.preview.records
		head, err := im.store.Head(ctx)
		im.report.Revision = head.Revision
		im.rd.progress.finish(im.report.Rows)
		return im.report, err
	}
	im.info.Report = im.report
	last := im.step(im.done + 1)
	last.Final = true
	applied, err := im.store.Apply(ctx, graph.Batch{Import: last, Merge: decisions})
	if err != nil {
		return nil, err
	}
	im.report.Revision = applied.Revision
	im.rd.progress.finish(im.report.Rows)
	return im.report, nil
}

// recount takes the counts of all batches, and how many there were, from the store. When another process has
// completed the import meanwhile, the report is its report.
func (im *importing) recount(ctx context.Context) (done bool, err error) {
	imports, err := im.store.Imports(ctx)
	if err != nil {
		return false, err
	}
	im.counts, im.done = graph.Counts{}, 0 // no batch: only decisions, or nothing accepted
	for _, x := range slices.Backward(imports) {
		if x.Key != im.key || x.Status == graph.ImportUndone {
			continue
		}
		if x.Status == graph.ImportComplete {
			im.report, err = im.alreadyImported(&x)
			return true, err
		}
		im.counts, im.done = x.Counts, x.Batches
		break
	}
	return false, nil
}

// decide works out which decisions are new, given those in force, and counts the rows.
func (im *importing) decide(current map[graph.NodeKey]graph.Sameness) (out []graph.Sameness) {
	seen := map[graph.NodeKey]decision{}
	for _, d := range im.rd.merges {
		if first, twice := seen[d.NodeKey]; twice {
			im.decideAgain(first, d)
			continue
		}
		seen[d.NodeKey] = d
		before, known := current[d.NodeKey]
		switch {
		case known && before.Canonical == d.Canonical && before.By == d.By && before.Why == d.Why && (before.At.Equal(d.At) || d.At.Equal(im.opts.Now)):
			im.report.Unchanged++
			continue
		case known:
			im.report.Changed++
		default:
			im.report.Created++
		}
		record := mergedOf(d.Sameness)
		if known {
			earlier := mergedOf(before)
			record.Before = &earlier
		}
		im.info.Merges = append(im.info.Merges, record)
		out = append(out, d.Sameness)
	}
	return out
}

// decideAgain counts a second row about one record.
func (im *importing) decideAgain(first, second decision) {
	if first.Sameness == second.Sameness {
		im.report.Unchanged++
		return
	}
	firstFile, firstRow := positionOf(first.position)
	number, line := positionOf(second.position)
	im.report.Files[number].Rejected++
	found := second.ID
	if a, b, pair := second.Pair(); pair {
		found = a + ", " + b
	}
	im.report.reject(Rejection{File: im.rd.files[number].name, Row: line, Column: columnRecord, Found: found,
		Reason: fmt.Sprintf("row %d of %s decides about %q already, otherwise; the first row is kept", firstRow, im.rd.files[firstFile].name, cut(found))})
}

func mergedOf(s graph.Sameness) merged {
	return merged{Kind: s.Kind.String(), Record: s.ID, Canonical: s.Canonical, By: s.By, Why: s.Why, At: s.At}
}

func (m merged) sameness() (graph.Sameness, error) {
	kind, err := graph.ParseKind(m.Kind)
	return graph.Sameness{NodeKey: graph.NodeKey{Kind: kind, ID: m.Record}, Canonical: m.Canonical, By: m.By, Why: m.Why, At: m.At}, err
}
