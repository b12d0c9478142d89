package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/resolve"
)

// Report tells what a run did, or would do.
type Report struct {
	Run       string         `json:"run,omitempty" doc:"What resolve undo takes back; absent where nothing was merged"`
	Rule      string         `json:"rule"`
	Config    resolve.Config `json:"config"`
	All       bool           `json:"all" doc:"Companies with ids of their own were matched by name as well"`
	Companies int            `json:"companies" doc:"That the network has"`
	Names     int            `json:"names" doc:"That were matched: companies that nothing describes under an id"`
	Merged    int            `json:"merged" doc:"Records that were merged without asking"`
	Reviews   int            `json:"reviews" doc:"Pairs that people are asked about"`
	Asked     int            `json:"reviews_new" doc:"Of these: that were not asked about before"`
	New       int            `json:"new" doc:"Names like nothing else in the network"`
	DryRun    bool           `json:"dry_run"`
	Revision  graph.Revision `json:"revision"`
	Complete  bool           `json:"complete" doc:"Whether proposals holds all of them"`
	Proposals []Proposal     `json:"proposals" doc:"The merges first, then by score"`
}

// Cut leaves so many proposals in the report.
func (r *Report) Cut(limit int) {
	if limit > 0 && len(r.Proposals) > limit {
		r.Proposals, r.Complete = r.Proposals[:limit], false
	}
}

// runRecord is a run as the store keeps it.
type runRecord struct {
	ID      string         `json:"id"`
	Rule    string         `json:"rule"`
	Config  resolve.Config `json:"config"`
	All     bool           `json:"all,omitempty"`
	By      string         `json:"by,omitempty"` // who started it
	Started time.Time      `json:"started"`
	Merged  int            `json:"merged"`
	Undone  time.Time      `json:"undone,omitzero"`

	version uint64
	now     *graph.View    // the network, but for what the run itself merged
	seen    graph.Revision // up to which nobody else changed it
}

// Begun says who starts a run, and when.
type Begun struct {
	By     string
	At     time.Time
	DryRun bool
}

// Run proposes on the View, which must be of the store's present revision, merges what is certain and puts the rest
// into the queue. One that is killed can be repeated: what was merged stays, the rest is done.
func Run(ctx context.Context, store graph.Store, v *graph.View, o Options, b Begun) (*Report, error) {
	items, err := readItems(ctx, store)
	if err != nil {
		return nil, err
	}
	takenBack, err := readTakenBack(ctx, store, v, items)
	if err != nil {
		return nil, err
	}
	p, err := Propose(ctx, v, takenBack, o)
	if err != nil {
		return nil, err
	}
	report := &Report{Rule: Rule, Config: o.Config, All: o.All, Names: p.Names, New: p.New, DryRun: b.DryRun, Revision: v.Head().Revision, Complete: true, Proposals: p.List}
	for range v.Nodes(kind) {
		report.Companies++
	}
	var certain []Proposal
	for _, x := range p.List {
		if x.Decision == resolve.Matched {
			certain = append(certain, x)
			report.Merged++
			continue
		}
		report.Reviews++
		if items[x.ID] == nil {
			report.Asked++
		}
	}
	if b.DryRun {
		return report, nil
	}
	if err := mergeAll(ctx, store, v, certain, report, b); err != nil {
		return report, err
	}
	return report, writeReviews(ctx, store, p.List[len(certain):], &queueing{before: items, takenBack: takenBack, all: o.All})
}

// readTakenBack are the pairs of which somebody took a decision back: reviews that say so, and merges of earlier runs
// that no longer stand.
func readTakenBack(ctx context.Context, store graph.Store, v *graph.View, items map[string]*stored) (map[string]bool, error) {
	out := map[string]bool{}
	for id, s := range items {
		if s.TakenBack || s.Status != Open && s.now(v) != s.Status {
			out[id] = true
		}
	}
	err := each(ctx, store.State(), mergesNamespace, "", func(e graph.StateEntry) error {
		merges, err := decodeMerges(e)
		for _, m := range merges {
			now, stands := v.Decision(graph.NodeKey{Kind: kind, ID: m.Record})
			if !stands || now.Canonical != m.Canonical {
				out[itemID(m.Pair[0], m.Pair[1])] = true
			}
		}
		return err
	})
	return out, err
}

// merge is a record that a run merged, with the pair that it was a part of.
type merge struct {
	Record    string    `json:"record"`
	Canonical string    `json:"canonical"`
	Pair      [2]string `json:"pair"`
}

