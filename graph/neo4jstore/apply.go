package neo4jstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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

	datasets []string // that the batch writes to
	owners   []any    // the imports that have them, of those that are known
}

func (a *application) run() (applied graph.Applied, err error) {
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

// The first query of a transaction reads what the store knows of the batch; a writer's first locks the meta node,
// so that nobody changes what it reads, and makes this the only transaction that writes, until it ends.
const (
	opening = ` WITH m OPTIONAL MATCH (i:TributaryImport {key: $key}) WITH m, i ORDER BY i.seq DESC LIMIT 1
		RETURN properties(m), properties(i), COLLECT { UNWIND $datasets AS id MATCH (d:TributaryDataset {id: id}) RETURN d.import }`
	openToRead  = `MATCH (m:TributaryMeta {id: "meta"})` + opening
	openToWrite = `MATCH (m:TributaryMeta {id: "meta"}) SET m.locked_by = $call` + opening
)

// begin locks the store and finds the import of the batch, or begins it. done says that nothing is left to do.
func (a *application) begin() (applied graph.Applied, done bool, err error) {
	step := a.batch.Import
	key := a.batch.Undo
	var datasets []string
	if step != nil {
		key = step.Key
		if datasets = datasetsOf(a.batch.Statements); a.batch.Sweep {
			datasets = []string{step.Dataset}
		}
	}
	query := openToWrite
	if a.batch.DryRun {
		query = openToRead
	}
	found := false
	err = a.each(query, map[string]any{"key": key, "datasets": datasets, "call": a.call}, func(row []any) error {
		found = true
		a.meta = decodeMeta(row[0].(map[string]any))
		a.datasets = datasets
		a.owners = row[2].([]any)
		if known, ok := row[1].(map[string]any); ok {
			im := decodeImport(known)
			a.im, a.cursor = &im, decodeCursor(known)
			applied, done = a.ofThisCall(known["outcome"])
		}
		for _, remembered := range a.meta.calls {
			if !done {
				applied, done = a.ofThisCall(remembered)
			}
		}
		return nil
	})
	if err == nil && !found {
		err = errNoMeta
	}
	if err != nil || done || step == nil && a.batch.Undo == "" {
		return applied, done, err
	}
	return a.takeTurn(key)
}

// takeTurn checks that the batch is the next of its import.
func (a *application) takeTurn(key string) (applied graph.Applied, done bool, err error) {
	step, repeated := a.batch.Import, false
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
		if err := a.enter(); err != nil {
			return plan, false, err
		}
		stored, more, err := a.touched(selection{dataset: a.batch.Import.Dataset})
		return graph.PlanWithdraw(stored, a.im.Seq, head), more, err
	case len(a.batch.Statements) == 0:
		return graph.Plan{Revision: head}, false, nil
	}
	if err := a.enter(); err != nil {
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
func (a *application) enter() error {
	others := slices.ContainsFunc(a.owners, func(owner any) bool { return integer(owner) != a.im.Seq })
	a.fresh = !others && !a.careful
	if a.batch.DryRun || !others && len(a.owners) == len(a.datasets) {
		return nil
	}
	// The import of a dataset is the one that has it for itself; 0, which is no import, when several had it.
	return a.exec("UNWIND $ids AS id MERGE (d:TributaryDataset {id: id}) SET d.import = CASE WHEN coalesce(d.import, $import) = $import THEN $import ELSE 0 END",
		map[string]any{"ids": a.datasets, "import": a.im.Seq})
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
	trimmed, err := a.trim(applied.Revision)
	if err != nil {
		return err
	}
	params := map[string]any{"revision": int64(applied.Revision), "floor": int64(max(floor, trimmed)), "trimmed": int64(trimmed), "imports": a.meta.imports, "statements": a.meta.live + grown(plan)}
	if a.im != nil {
		params["seq"], params["import"], params["calls"] = a.im.Seq, a.settle(applied, string(encoded)), a.meta.calls
		return a.exec(closeImport, params)
	}
	calls := append(a.meta.calls, string(encoded))
	params["calls"] = calls[max(0, len(calls)-keptCalls):]
	return a.exec(closing, params)
}

// grown is how many more statements are live after the plan than before.
func grown(plan graph.Plan) (n int64) {
	for i := range plan.Changes {
		c := &plan.Changes[i]
		if c.After.Live {
			n++
		}
		if c.Before != nil && c.Before.Live {
			n--
		}
	}
	return n
}

// The last query of a transaction that writes: it closes the gate, and the commit opens it again; see settled.
const (
	closing = `MATCH (m:TributaryMeta {id: "meta"}), (g:TributaryGate {id: "gate"})
		SET m.revision = $revision, m.floor = $floor, m.trimmed = $trimmed, m.imports = $imports, m.statements = $statements, m.calls = $calls, g.revision = $revision`
	closeImport = closing + " MERGE (i:TributaryImport {seq: $seq}) SET i = $import"
)

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

// trim gives up the oldest part of the log of changes, as the revision is written, and tells up to where; see
// [graph.Kept]. It takes out a few times as many revisions as were added since it looked last.
func (a *application) trim(revision graph.Revision) (upto graph.Revision, err error) {
	kept, upto := graph.Kept, a.meta.trimmed
	if revision == a.meta.revision || !kept.Looks(revision, upto) {
		return upto, nil
	}
	logged := int64(0)
	if err := a.each("MATCH (c:TributaryChange) RETURN sum(c.count)", nil, func(row []any) error {
		logged = integer(row[0])
		return nil
	}); err != nil || logged <= kept.Statements {
		return upto, err
	}
	older, after := graph.Revision(0), int64(0)
	err = a.each("MATCH (c:TributaryChange) RETURN c.revision, c.count ORDER BY c.revision DESC", nil, func(row []any) error {
		if after += integer(row[1]); after > kept.Statements && older == 0 {
			older = graph.Revision(integer(row[0]))
		}
		return nil
	})
	if err != nil {
		return upto, err
	}
	upto = max(upto, kept.Floor(revision, older))
	return upto, a.exec("MATCH (c:TributaryChange) WHERE c.revision <= $upto WITH c ORDER BY c.revision LIMIT $most DELETE c",
		map[string]any{"upto": int64(upto), "most": int64(4 * max(1, kept.Revisions/20))})
}

// settle brings the record of the import up to date and gives its properties.
func (a *application) settle(applied graph.Applied, encoded string) map[string]any {
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
	return properties
}
