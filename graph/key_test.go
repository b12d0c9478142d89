package graph_test

import (
	"cmp"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

// anyKey draws keys with the characters that encodings stumble over.
func anyKey(t *rapid.T) graph.Key {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "~", "%", "%7E", "a~b", "英伟达", "AT&S", "../x", "a b", "\x00"}))
	period := rapid.SampledFrom([]graph.Period{"", "2024", "2024Q2", "2024H1", "2024-05", "2024-05-11"})
	return graph.Key{
		RelationKey: graph.RelationKey{
			Kind: graph.Kind(rapid.IntRange(0, graph.NumKinds-1).Draw(t, "kind")),
			From: text.Draw(t, "from"), To: text.Draw(t, "to"), Product: text.Draw(t, "product"),
		},
		Dataset: text.Draw(t, "dataset"), Source: text.Draw(t, "source"), AssertedBy: text.Draw(t, "asserted_by"),
		Period:    period.Draw(t, "period"),
		ValidFrom: rapid.SampledFrom([]graph.Date{graph.NoDate, 1, 719163, 739017}).Draw(t, "valid_from"),
	}
}

func TestIDsAreReversible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := anyKey(t)
		back, err := graph.ParseID(key.ID())
		if err != nil || back != key {
			t.Fatalf("%q reads back as %+v, %v; want %+v", key.ID(), back, err, key)
		}
		relation, err := graph.ParseRelationID(key.RelationKey.ID())
		if err != nil || relation != key.RelationKey {
			t.Fatalf("%q reads back as %+v, %v", key.RelationKey.ID(), relation, err)
		}
	})
}

func TestIDsReadWell(t *testing.T) {
	key := graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: "vertiv", To: "nvidia", Product: "liquid cooling"}, Dataset: "sample"}
	if got, want := key.ID(), "supplies~vertiv~nvidia~liquid%20cooling~sample~~~~"; got != want {
		t.Errorf("ID = %s, want %s", got, want)
	}
}

func TestBrokenIDsAreInvalid(t *testing.T) {
	for _, id := range []string{"", "supplies", "supplies~a~b", "buys~a~b~c", "supplies~%zz~b~c", "supplies~a~b~c~d~e~f~2024X~", "supplies~a~b~c~d~e~f~~yesterday"} {
		_, err1 := graph.ParseRelationID(id)
		_, err2 := graph.ParseID(id)
		if !errors.Is(err1, graph.ErrInvalid) || !errors.Is(err2, graph.ErrInvalid) {
			t.Errorf("%q: %v, %v; want both invalid", id, err1, err2)
		}
	}
}

func TestKeyOrderIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyKey(t), anyKey(t), anyKey(t)
		if a.Compare(b) != -b.Compare(a) || (a.Compare(b) == 0) != (a == b) {
			t.Fatalf("compare(%+v, %+v) = %d", a, b, a.Compare(b))
		}
		if a.Compare(b) <= 0 && b.Compare(c) <= 0 && a.Compare(c) > 0 {
			t.Fatalf("not transitive: %+v %+v %+v", a, b, c)
		}
	})
}

func TestPeriods(t *testing.T) {
	for _, test := range []struct{ in, canonical, start, end string }{
		{"2024", "2024", "2024-01-01", "2025-01-01"},
		{"fy2024", "2024", "2024-01-01", "2025-01-01"},
		{"2024-Q2", "2024Q2", "2024-04-01", "2024-07-01"},
		{"2024q4", "2024Q4", "2024-10-01", "2025-01-01"},
		{"2024H2", "2024H2", "2024-07-01", "2025-01-01"},
		{"2024-12", "2024-12", "2024-12-01", "2025-01-01"},
		{"2024-02-29", "2024-02-29", "2024-02-29", "2024-03-01"},
	} {
		p, err := graph.ParsePeriod(test.in)
		if err != nil || string(p) != test.canonical || p.Start().String() != test.start || p.End().String() != test.end {
			t.Errorf("%s: %s from %v to %v, %v", test.in, p, p.Start(), p.End(), err)
		}
		if d, err := graph.ParseDate(test.in); err != nil || d.String() != test.start {
			t.Errorf("as a date, %s is %v, %v; want %s", test.in, d, err, test.start)
		}
	}
	for _, bad := range []string{"24", "2024Q5", "2024-13", "2023-02-29", "2024-1", "Q2 2024", "2024Q", "0000", "-2024", "2024-02-1x"} {
		if p, err := graph.ParsePeriod(bad); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("period %q: %q, %v; want invalid", bad, p, err)
		}
		if d, err := graph.ParseDate(bad); !errors.Is(err, graph.ErrInvalid) {
			t.Errorf("date %q: %v, %v; want invalid", bad, d, err)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"", "2024", "2024-05-11", "2024Q2", "FY2023H1", "99999", "2024-00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := graph.ParseDate(s)
		if err != nil {
			return
		}
		back, err := graph.ParseDate(d.String())
		if err != nil || cmp.Compare(back, d) != 0 {
			t.Errorf("%q is %v, which reads back as %v, %v", s, d, back, err)
		}
	})
}

func FuzzParseID(f *testing.F) {
	f.Add("supplies~vertiv~nvidia~liquid%20cooling~sample~~~~")
	f.Fuzz(func(t *testing.T, s string) {
		key, err := graph.ParseID(s)
		if err != nil {
			return
		}
		if back, err := graph.ParseID(key.ID()); err != nil || back != key {
			t.Errorf("%q: %+v reads back as %+v, %v", s, key, back, err)
		}
	})
}

func TestErrorsSayWhatIsAllowed(t *testing.T) {
	_, err := graph.ParseKind("buys")
	if err == nil || !strings.Contains(err.Error(), "supplies") {
		t.Errorf("ParseKind: %v", err)
	}
}