func decodeMerges(e graph.StateEntry) (merges []merge, err error) {
	if err := json.Unmarshal(e.Value, &merges); err != nil {
		return nil, fmt.Errorf("%w: the merges of a run of resolve cannot be read (%s): %w", graph.ErrSchema, e.Key, err)
	}
	return merges, nil
}

// portion is how many pairs are merged in one batch.
const portion = 1000

// mergeAll records the merges as sameness, each batch together with the list of what it merged.
func mergeAll(ctx context.Context, store graph.Store, v *graph.View, certain []Proposal, report *Report, b Begun) error {
	if len(certain) == 0 {
		return nil
	}
	run, err := nextRun(ctx, store)
	if err != nil {
		return err
	}
	run.Rule, run.Config, run.All, run.By, run.Started = Rule, report.Config, report.All, b.By, b.At.UTC().Truncate(time.Second)
	run.now, run.seen = v, v.Head().Revision
	report.Run, report.Merged = run.ID, 0
	number := 0
	for part := range slices.Chunk(certain, portion) {
		number++
		applied, err := run.merge(ctx, store, v, part, number)
		if err != nil {
			return err
		}
		report.Merged, report.Revision = run.Merged, applied.Revision
	}
	return nil
}

// merge merges a portion, again while others decide. What they decided since the run began is left out.
func (r *runRecord) merge(ctx context.Context, store graph.Store, v *graph.View, part []Proposal, number int) (graph.Applied, error) {
	for attempt := 1; ; attempt++ {
		turn, err := takeTurn(ctx, store)
		if err != nil {
			return graph.Applied{}, err
		}
		if err := r.look(ctx, store); err != nil {
			return graph.Applied{}, err
		}
		next := *r
		batch, err := next.batch(v, part, number)
		if err != nil {
			return graph.Applied{}, err
		}
		batch.State = append(batch.State, turn.change())
		applied, err := store.Apply(ctx, batch)
		if errors.Is(err, graph.ErrConflict) && attempt < attempts {
			continue
		}
		if err != nil {
			return applied, err
		}
		*r = next
		if applied.Revision == r.seen+1 {
			r.seen++ // it was this batch alone
		}
		r.version, err = versionOf(ctx, store, runsNamespace, runKey(r.ID))
		return applied, err
	}
}

// look takes in what others changed since the last batch.
func (r *runRecord) look(ctx context.Context, store graph.Store) error {
	head, err := store.Head(ctx)
	if err != nil || head.Revision == r.seen && head.UUID == r.now.Head().UUID {
		return err
	}
	r.now, err = Current(ctx, store, r.now)
	if err == nil {
		r.seen = r.now.Head().Revision
	}
	return err
}

// batch merges what nobody decided since the View was matched.
func (r *runRecord) batch(matched *graph.View, part []Proposal, number int) (batch graph.Batch, err error) {
	var merges []merge
	for _, x := range part {
		if decidedSince(r.now, x.Record, x.Candidate) {
			continue
		}
		for _, record := range recordsOf(matched, x.Record) {
			s := graph.Sameness{NodeKey: graph.NodeKey{Kind: kind, ID: record}, Canonical: x.Candidate}
			if _, decided := r.now.Decision(s.NodeKey); decided {
				continue
			}
			batch.Merge = append(batch.Merge, s.With(Rule, x.why(), r.Started))
			merges = append(merges, merge{Record: record, Canonical: x.Candidate, Pair: [2]string{x.Record, x.Candidate}})
		}
	}
	r.Merged += len(merges)
	list, err := json.Marshal(merges)
	if err != nil {
		return batch, err
	}
	header, err := r.change()
	batch.State = []graph.StateChange{header, {Namespace: mergesNamespace, Key: fmt.Sprintf("%s/%06d", runKey(r.ID), number), Value: list}}
	return batch, err
}

// decidedSince reports whether somebody decided about the record, or that the two are different.
func decidedSince(v *graph.View, record, candidate string) bool {
	for _, key := range []graph.NodeKey{{Kind: kind, ID: record}, graph.PairKey(kind, record, candidate)} {
		if _, decided := v.Decision(key); decided {
			return true
		}
	}
	return false
}

// why is what the overlay says of the reasons.
func (p *Proposal) why() string {
	return fmt.Sprintf("%.2f: %s", p.Score, ReasonsText(p.Reasons))
}

// ReasonsText is the reasons as a list in a line.
func ReasonsText(reasons []resolve.Reason) string {
	parts := make([]string, len(reasons))
	for i, r := range reasons {
		parts[i] = r.Text()
	}
	return strings.Join(parts, "; ")
}

