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
