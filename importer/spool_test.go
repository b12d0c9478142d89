package importer

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/importer/records"
)

// spooled lists the temporary files of imports that have a name: what a process that is killed leaves behind.
func spooled(t *testing.T, folder string) []string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("open files cannot be unlinked")
	}
	found, err := filepath.Glob(filepath.Join(folder, "tributary-import-*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Nothing is left of an import that is killed, at whatever moment.
func TestSpooledFilesHaveNoName(t *testing.T) {
	var text strings.Builder
	text.WriteString("supplier,buyer,share_of_input\n")
	for i := range 2000 {
		fmt.Fprintf(&text, "s%d,b%d,0.5\n", i%1500, i%700)
	}
	text.WriteString("s1,b1,0.6\n") // is read again, to be written to the rejects
	folder, rejects := t.TempDir(), t.TempDir()
	var phases []Phase
	opts := Options{Memory: 16 << 10, TempDir: folder, BatchSize: 100, Rejects: RejectsIn(rejects), Progress: func(p Progress) {
		if left := spooled(t, folder); len(left) > 0 {
			t.Errorf("%s: %v", p.Phase, left)
		}
		phases = append(phases, p.Phase)
	}}
	r := mustImport(t, openStore(t), opts, reader("x.csv", text.String()))
	if !slices.Contains(phases, PhaseWrite) || r.Rejected == 0 {
		t.Errorf("%v, %d rejected", phases, r.Rejected)
	}
	written, err := os.ReadFile(filepath.Join(rejects, "x.rejected.csv"))
	if err != nil || !strings.Contains(string(written), ",s1,b1,0.6\n") {
		t.Errorf("%v\n%s", err, written)
	}
}

func TestSpooledArchivesHaveNoName(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	for name, text := range map[string]string{
		"c.xlsx":    workbookOf(t, [][]any{{"id", "name"}, {"a", "Alpha"}}),
		"c.parquet": parquetOf(t),
		"c.zip":     zipOf(t, map[string]string{"c.csv": "id,name\na,Alpha\n"}),
	} {
		r, err := OpenRecords(t.Context(), reader(name, text), records.Layout{})
		if err != nil {
			t.Fatal(name, err)
		}
		if left := spooled(t, folder); len(left) > 0 {
			t.Errorf("%s: %v", name, left)
		}
		if x, err := r.Next(); err != nil || x.Cells[0] != "a" {
			t.Errorf("%s: %v, %v", name, x, err)
		}
		if err := r.Close(); err != nil {
			t.Error(name, err)
		}
	}
}

// What a workbook is unzipped to is removed, also where the library gives up half-way.
func TestWorkbooksLeaveNoFiles(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	large := strings.Repeat(" ", maxUnzipped)
	whole := zipOf(t, map[string]string{
		"[Content_Types].xml":        `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>` + large + `</sheetData></worksheet>`,
	})
	left := func() []os.DirEntry {
		found, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	r, err := OpenRecords(t.Context(), reader("c.xlsx", whole), records.Layout{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if found := left(); len(found) > 0 {
		t.Errorf("read whole: %v", found)
	}
	if _, err := OpenRecords(t.Context(), reader("c.xlsx", whole), records.Layout{Sheet: "none"}); err == nil {
		t.Error("there is no such sheet")
	}
	// The last part is compressed in a way that is not known: most often the sheet is on disk by then.
	damaged := []byte(whole)
	damaged[strings.LastIndex(whole, "PK\x01\x02")+10] = 99
	if _, err := OpenRecords(t.Context(), reader("c.xlsx", string(damaged)), records.Layout{}); err == nil {
		t.Error("a part cannot be unzipped")
	}
	if found := left(); len(found) > 0 {
		t.Errorf("after errors: %v", found)
	}
}
