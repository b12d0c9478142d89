package neo4jstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/tributarygraph/tributary/graph"
)

const (
	defaultLimit = 10_000 // statements a call of a sweep or an undo
	bulkBatch    = 1_000  // a first load in batches of at least so many statements is not logged one by one
	keptCalls    = 32     // results of calls without an import step that are remembered
)

// errCollided stops a batch that was written as if its statements were new, when one of them is not.
var errCollided = errors.New("a claim exists already")

// Apply writes a batch in one transaction. The transaction first locks the one meta node, so writers take turns;
// see [graph.Store.Apply] for the rest of the contract.
//
// A commit whose acknowledgement was lost is found again: each call carries an id of its own, which the import,
// or the meta node for batches without an import step, remembers with what the call did.
func (s *Store) Apply(ctx context.Context, b graph.Batch) (graph.Applied, error) {
	if err := check(&b); err != nil {
		return graph.Applied{}, err
	}
	a := application{batch: &b, call: uuid.NewString()}
	applied, err := s.apply(ctx, &a)
	if errors.Is(err, errCollided) {
		a.careful = true
		applied, err = s.apply(ctx, &a)
	}
	return applied, err
}

func (s *Store) apply(ctx context.Context, a *application) (applied graph.Applied, err error) {
	transact := s.write
	if a.batch.DryRun {
		transact = s.read
	}
	err = transact(ctx, func(tx transaction) (err error) {
		attempt := application{transaction: tx, batch: a.batch, call: a.call, careful: a.careful}
		applied, err = attempt.run()
		return err
	})
	return applied, err
}

func check(b *graph.Batch) error {
	if err := b.Check(); err != nil {
		return err
	}
	for i := range b.Statements {
		key := &b.Statements[i].Key
		if key.From == "" {
			return fmt.Errorf("%w: a statement without id: %s", graph.ErrInvalid, key.ID())
		}
		for _, id := range []string{key.From, key.To, key.Dataset, key.Source} {
			if len(id) > maxNodeID {
				return fmt.Errorf("%w: %.40s... has %d bytes; Neo4j finds nodes by ids of up to %d", graph.ErrInvalid, id, len(id), maxNodeID)
			}
		}
	}
	return nil
}

// application is one attempt to write a batch.
type application struct {
	transaction
	batch   *graph.Batch
	call    string // id of the call of Apply
	careful bool   // look everything up, also where it ought to be new

	meta   meta
	im     *graph.Import // the import of the batch; nil when it has none
	cursor cursor        // where its sweep or undo goes on
	fresh  bool          // no statement of the batch can exist yet
}

func (a *application) run() (applied graph.Applied, err error) {
	if !a.batch.DryRun {
		if err := a.lock(); err != nil {
			return applied, err
		}
	}
	if a.meta, err = a.transaction.meta(); err != nil {
		return applied, err
	}
	if applied, done, err := a.begin(); done || err != nil {
		return applied, err
	}
	if err := a.setState(); err != nil {
		return applied, err
	}
	plan, more, err := a.plan()
	if err != nil {
		return applied, err
	}
	merges, err := a.decisions()
	if err != nil {
		return applied, err
	}
	applied = graph.Applied{Counts: plan.Counts, Revision: a.meta.revision, More: more}
	if plan.Counts.Changes() > 0 || len(merges) > 0 {
		applied.Revision++
	}
	if a.batch.DryRun {
		return applied, nil
	}
	if err := a.write(plan); err != nil {
		return applied, err
	}
	if err := a.decide(merges, applied.Revision); err != nil {
		return applied, err
	}
	return applied, a.finish(plan, applied)
}

// outcome is what a call did, as it is remembered.
type outcome struct {
	Call    string        `json:"call"`
	Applied graph.Applied `json:"applied"`
}

