package importer

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/importer/generate"
)

// TestKnownFormats imports files as they are published, each by its name alone: every record is converted, left out or
// rejected, and what they say is what a person reads in them.
func TestKnownFormats(t *testing.T) {
	for _, test := range []struct {
		file                        string
		format                      string
		rows, converted, left       int64
		rejected, created, combined int64
		says                        []string
	}{
		{file: "gleif-lei.csv", format: "gleif-lei", rows: 6, converted: 4, left: 1, rejected: 1, created: 4, says: []string{
			`"id":"lei:99990000000000000087"`, `"name":"Beispiel Wafer AG"`, `"aliases":"Muster \"Silizium\", GmbH"`,
			`"aliases":"Shili Cailiao Youxian Gongsi"`, `"jurisdiction":"US"`, `"kind":"fund"`, `"status":"inactive"`}},
		{file: "gleif-rr.csv", format: "gleif-rr", rows: 5, converted: 4, left: 1, created: 4, says: []string{
			`"owner":"lei:99990000000000000087","owned":"lei:99990000000000000281"`, `"share":0.667`, `"valid_from":"2019-07-01"`,
			`"owner":"lei:99990000000000000184","owned":"lei:99990000000000000087"`, `"control":"ultimate accounting consolidation"`, `"role":"fund managed by"`}},
		{file: "entities.ftm.json", format: "followthemoney", rows: 10, converted: 6, left: 3, rejected: 1, created: 8, says: []string{
			`"id":"lei:99990000000000000087"`, `"id":"opensanctions:NK-muster"`, `"valid_from":"2023-03-02","share":0.51`, `"valid_to":"2023-03-02"`,
			`"authority":"Ministry of Example"`, `"authority":"authority not named"`, `"programme":"export.control"`, `"product":"hs:381800"`, `"origin_country":"DE"`}},
		{file: "targets.simple.csv", format: "opensanctions-simple", rows: 3, converted: 2, left: 1, created: 3, says: []string{
			`"aliases":"BEISPIEL WAFER AG;Muster, Silizium GmbH"`, `"programme":"XX-EX"`, `"kind":"person"`}},
	} {
		store := openStore(t)
		r, err := Import(t.Context(), store, Files(filepath.Join("formats", "testdata", test.file)), Options{Now: stamp})
		if err != nil {
			t.Errorf("%s: %v", test.file, err)
			continue
		}
		f := r.Files[0]
		if f.Conversion == nil || f.Conversion.Format != test.format {
			t.Errorf("%s is not taken for %s: %s", test.file, test.format, asJSON(t, f))
			continue
		}
		if f.Rows != test.rows || f.Conversion.Converted != test.converted || f.Conversion.LeftOut != test.left || f.Rejected != test.rejected || f.Rows != f.Conversion.Converted+f.Conversion.LeftOut+f.Rejected {
			t.Errorf("%s: of %d records, %d converted, %d left out, %d rejected; want %d, %d, %d, %d", test.file,
				f.Rows, f.Conversion.Converted, f.Conversion.LeftOut, f.Rejected, test.rows, test.converted, test.left, test.rejected)
		}
		if r.Created != test.created || r.Combined != test.combined {
			t.Errorf("%s: %d created, %d combined; want %d, %d", test.file, r.Created, r.Combined, test.created, test.combined)
		}
		said := statements(t, store)
		for _, want := range test.says {
			if !strings.Contains(said, want) {
				t.Errorf("%s does not say %s:\n%s", test.file, want, said)
			}
		}
	}
}

// TestGeneratedGLEIF: the generated register is taken for what it imitates, whole.
func TestGeneratedGLEIF(t *testing.T) {
	dir := t.TempDir()
	if err := generate.GLEIF(t.Context(), dir, 1, 1000); err != nil {
		t.Fatal(err)
	}
	store := openStore(t)
	r, err := Import(t.Context(), store, []Input{{Path: dir}}, Options{Dataset: "gleif", Now: stamp})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, f := range r.Files {
		got += fmt.Sprintf("%s %s %d: %d converted, %d left out, %d rejected\n", f.Name, f.Conversion.Format, f.Rows, f.Conversion.Converted, f.Conversion.LeftOut, f.Rejected)
	}
	want := "gleif-lei.csv gleif-lei 1000: 992 converted, 8 left out, 0 rejected\n" +
		"gleif-rr.csv gleif-rr 248: 124 converted, 124 left out, 0 rejected\n"
	if got != want || r.Companies.Ambiguous+r.Companies.Absorbed != 0 {
		t.Errorf("got\n%swant\n%s%s", got, want, asJSON(t, r.Companies))
	}
}
