package queries_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/queries"
)

// A cell that a stranger wrote must not be computed by the spreadsheet that opens the list.
func TestWriteSheet(t *testing.T) {
	rows := []struct {
		Name  string        `json:"name"`
		Who   queries.Ref   `json:"who"`
		List  []queries.Ref `json:"list"`
		Share float64       `json:"share"`
		Count int           `json:"count"`
	}{
		{"=1+1", queries.Ref{ID: "@a", Name: "+b"}, []queries.Ref{{ID: "-c", Name: "\td"}}, -0.5, -3},
		{"a=b", queries.Ref{ID: "x", Name: "'x"}, nil, 1e-7, 0},
	}
	for _, test := range []struct {
		write func(*csv.Writer, any) error
		want  string
	}{
		{queries.WriteCSV, "name,who_id,who_name,list,list_names,share,count\n=1+1,@a,+b,-c,\"\td\",-0.5,-3\na=b,x,'x,,,1e-07,0\n"},
		{queries.WriteSheet, "name,who_id,who_name,list,list_names,share,count\n'=1+1,'@a,'+b,'-c,'\td,-0.5,-3\na=b,x,'x,,,1e-07,0\n"},
	} {
		var text strings.Builder
		w := csv.NewWriter(&text)
		if err := test.write(w, rows); err != nil {
			t.Fatal(err)
		}
		if w.Flush(); text.String() != test.want {
			t.Errorf("got\n%s\nwant\n%s", text.String(), test.want)
		}
	}
}

// What a spreadsheet shows of lists and of things with parts is words, not JSON.
func TestCellsAreWords(t *testing.T) {
	type part struct {
		Product *queries.Ref      `json:"product"`
		Loss    *queries.Interval `json:"loss_if_stopped"`
		Of      []string          `json:"programmes"`
		Counts  bool              `json:"counts"`
		ID      string            `json:"relation"`
		Number  int               `json:"denials"`
	}
	half := &queries.Interval{Low: 0, High: 0.5}
	rows := []struct {
		Parts []part             `json:"parts"`
		One   *part              `json:"one"`
		Money []queries.Money    `json:"spend"`
		Cause []queries.CauseHop `json:"cause"`
		Paths []queries.PathRow  `json:"paths"`
		Any   []*queries.Ref     `json:"products"`
		By    map[string]float64 `json:"numbers"`
	}{
		{},
		{[]part{{Product: &queries.Ref{ID: "p", Name: "Pump"}, Loss: half, Of: []string{"A", "B"}, Counts: true, ID: "x"}, {Loss: half, Number: 2}},
			&part{Product: &queries.Ref{ID: "q"}}, []queries.Money{{Amount: 1550000.5, Currency: "USD"}, {Amount: 2}},
			[]queries.CauseHop{{From: queries.Ref{Name: "A"}, To: queries.Ref{Name: "B"}, Product: &queries.Ref{Name: "P"}}, {From: queries.Ref{Name: "B"}, To: queries.Ref{Name: "C"}}},
			[]queries.PathRow{{Companies: []string{"a", "b", "c"}}}, []*queries.Ref{{ID: "p", Name: "Pump"}, nil}, map[string]float64{"value": 5, "share": 0.5}},
	}
	want := `parts,one,spend,cause,paths,products,numbers
,,,,,,
"Pump (loss if stopped 0 to 0.5, programmes A + B, counts); loss if stopped 0 to 0.5, denials 2",q,1550000.5 USD; 2,A > P > B; B > C,a > b > c,Pump; not stated,share 0.5; value 5
`
	var text strings.Builder
	w := csv.NewWriter(&text)
	if err := queries.WriteCSV(w, rows); err != nil {
		t.Fatal(err)
	}
	if w.Flush(); text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
}