// recordsOf are the records that a node goes by and that must be merged with it, its own first: what is spelled alike
// is the same name, and was one node with it only where nobody said what it is. Those that it absorbed by name or
// identifier follow it.
func recordsOf(v *graph.View, id string) []string {
	n, ok := v.Find(kind, id)
	if !ok {
		return []string{id}
	}
	var out []string
	for _, r := range v.Records(kind, n) {
		if r.Rule == "" || r.Rule == "spelling" {
			out = append(out, r.ID)
		}
	}
	ambiguous := v.Ambiguous(kind)
	candidates := ambiguous[id]
	if candidates == nil {
		return out
	}
	form, own := graph.MentionForm(id), len(out)
	for other, fitting := range ambiguous {
		if other == id || !slices.Equal(fitting, candidates) || graph.MentionForm(other) != form {
			continue
		}
		if _, apart := v.Decision(graph.PairKey(kind, id, other)); !apart {
			out = append(out, other)
		}
	}
	slices.Sort(out[own:])
	return out
}

func versionOf(ctx context.Context, store graph.Store, namespace, key string) (uint64, error) {
	entry, err := store.State().Get(ctx, namespace, key)
	return entry.Version, err
}

// runKey orders runs by their number.
func runKey(id string) string {
	n, _ := strconv.Atoi(id)
	return fmt.Sprintf("%08d", n)
}

func (r *runRecord) change() (graph.StateChange, error) {
	value, err := json.Marshal(r)
	return graph.StateChange{Namespace: runsNamespace, Key: runKey(r.ID), Version: r.version, Value: value}, err
}

func readRuns(ctx context.Context, store graph.Store) (runs []*runRecord, err error) {
	err = each(ctx, store.State(), runsNamespace, "", func(e graph.StateEntry) error {
		r := &runRecord{version: e.Version}
		if err := json.Unmarshal(e.Value, r); err != nil {
			return fmt.Errorf("%w: run %s of resolve cannot be read: %w", graph.ErrSchema, e.Key, err)
		}
		runs = append(runs, r)
		return nil
	})
	return runs, err
}

func nextRun(ctx context.Context, store graph.Store) (*runRecord, error) {
	runs, err := readRuns(ctx, store)
	if err != nil {
		return nil, err
	}
	number := 1
	if len(runs) > 0 {
		last, _ := strconv.Atoi(runs[len(runs)-1].ID)
		number = last + 1
	}
	return &runRecord{ID: strconv.Itoa(number)}, nil
}

// queueing is what a run knows of the queue from before it began.
type queueing struct {
	before    map[string]*stored
	takenBack map[string]bool
	all       bool // companies with ids of their own were matched as well
}

// writeReviews brings the queue to what is proposed: open reviews that are proposed no more leave it. What others
// decide while the run goes on stands.
func writeReviews(ctx context.Context, store graph.Store, proposed []Proposal, q *queueing) error {
	for attempt := 1; ; attempt++ {
		items, err := readItems(ctx, store)
		if err != nil {
			return err
		}
		changes, err := q.changes(items, proposed)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(changes, portion) {
			if _, err = store.Apply(ctx, graph.Batch{State: part}); err != nil {
				break
			}
		}
		if !errors.Is(err, graph.ErrConflict) || attempt == attempts {
			return err
		}
	}
}

// touched reports whether somebody wrote the review since the run began.
func (q *queueing) touched(now *stored) bool {
	before := q.before[now.ID]
	return before == nil || before.version != now.version
}

// changes are what the items lack of what is proposed, and have beyond it.
func (q *queueing) changes(items map[string]*stored, proposed []Proposal) (changes []graph.StateChange, err error) {
	kept := map[string]bool{}
	for i := range proposed {
		p := &proposed[i]
		kept[p.ID] = true
		next := stored{Item: Item{ID: p.ID, Record: p.Record, Candidate: p.Candidate, Score: p.Score, Reasons: p.Reasons, Status: Open}, TakenBack: q.takenBack[p.ID], All: q.all}
		known := items[p.ID]
		if known != nil {
			next.version = known.version
		}
		change, err := next.change()
		if err != nil {
			return nil, err
		}
		if known != nil {
			if same, err := known.change(); q.touched(known) || err == nil && string(same.Value) == string(change.Value) {
				continue
			}
		}
		changes = append(changes, change)
	}
	for id, s := range items {
		// What only a run over all companies finds stays when another does not.
		if s.Status == Open && !kept[id] && !s.TakenBack && (q.all || !s.All) && !q.touched(s) {
			changes = append(changes, graph.StateChange{Namespace: reviewsNamespace, Key: id, Version: s.version})
		}
	}
	slices.SortFunc(changes, func(a, b graph.StateChange) int { return strings.Compare(a.Key, b.Key) })
	return changes, nil
}
