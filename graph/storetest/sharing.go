package storetest

import (
	"fmt"
	"sync"

	"github.com/tributarygraph/tributary/graph"
)

var sharingTests = []conformance{
	{"what one handle writes another reads", twoHandles},
	{"an import goes on through another handle", twoHandlesOneImport},
	{"everything is there after opening again", reopened},
	{"two writers at once", twoWriters},
	{"one batch sent by several at once is applied once", sameBatchAtOnce},
	{"a reader during writes sees whole batches", readerDuringWrites},
	{"changes followed during writes lead to the head", followerDuringWrites},
}

func twoHandles(e *env) {
	other := e.open()
	e.load("k", network()...)
	head, err := other.Head(e.ctx)
	if err != nil || head != e.head() {
		e.Fatalf("heads %+v and %+v: %v", head, e.head(), err)
	}
	r := newReading()
	if _, err := other.Read(e.ctx, graph.ReadOptions{}, r); err != nil {
		e.Fatal(err)
	}
	if want := e.dump(graph.ReadOptions{}); r.String() != want {
		e.Fatalf("the other handle reads\n%s\nwant\n%s", r, want)
	}
}

func twoHandlesOneImport(e *env) {
	first, second := e.store, e.open()
	e.apply(graph.Batch{Import: step("k", "d", 1, false), Statements: []graph.Statement{say("d", "company a")}})
	e.store = second
	e.repeated(graph.Batch{Import: step("k", "d", 1, false), Statements: []graph.Statement{say("d", "company a")}}, 1)
	e.apply(graph.Batch{Import: step("k", "d", 2, false), Statements: []graph.Statement{say("d", "company b")}})
	e.load("other", say("d", "company c", "name=C"))
	e.store = first
	a := e.apply(graph.Batch{Import: step("k", "d", 3, true), Statements: []graph.Statement{say("d", "company c", "country=DE")}})
	e.counted(a.Counts, 0, 1, 0, 0)
	e.holds(say("d", "company a"), say("d", "company b"), say("d", "company c", "name=C", "country=DE"))
}

func reopened(e *env) {
	history(e)
	before, head, imports := e.dump(graph.ReadOptions{Details: true}), e.head(), fmt.Sprint(e.imports())
	e.reopen()
	if after := e.dump(graph.ReadOptions{Details: true}); after != before {
		e.Fatalf("after opening again:\n%s\nwant\n%s", after, before)
	}
	if e.head() != head || fmt.Sprint(e.imports()) != imports {
		e.Fatalf("after opening again: head %+v, imports %v; want %+v, %s", e.head(), e.imports(), head, imports)
	}
}

func twoWriters(e *env) {
	const writers, batches = 2, 12
	var mu sync.Mutex
	revisions := map[graph.Revision]int{}
	var wait sync.WaitGroup
	for w := range writers {
		store := e.open()
		wait.Go(func() {
			for i := 1; i <= batches; i++ {
				dataset := fmt.Sprintf("d%d", w%2)
				b := graph.Batch{Import: step(fmt.Sprintf("k%d", w), dataset, i, i == batches),
					Statements: sorted(say(dataset, fmt.Sprintf("company c%03d", i)), say(dataset, fmt.Sprintf("supplies c%03d x p", i), "value=1"))}
				a, err := store.Apply(e.ctx, b)
				if err != nil || a.Created != 2 || a.Repeated {
					e.Errorf("writer %d, batch %d: %+v, %v", w, i, a, err)
					return
				}
				mu.Lock()
				revisions[a.Revision]++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	for r := graph.Revision(1); r <= writers*batches; r++ {
		if revisions[r] != 1 {
			e.Fatalf("revision %d was given to %d batches: %v", r, revisions[r], revisions)
		}
	}
	e.atRevision(writers * batches)
	if r, _ := e.read(graph.ReadOptions{}); len(r.statements) != 2*writers*batches {
		e.Fatalf("%d statements of %d", len(r.statements), 2*writers*batches)
	}
}

func sameBatchAtOnce(e *env) {
	for round := range 5 {
		b := oneBatch(fmt.Sprintf("k%d", round), say("d", fmt.Sprintf("company c%d", round)), say("d", "company all", fmt.Sprintf("name=Round %d", round)))
		var mu sync.Mutex
		applied := 0
		var wait sync.WaitGroup
		for range 3 {
			store := e.open()
			wait.Go(func() {
				a, err := store.Apply(e.ctx, b)
				if err != nil {
					e.Errorf("round %d: %v", round, err)
				}
				mu.Lock()
				defer mu.Unlock()
				if !a.Repeated {
					applied++
				}
			})
		}
		wait.Wait()
		if applied != 1 {
			e.Fatalf("round %d: the batch was applied %d times", round, applied)
		}
		e.atRevision(graph.Revision(round + 1))
	}
}

// generation is a batch in which every claim says the same number.
func generation(n, rows int) graph.Batch {
	var all []graph.Statement
	for i := range rows {
		all = append(all, say("d", fmt.Sprintf("supplies c%04d b p", i), fmt.Sprintf("value=%d", n)), say("d", fmt.Sprintf("makes c%04d p", i), fmt.Sprintf("market_share=%g", float64(n)/100)))
	}
	return oneBatch(fmt.Sprintf("generation %d", n), all...)
}

// wholeBatches checks that all claims are of the generation that the revision says.
func wholeBatches(r *reading, head graph.Head, rows int) error {
	if len(r.statements) != 2*rows {
		return fmt.Errorf("revision %d has %d statements; want %d", head.Revision, len(r.statements), 2*rows)
	}
	for key, fields := range r.statements {
		want := float64(head.Revision)
		if key.Kind == graph.KindMakes {
			want /= 100
		}
		if len(fields) != 1 || fields[0].Number != want {
			return fmt.Errorf("revision %d: %s states %v; want %v", head.Revision, key.ID(), fields, want)
		}
	}
	return nil
}

const generations, generationRows = 12, 400

// write applies the generations from the second on; the channel closes when it is done.
func (e *env) write(store graph.Store) (done chan struct{}) {
	done = make(chan struct{})
	go func() {
		defer close(done)
		for n := 2; n <= generations; n++ {
			if _, err := store.Apply(e.ctx, generation(n, generationRows)); err != nil {
				e.Errorf("generation %d: %v", n, err)
				return
			}
		}
	}()
	return done
}

func readerDuringWrites(e *env) {
	e.apply(generation(1, generationRows))
	for done := e.write(e.open()); ; {
		r := newReading()
		head, err := e.store.Read(e.ctx, graph.ReadOptions{}, r)
		if err == nil {
			err = wholeBatches(r, head, generationRows)
		}
		if err != nil {
			<-done
			e.Fatal(err)
		}
		select {
		case <-done:
			if head.Revision == generations {
				return
			}
		default:
		}
		if e.Failed() {
			<-done
			return
		}
	}
}

func followerDuringWrites(e *env) {
	e.apply(generation(1, generationRows))
	r, head := e.read(graph.ReadOptions{})
	done := e.write(e.open())
	defer func() { <-done }()
	for head.Revision < generations && !e.Failed() {
		next, err := e.store.Changes(e.ctx, head.Revision, r)
		if err != nil {
			e.Fatalf("Changes since %d: %v", head.Revision, err)
		}
		if next.Revision < head.Revision {
			e.Fatalf("the head went back from %d to %d", head.Revision, next.Revision)
		}
		head = next
		if err := wholeBatches(r, head, generationRows); err != nil {
			e.Fatal(err)
		}
	}
}
