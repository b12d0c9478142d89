package importer

import (
	"context"
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph"
)

// questionColumns are those of a questionnaire, as queries write them.
var questionColumns = []string{"asked", "question", "supplier", "buyer", "product", "field", "allowed", "present", "period", "answer", "source", "date", "relations", "holds", "check"}

// asking is a row of a questionnaire that is answered.
func asking(asked, field, relations, answer, source, date string) []string {
	holds := make([]string, len(strings.Fields(relations)))
	for i := range holds {
		holds[i] = ".."
	}
	return askingOf(asked, field, relations, "", strings.Join(holds, "; "), answer, source, date)
}

// askingOf is a row about relations that hold at times, and a period.
func askingOf(asked, field, relations, period, holds, answer, source, date string) []string {
	row := []string{asked, "What?", "a", "b", "p", field, "anything", "not stated", period, answer, source, date, relations, holds, ""}
	row[14] = graph.QuestionCheck(slices.Concat(row[:9], row[12:14]))
	return row
}

func questionnaireText(t testing.TB, comma rune, rows ...[]string) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Comma = comma
	if err := w.WriteAll(append([][]string{questionColumns}, rows...)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func importAnswers(t *testing.T, text string, opts Options) (*Report, string) {
	t.Helper()
	store := openStore(t)
	if opts.Now.IsZero() {
		opts.Now = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	}
	report, err := Import(context.Background(), store, []Input{reader("ask.csv", text)}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return report, dump(t, store)
}

// What is answered becomes claims of those who answer, one for each relation, source and date; the rest is left alone.
func TestQuestionnaireBecomesClaims(t *testing.T) {
	const ab, cb = "supplies~a~b~p", "supplies~c~b~p"
	text := questionnaireText(t, ',',
		asking("A Inc", "share_of_input", ab, "30%", "letter", "2026-11"),
		asking("B Inc", "essential", ab+" "+cb, "是", "", "2026-11"),
		asking("B Inc", "complete_list", ab, "no", "", "2026-11"),
		asking("B Inc", "cost_share", cb, "0,25", "", "2026Q4"),
		asking("B Inc", "used_in", cb, "rack", "", "2026Q4"),
		asking("C Inc", "share_of_input", cb, " ", "", ""))
	report, got := importAnswers(t, text, Options{})
	want := `{"statement":"supplies","supplier":"a","buyer":"b","product":"p","dataset":"ask","source":"answer of B Inc","asserted_by":"B Inc","period":"2026-11","valid_from":"2026-11-01","essential":"true","complete_list":"false","basis":"company"}
{"statement":"supplies","supplier":"a","buyer":"b","product":"p","dataset":"ask","source":"letter","asserted_by":"A Inc","period":"2026-11","valid_from":"2026-11-01","share_of_input":0.3,"basis":"company"}
{"statement":"supplies","supplier":"c","buyer":"b","product":"p","dataset":"ask","source":"answer of B Inc","asserted_by":"B Inc","period":"2026-11","valid_from":"2026-11-01","essential":"true","basis":"company"}
{"statement":"supplies","supplier":"c","buyer":"b","product":"p","dataset":"ask","source":"answer of B Inc","asserted_by":"B Inc","period":"2026Q4","valid_from":"2026-10-01","cost_share":0.25,"used_in":"rack","basis":"company"}
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if a := report.Answers; a == nil || *a != (Answers{Answered: 5, Unanswered: 1, Claims: 4}) || report.Created != 4 || report.Rows != 6 || report.Files[0].Records != "questions" {
		t.Errorf("%+v %+v", report, report.Answers)
	}
}

// An answer says nothing of the relation but what was asked: it holds no longer than before, and not before it is given;
// its stage stays. What a question asks about is what the answer is about; the day on which it is given is from when it
// holds.
func TestQuestionnaireLeavesTheRelation(t *testing.T) {
	const dated, planned, open = "2025-06-01..2027-06-01 volume", "..2026-01-01 announced", "2026-11-10.."
	text := questionnaireText(t, ',',
		askingOf("A Inc", "share_of_input", "supplies~a~b~p", "2026H2", dated, "14.3%", "", "2026-11"),
		askingOf("B Inc", "essential", "supplies~c~b~p supplies~d~b~p", "", planned+"; "+open, "yes", "", "2025-12"),
		askingOf("B Inc", "used_in", "supplies~c~b~p supplies~d~b~p", "", planned+"; "+open, "rack", "", "2026"))
	_, got := importAnswers(t, text, Options{})
	want := `{"statement":"supplies","supplier":"a","buyer":"b","product":"p","dataset":"ask","source":"answer of A Inc","asserted_by":"A Inc","period":"2026H2","valid_from":"2026-11-01","share_of_input":0.143,"valid_to":"2027-06-01","basis":"company","stage":"volume"}
{"statement":"supplies","supplier":"c","buyer":"b","product":"p","dataset":"ask","source":"answer of B Inc","asserted_by":"B Inc","period":"2025-12","valid_from":"2025-12-01","essential":"true","valid_to":"2026-01-01","basis":"company","stage":"announced"}
{"statement":"supplies","supplier":"d","buyer":"b","product":"p","dataset":"ask","source":"answer of B Inc","asserted_by":"B Inc","period":"2025-12","valid_from":"2026-11-10","essential":"true","basis":"company"}
{"statement":"supplies","supplier":"d","buyer":"b","product":"p","dataset":"ask","source":"answer of B Inc","asserted_by":"B Inc","period":"2026","valid_from":"2026-11-10","used_in":"rack","basis":"company"}
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// The same answers in a file of another name are no second, independent word.
func TestQuestionnaireInTwoFiles(t *testing.T) {
	store := openStore(t)
	text := questionnaireText(t, ',', asking("A Inc", "share_of_input", "supplies~a~b~p", "0.3", "", "2026"))
	for _, name := range []string{"ask.csv", "ask (1).csv"} {
		if _, err := Import(context.Background(), store, []Input{reader(name, text)}, Options{Now: stamp}); err != nil {
			t.Fatal(err)
		}
	}
	v, err := graph.Load(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := v.FindRelation(graph.RelationKey{Kind: graph.KindSupplies, From: "a", To: "b", Product: "p"})
	f := graph.DefaultFilter(graph.DateOf(stamp))
	if folded := v.FoldRelation(r, f); folded.Claims != 2 || folded.Sources != 1 || v.CombinedConfidence(r, f) != folded.Confidence {
		t.Errorf("%+v, combined %v", folded, v.CombinedConfidence(r, f))
	}
}

// A percentage is the number that it spells.
func TestPercentages(t *testing.T) {
	for text, want := range map[string]float64{"14.3%": 0.143, "0.143": 0.143, "55.7 ％": 0.557, "0,29%": 0.0029, "7%": 0.07, "100%": 1, "0%": 0} {
		if f, err := parsePart(graph.FieldShareOfInput, text); err != nil || f.Number != want {
			t.Errorf("%s: %v, %v; want %v", text, f.Number, err, want)
		}
	}
}

// What spreadsheets do to a file changes nothing: another separator, a byte order mark, quotes, ends of line, an order
// of their own, an apostrophe before a formula, empty columns, notes.
func TestQuestionnaireThroughASpreadsheet(t *testing.T) {
	row := asking("=A Inc", "share_of_input", "supplies~a~b~p", "30%", "", "2026-11")
	other := asking("B Inc", "essential", "supplies~c~b~p", "", "", "")
	_, want := importAnswers(t, questionnaireText(t, ',', row, other), Options{})
	mended := slices.Clone(row)
	mended[0] = "'" + mended[0]
	text := strings.ReplaceAll(questionnaireText(t, ';', other, mended), "\n", ";;\r\n")
	text = "\ufeffsep=;\r\n" + strings.Replace(text, ";;", ";;my notes", 1)
	_, got := importAnswers(t, text, Options{})
	if got != want || got == "" {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestQuestionnaireRefuses(t *testing.T) {
	good := func() []string { return asking("A Inc", "share_of_input", "supplies~a~b~p", "0.3", "", "2026") }
	edited := func(at int, text string) []string {
		row := good()
		row[at] = text
		return row
	}
	for _, test := range []struct {
		row         []string
		column, why string
	}{
		{edited(9, "1.3"), "answer", `share_of_input "1.3": allowed: a part from 0 to 1, such as 0.3, or a percentage, such as 30%`},
		{edited(9, "130%"), "answer", `share_of_input "130%": allowed: a part from 0 to 1, such as 0.3, or a percentage, such as 30%`},
		{edited(9, "-5%"), "answer", `share_of_input "-5%": allowed: a part from 0 to 1, such as 0.3, or a percentage, such as 30%`},
		{edited(9, "some"), "answer", `share_of_input "some": allowed: a part from 0 to 1, such as 0.3, or a percentage, such as 30%`},
		{asking("B", "essential", "supplies~a~b~p", "perhaps", "", "2026"), "answer", `essential "perhaps": allowed: yes or no (是 or 否)`},
		{asking("B", "used_in", "supplies~a~b~p", "x;y", "", "2026"), "answer", `used_in "x;y": several products; allowed: one, and an empty answer where several need it`},
		{edited(11, ""), "date", "date is empty: of which day, month or year is the answer? allowed: 2026-11-24, 2026-11, 2026Q4, 2026"},
		{edited(11, "11/24/2026"), "date", `date "11/24/2026": not a date; allowed: 2026-11-24, 2026-11, 2026Q4, 2026 (a spreadsheet may have rewritten it: format the column as text)`},
		{edited(11, "2027"), "date", `date "2027" lies ahead: it is the day, month or year of which the answer is, and before it begins the answer would count for nothing`},
		{askingOf("A", "share_of_input", "supplies~a~b~p", "2026H2", "..", "1", "", "2026-05"), "date", `date "2026-05" is before 2026H2, which the question is about`},
		{askingOf("A", "share_of_input", "supplies~a~b~p", "", "2024-06-01..2026-01-01 volume", "1", "", "2026-05"), "date",
			`date "2026-05": what is asked about ended on 2026-01-01; an answer is of a day before`},
		{edited(3, "somebody else"), "buyer", `buyer "somebody else" is not what the questionnaire said: only answer, source and date are to be filled`},
		{edited(12, "supplies~x~b~p"), "relations", `relations "supplies~x~b~p" is not what the questionnaire said: only answer, source and date are to be filled`},
		{edited(14, "abc"), "check", `check "abc" does not fit the row: only answer, source and date are to be filled; make the questionnaire anew and copy the answers over`},
	} {
		report, got := importAnswers(t, questionnaireText(t, ',', test.row), Options{})
		if len(report.Rejections) != 1 || report.Rejections[0].Column != test.column || report.Rejections[0].Reason != test.why || report.Rejections[0].Row != 2 || got != "" {
			t.Errorf("%q: %+v, %s", test.row, report.Rejections, got)
		}
	}
	twice := good()
	twice[9] = "0.4"
	report, _ := importAnswers(t, questionnaireText(t, ',', good(), good(), twice), Options{})
	if report.Rejected != 1 || report.Rejections[0].Reason != "row 2 answers the same with 0.3" || report.Created != 1 {
		t.Errorf("%+v", report)
	}
	unanswered := questionnaireText(t, ',', edited(9, ""))
	if _, err := Import(context.Background(), openStore(t), []Input{reader("ask.csv", unanswered)}, Options{}); !errors.Is(err, graph.ErrInvalid) ||
		!strings.Contains(err.Error(), "no question in it is answered") {
		t.Error(err)
	}
	without := strings.Replace(unanswered, "date", "day", 1)
	if _, err := Import(context.Background(), openStore(t), []Input{reader("ask.csv", without)}, Options{}); err == nil || !strings.Contains(err.Error(), `column "date" is missing`) {
		t.Error(err)
	}
}

// The same again does nothing; more answers in a later version are added to the claims of the earlier ones.
func TestQuestionnaireAgain(t *testing.T) {
	store := openStore(t)
	share := asking("A Inc", "share_of_input", "supplies~a~b~p", "0.3", "", "2026")
	revenue := asking("A Inc", "revenue_share", "supplies~a~b~p", "", "", "")
	first := questionnaireText(t, ',', share, revenue)
	run := func(text string) *Report {
		report, err := Import(context.Background(), store, []Input{reader("ask.csv", text)}, Options{Now: stamp})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	wantCounts(t, run(first), 1, 0, 0, 0, 0)
	if r := run(first); !r.AlreadyImported || r.Unchanged != 1 {
		t.Errorf("%+v", r)
	}
	revenue[9], revenue[11] = "10%", "2026"
	wantCounts(t, run(questionnaireText(t, ',', share, revenue)), 0, 1, 0, 0, 0)
	if got := dump(t, store); !strings.Contains(got, `"share_of_input":0.3,"revenue_share":0.1`) {
		t.Error(got)
	}
}
