package importer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributarygraph/tributary/graph"
)

// text draws short texts of few letters, so that keys share beginnings and parts are empty.
func text(label string) func(*rapid.T) string {
	letters := []rune{'a', 'b', ' ', '~', 0xFF, '英', 0x1F600}
	return func(t *rapid.T) string {
		return graph.Clean(rapid.StringOfN(rapid.SampledFrom(letters), 0, 4, -1).Draw(t, label))
	}
}

func drawKey(t *rapid.T, label string) graph.Key {
	return graph.Key{
		RelationKey: graph.RelationKey{
			Kind:    graph.Kind(rapid.IntRange(0, graph.NumKinds-1).Draw(t, label+" kind")),
			From:    text(label + " from")(t),
			To:      text(label + " to")(t),
			Product: text(label + " product")(t),
		},
		Dataset:    text(label + " dataset")(t),
		Source:     text(label + " source")(t),
		AssertedBy: text(label + " asserter")(t),
		Period:     rapid.SampledFrom([]graph.Period{"", "2024", "2024Q2", "2024-05"}).Draw(t, label+" period"),
		ValidFrom:  rapid.SampledFrom([]graph.Date{graph.NoDate, -1, 1, 19000, 1 << 20, graph.AnyDate}).Draw(t, label+" valid from"),
	}
}

// The order of encoded keys is the order of keys, and the series is what stands before the date.
func TestKeyEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawKey(t, "a"), drawKey(t, "b")
		x, y := appendKey(nil, &a), appendKey(nil, &b)
		if got, want := bytes.Compare(x, y), a.Compare(b); got != want {
			t.Fatalf("encoded keys compare as %d, keys as %d", got, want)
		}
		if got, want := bytes.Equal(series(x), series(y)), a.Series() == b.Series(); got != want {
			t.Fatalf("one series: %t encoded, %t as keys", got, want)
		}
		if bytes.Equal(x, appendUndated(series(x))) != (a.ValidFrom == graph.NoDate) {
			t.Fatalf("appendUndated is not the key without a date")
		}
		back, err := decodeKey(string(x))
		if err != nil || back != a {
			t.Fatalf("%+v came back as %+v (%v)", a, back, err)
		}
	})
}

func TestFieldEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var fields []graph.Field
		var encoded []byte
		for id := range graph.FieldID(graph.NumFields) {
			if !rapid.Bool().Draw(t, "stated") {
				continue
			}
			f := graph.Field{ID: id, Number: math.NaN()}
			if id.Spec().Type.Numeric() {
				f.Number = rapid.Float64().Draw(t, "number")
			} else {
				f.Text = rapid.String().Draw(t, "text")
			}
			fields = append(fields, f)
			encoded = appendField(encoded, f)
		}
		back, err := decodeFields(nil, string(encoded))
		if err != nil || !graph.EqualFields(back, fields) {
			t.Fatalf("%v came back as %v (%v)", fields, back, err)
		}
	})
}

// FuzzDecode checks that damaged records are an error, never a panic.
func FuzzDecode(f *testing.F) {
	key := graph.Key{RelationKey: graph.RelationKey{Kind: graph.KindSupplies, From: "a", To: "b"}, Dataset: "d"}
	f.Add(appendKey(nil, &key), appendField(appendField(nil, graph.Field{ID: graph.FieldShareOfInput, Number: 0.5}), graph.Field{ID: graph.FieldQuote, Text: "q", Number: math.NaN()}))
	f.Fuzz(func(t *testing.T, key, fields []byte) {
		if k, err := decodeKey(string(key)); err == nil {
			if again := appendKey(nil, &k); !bytes.Equal(again, key) {
				t.Errorf("key %x is encoded as %x", key, again)
			}
		}
		decodeFields(nil, string(fields)) // whatever it is
	})
}

// A sorter gives back what was put in, sorted by key, equal keys in the order of adding, however little memory
// it has, and as often as asked.
func TestSorter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type item struct {
			key, value string
			position   uint64
		}
		var want []item
		s := newSorter("", rapid.IntRange(1, 2000).Draw(t, "memory"))
		defer s.Close()
		for i := range rapid.IntRange(0, 300).Draw(t, "records") {
			x := item{key: rapid.StringOfN(rapid.SampledFrom([]rune{'a', 'b'}), 0, 12, -1).Draw(t, "key"), value: rapid.StringN(0, 5, -1).Draw(t, "value"), position: uint64(i)}
			want = append(want, x)
			if err := s.add([]byte(x.key), []byte(x.value), x.position); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortStableFunc(want, func(a, b item) int { return cmp.Compare(a.key, b.key) })
		for range 2 {
			var got []item
			err := s.sorted(context.Background(), func(r *record) error {
				got = append(got, item{string(r.key), string(r.value), r.position})
				return nil
			})
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("got %v (%v), want %v", got, err, want)
			}
		}
	})
}

func TestSorterRemovesItsFile(t *testing.T) {
	folder := t.TempDir()
	s := newSorter(folder, 100)
	for i := range 1000 {
		if err := s.add(binary.BigEndian.AppendUint32(nil, uint32(1000-i)), []byte("some value"), uint64(i)); err != nil {
			t.Fatal(err)
		}
	}
	if s.file == nil || (len(files(t, folder)) == 1) != s.file.named {
		t.Fatalf("%v in the folder while sorting, want a file of which only systems that cannot unlink it keep the name", files(t, folder))
	}
	if err := s.sorted(context.Background(), func(*record) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil || len(files(t, folder)) != 0 {
		t.Fatalf("%v are left in the folder (%v)", files(t, folder), err)
	}
}

func TestSorterWithoutSpace(t *testing.T) {
	s := newSorter("/nowhere/at/all", 100)
	defer s.Close()
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		err = s.add([]byte("key"), []byte("some value"), uint64(i))
	}
	if err == nil {
		t.Fatal("no error for a folder that is not there")
	}
}
