package graph_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

// ledger applies plans to a handful of statements, as a store would.
type ledger struct {
	head   graph.Revision
	stored map[graph.Key]graph.Stored
}

func (l *ledger) all() []graph.Stored {
	var out []graph.Stored
	for _, key := range ledgerKeys {
		if s, ok := l.stored[key]; ok {
			out = append(out, s)
		}
	}
	return out
}

func (l *ledger) write(p graph.Plan) {
	l.head = p.Revision
	for _, c := range p.Changes {
		if !c.Skip {
			l.stored[c.After.Key] = c.After
		}
	}
}

// ledgerKeys are two series in key order; the first has an undated and a dated claim.
var ledgerKeys = func() []graph.Key {
	hop := graph.RelationKey{Kind: graph.KindSupplies, From: "a", To: "b"}
	day, _ := graph.ParseDate("2024-05-11")
	return []graph.Key{{RelationKey: hop, Dataset: "d"}, {RelationKey: hop, Dataset: "d", ValidFrom: day}, {RelationKey: hop, Dataset: "e"}}
}()

func patch(t interface{ Fatal(...any) }, key graph.Key, share, value string) graph.Statement {
	s := graph.Statement{Key: key}
	for _, f := range []struct {
		id   graph.FieldID
		text string
	}{{graph.FieldShareOfInput, share}, {graph.FieldValue, value}} {
		if f.text == "absent" {
			continue
		}
		field, err := graph.ParseField(f.id, f.text)
		if err != nil {
			t.Fatal(err)
		}
		s.Fields = append(s.Fields, field)
	}
	return s
}

type snapshot map[graph.Key]string

func (l *ledger) snapshot(at graph.Revision) snapshot {
	out := snapshot{}
	for key, s := range l.stored {
		if fields, live := s.At(at); live {
			text := ""
			for _, f := range fields {
				text += f.ID.String() + "=" + f.Value() + " "
			}
			out[key] = text
		}
	}
	return out
}

func (s snapshot) equal(o snapshot) bool {
	if len(s) != len(o) {
		return false
	}
	for k, v := range s {
		if other, ok := o[k]; !ok || other != v {
			return false
		}
	}
	return true
}

// Whatever imports wrote, withdrew and undid: what readers see is the stored fields; every earlier revision reads
// as it did then; the revision rises exactly when something changed.
func TestPlansKeepHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := ledger{stored: map[graph.Key]graph.Stored{}}
		then := map[graph.Revision]snapshot{0: {}}
		for seq := int64(1); seq <= 8; seq++ {
			before := l.head
			var p graph.Plan
			switch rapid.SampledFrom([]string{"put", "put", "put", "withdraw", "undo"}).Draw(t, "operation") {
			case "put":
				key := rapid.SampledFrom(ledgerKeys).Draw(t, "key")
				value := rapid.SampledFrom([]string{"absent", "", "0.25", "0.5"})
				var err error
				p, err = graph.PlanPut(l.all(), []graph.Statement{patch(t, key, value.Draw(t, "share"), value.Draw(t, "value"))}, seq, l.head)
				if err != nil {
					t.Fatal(err)
				}
			case "withdraw":
				p = graph.PlanWithdraw(l.all(), seq, l.head)
			case "undo":
				p = graph.PlanUndo(l.all(), rapid.Int64Range(1, seq).Draw(t, "of"), l.head)
			}
			l.write(p)
			now := l.snapshot(l.head)
			if changed := !now.equal(then[before]); changed != (p.Counts.Changes() > 0) || changed != (l.head == before+1) {
				t.Fatalf("%v became %v; counts %+v, head %d after %d", then[before], now, p.Counts, l.head, before)
			}
			then[l.head] = now
			for key, s := range l.stored {
				fields, live := s.At(l.head)
				if live != s.Live || live && !graph.EqualFields(fields, s.Fields) {
					t.Fatalf("%s: stored %v %v, folded %v %v", key.ID(), s.Live, s.Fields, live, fields)
				}
			}
		}
		for r, want := range then {
			if got := l.snapshot(r); !got.equal(want) {
				t.Fatalf("revision %d reads %v; it was %v", r, got, want)
			}
		}
	})
}

// Undoing A leaves what B alone would have left, in whichever order they came.
func TestUndoLeavesTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom([]string{"absent", "", "0.25", "0.5"})
		key := rapid.SampledFrom(ledgerKeys[:2])
		draw := func(name string) []graph.Statement {
			return []graph.Statement{patch(t, key.Draw(t, name+" key"), value.Draw(t, name+" share"), value.Draw(t, name+" value"))}
		}
		a, b := draw("a"), draw("b")
		put := func(l *ledger, s []graph.Statement, seq int64) {
			p, err := graph.PlanPut(l.all(), s, seq, l.head)
			if err != nil {
				t.Fatal(err)
			}
			l.write(p)
		}
		alone := ledger{stored: map[graph.Key]graph.Stored{}}
		put(&alone, b, 2)
		for _, order := range [][2]int64{{1, 2}, {2, 1}} {
			both := ledger{stored: map[graph.Key]graph.Stored{}}
			for _, seq := range order {
				put(&both, map[int64][]graph.Statement{1: a, 2: b}[seq], seq)
			}
			both.write(graph.PlanUndo(both.all(), 1, both.head))
			if got, want := both.snapshot(both.head), alone.snapshot(alone.head); !got.equal(want) {
				t.Fatalf("order %v: %v; b alone: %v", order, got, want)
			}
		}
	})
}

func TestADateReplacesTheUndated(t *testing.T) {
	l := ledger{stored: map[graph.Key]graph.Stored{}}
	for seq, s := range []graph.Statement{patch(t, ledgerKeys[0], "0.5", "7"), patch(t, ledgerKeys[1], "0.6", "absent")} {
		p, err := graph.PlanPut(l.all(), []graph.Statement{s}, int64(seq+1), l.head)
		if err != nil {
			t.Fatal(err)
		}
		if seq == 1 && p.Counts != (graph.Counts{Changed: 1}) {
			t.Errorf("counts %+v, want one changed", p.Counts)
		}
		l.write(p)
	}
	want := snapshot{ledgerKeys[1]: "share_of_input=0.6 value=7 "}
	if got := l.snapshot(l.head); !got.equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	l.write(graph.PlanUndo(l.all(), 2, l.head))
	want = snapshot{ledgerKeys[0]: "share_of_input=0.5 value=7 "}
	if got := l.snapshot(l.head); !got.equal(want) {
		t.Errorf("after undo %v, want %v", got, want)
	}
}

func TestAnImportWritesAKeyOnce(t *testing.T) {
	l := ledger{stored: map[graph.Key]graph.Stored{}}
	p, err := graph.PlanPut(nil, []graph.Statement{patch(t, ledgerKeys[2], "0.5", "absent")}, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.write(p)
	p, err = graph.PlanPut(l.all(), []graph.Statement{patch(t, ledgerKeys[2], "0.5", "absent")}, 1, l.head)
	if err != nil || p.Counts != (graph.Counts{Unchanged: 1}) {
		t.Errorf("the same again: %+v, %v; want unchanged", p.Counts, err)
	}
	_, err = graph.PlanPut(l.all(), []graph.Statement{patch(t, ledgerKeys[2], "0.6", "absent")}, 1, l.head)
	if !errors.Is(err, graph.ErrConflict) {
		t.Errorf("another value: %v; want a conflict", err)
	}
}
