package importer_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer"
)

func TestReadTable(t *testing.T) {
	read := func(text string) string {
		rows, err := importer.ReadTable(t.Context(), importer.Input{Reader: strings.NewReader(text), Name: "list.csv"}, 1000)
		var out []string
		for _, r := range rows {
			out = append(out, fmt.Sprintf("%d %q", r.Number, r.Cells))
		}
		if err != nil {
			if !errors.Is(err, graph.ErrInvalid) {
				t.Errorf("%q: %v", text, err)
			}
			out = append(out, "invalid")
		}
		return strings.Join(out, "; ")
	}
	for _, test := range []struct{ text, want string }{
		{"name,spend\nNvidia,7\n\n\"Foo, Inc.\", 8\n", `1 ["name" "spend"]; 2 ["Nvidia" "7"]; 4 ["Foo, Inc." "8"]`},
		{"\uFEFFname;spend\r\n台积电;1\r\n", `1 ["name" "spend"]; 2 ["台积电" "1"]`},
		{"sep=;\nname;spend\n", `1 ["name" "spend"]`},
		{"Nvidia\nTSMC", `1 ["Nvidia"]; 2 ["TSMC"]`},
		{"", "invalid"},
		{"a,\"b\n", "invalid"},
		{"a\xFF\n", "invalid"},
		{strings.Repeat("x", 2000), "invalid"},
	} {
		got := read(test.text)
		if got != test.want {
			t.Errorf("%q: %s, want %s", test.text, got, test.want)
		}
	}
	folder := t.TempDir()
	for _, name := range []string{"a.csv", "b.csv"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := importer.ReadTable(t.Context(), importer.Input{Path: folder}, 0); !errors.Is(err, graph.ErrInvalid) {
		t.Errorf("a folder: %v", err)
	}
	if _, err := importer.ReadTable(t.Context(), importer.Input{Path: filepath.Join(folder, "c.csv")}, 0); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("no file: %v", err)
	}
}