// ofThisCall is the outcome that an earlier attempt of this call left.
func (a *application) ofThisCall(remembered any) (applied graph.Applied, found bool) {
	var o outcome
	if encoded, ok := remembered.(string); ok && json.Unmarshal([]byte(encoded), &o) == nil && o.Call == a.call {
		return o.Applied, true
	}
	return graph.Applied{}, false
}

// begin finds the import of the batch, or begins it. done says that nothing is left to do.
func (a *application) begin() (applied graph.Applied, done bool, err error) {
	for _, remembered := range a.meta.calls {
		if applied, found := a.ofThisCall(remembered); found {
			return applied, true, nil
		}
	}
	step := a.batch.Import
	if step == nil && a.batch.Undo == "" {
		return applied, false, nil
	}
	key := a.batch.Undo
	if step != nil {
		key = step.Key
	}
	err = a.each("MATCH (i:TributaryImport {key: $key}) RETURN properties(i) ORDER BY i.seq DESC LIMIT 1", map[string]any{"key": key}, func(row []any) error {
		properties := row[0].(map[string]any)
		im := decodeImport(properties)
		a.im, a.cursor = &im, decodeCursor(properties)
		applied, done = a.ofThisCall(properties["outcome"])
		return nil
	})
	if err != nil || done {
		return applied, done, err
	}
	repeated := false
	switch {
	case step != nil:
		if repeated, err = a.batch.Turn(a.im); err != nil {
			return applied, false, errMade{err}
		}
	case a.im == nil:
		return applied, false, errMade{fmt.Errorf("%w: no import has the key %q", graph.ErrNotFound, key)}
	default:
		repeated = a.im.Status == graph.ImportUndone
	}
	if repeated {
		return graph.Applied{Repeated: true, Revision: a.meta.revision}, true, nil
	}
	if a.im == nil || step != nil && a.im.Status == graph.ImportUndone {
		a.meta.imports++
		a.im = &graph.Import{Seq: a.meta.imports, Key: key, Dataset: step.Dataset, Started: step.Time}
		a.cursor = cursor{}
	}
	return applied, false, nil
}

// plan finds out what the batch has to do to statements.
func (a *application) plan() (plan graph.Plan, more bool, err error) {
	head := a.meta.revision
	switch {
	case a.batch.Undo != "":
		stored, more, err := a.touched(selection{by: true})
		return graph.PlanUndo(stored, a.im.Seq, head), more, err
	case a.batch.Sweep:
		if err := a.enter([]string{a.batch.Import.Dataset}); err != nil {
			return plan, false, err
		}
		stored, more, err := a.touched(selection{dataset: a.batch.Import.Dataset})
		return graph.PlanWithdraw(stored, a.im.Seq, head), more, err
	case len(a.batch.Statements) == 0:
		return graph.Plan{Revision: head}, false, nil
	}
	if err := a.enter(datasetsOf(a.batch.Statements)); err != nil {
		return plan, false, err
	}
	var stored []graph.Stored
	if !a.fresh {
		keys := make([]graph.Key, len(a.batch.Statements))
		for i := range a.batch.Statements {
			keys[i] = a.batch.Statements[i].Key
		}
		if stored, err = a.stored(keys); err != nil {
			return plan, false, err
		}
	}
	if plan, err = graph.PlanPut(stored, a.batch.Statements, a.im.Seq, head); err != nil {
		return plan, false, errMade{err}
	}
	return plan, false, nil
}

func datasetsOf(statements []graph.Statement) (datasets []string) {
	seen := map[string]bool{}
	last := ""
	for i := range statements {
		if d := statements[i].Dataset; (d != last || i == 0) && !seen[d] {
			seen[d], last = true, d
			datasets = append(datasets, d)
		}
	}
	return datasets
}

// enter notes that the import writes to the datasets. While an import is the only one that ever wrote to
// them, whatever it writes is new, and is not looked up.
func (a *application) enter(datasets []string) error {
	known := 0
	others := false
	err := a.each("UNWIND $ids AS id MATCH (d:TributaryDataset {id: id}) RETURN d.import", map[string]any{"ids": datasets}, func(row []any) error {
		known++
		others = others || integer(row[0]) != a.im.Seq
		return nil
	})
	if err != nil {
		return err
	}
	a.fresh = !others && !a.careful
	if a.batch.DryRun || known == len(datasets) && !others {
		return nil
	}
	// The import of a dataset is the one that has it for itself; 0, which is no import, when several had it.
	return a.exec("UNWIND $ids AS id MERGE (d:TributaryDataset {id: id}) SET d.import = CASE WHEN coalesce(d.import, $import) = $import THEN $import ELSE 0 END",
		map[string]any{"ids": datasets, "import": a.im.Seq})
}

// finish writes the log, the import and the meta node.
func (a *application) finish(plan graph.Plan, applied graph.Applied) error {
	encoded, err := json.Marshal(outcome{a.call, applied})
	if err != nil {
		return err
	}
	floor := a.meta.floor
	switch {
	case plan.Counts.Changes() == 0:
	case a.fresh && floor == a.meta.revision && plan.Counts.Changes() >= bulkBatch:
		floor = applied.Revision
	default:
		if err := a.log(plan, applied.Revision); err != nil {
			return err
		}
	}
	calls := a.meta.calls
	if a.im != nil {
		if err := a.settle(applied, string(encoded)); err != nil {
			return err
		}
	} else {
		calls = append(calls, string(encoded))
		calls = calls[max(0, len(calls)-keptCalls):]
	}
	// The last statement: it closes the gate, and the commit opens it again; see settled.
	return a.exec(`MATCH (m:TributaryMeta {id: "meta"}), (g:TributaryGate {id: "gate"})
		SET m.revision = $revision, m.floor = $floor, m.imports = $imports, m.calls = $calls, g.revision = $revision`,
		map[string]any{"revision": int64(applied.Revision), "floor": int64(floor), "imports": a.meta.imports, "calls": calls})
}

// log notes which statements the revision changed, in one text: their ids hold no white space.
func (a *application) log(plan graph.Plan, revision graph.Revision) error {
	var ids strings.Builder
	count := 0
	for i := range plan.Changes {
		if c := &plan.Changes[i]; c.Outcome != graph.Unchanged {
			ids.WriteString(c.After.Key.ID())
			ids.WriteByte('\n')
			count++
		}
	}
	return a.exec("CREATE (:TributaryChange {revision: $revision, count: $count, statements: $statements})",
		map[string]any{"revision": int64(revision), "count": int64(count), "statements": ids.String()})
}

// settle brings the record of the import up to date.
func (a *application) settle(applied graph.Applied, encoded string) error {
	im, step := a.im, a.batch.Import
	switch {
	case step == nil && applied.More:
		im.Status = graph.ImportUndoing
	case step == nil:
		im.Status = graph.ImportUndone
	default:
		im.Status, im.Batches = graph.ImportRunning, step.Ordinal
		im.Counts.Add(applied.Counts)
		im.Info = step.Info
		if step.Final {
			im.Status, im.Finished = graph.ImportComplete, step.Time
		}
	}
	im.Revision = applied.Revision
	properties := map[string]any{
		"seq": im.Seq, "key": im.Key, "dataset": im.Dataset, "status": string(im.Status), "batches": int64(im.Batches),
		"created": int64(im.Counts.Created), "changed": int64(im.Counts.Changed),
		"unchanged": int64(im.Counts.Unchanged), "withdrawn": int64(im.Counts.Withdrawn),
		"revision": int64(im.Revision), "started": orNull(im.Started), "finished": orNull(im.Finished),
		"info": string(im.Info), "outcome": encoded,
	}
	if applied.More {
		a.cursor.revision = applied.Revision
		a.cursor.encode(properties)
	}
	return a.exec("MERGE (i:TributaryImport {seq: $seq}) SET i = $properties", map[string]any{"seq": im.Seq, "properties": properties})
}
