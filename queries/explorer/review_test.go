package explorer_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
)

const (
	// namesakes are companies of which rules cannot tell whether a mention means them, and two that only force makes one.
	namesakes = "id,name,aliases,country,ticker\np-jp,Panasonic Holdings,Matsushita;松下,JP,XTKS:6752\nkobe,Kobe Cells,Matsushita,US,\ntwin-a,Twin Holding,,DE,XETR:AAA\ntwin-b,Twin Werke,,DE,XETR:BBB\n"
	mentions  = "supplier,buyer,product\nMatsushita,Tesla,battery cells\n"
)

// serveNamesakes serves a store with names that people have to decide about.
func serveNamesakes(t testing.TB) *site {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "names.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s := serve(t, store, "")
	for name, text := range map[string]string{"companies": namesakes, "relations": mentions} {
		s.call(t, "POST", "/v1/imports?dataset="+name, text)
	}
	return s
}

// call asks the API beside the page.
func (s *site) call(t testing.TB, method, path, body string) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %v %v", method, path, response.Status, err, out)
	}
	return out
}

// review is the id of an open review.
func (s *site) review(t testing.TB, record, candidate string) string {
	t.Helper()
	for _, item := range s.call(t, "GET", "/v1/reviews", "")["items"].([]any) {
		if x := item.(map[string]any); x["record"] == record && x["candidate"] == candidate {
			return x["id"].(string)
		}
	}
	t.Fatalf("no review asks whether %s is %s", record, candidate)
	return ""
}

// isOne reports whether two records are one company in the store.
func (s *site) isOne(t testing.TB, a, b string) bool {
	t.Helper()
	if err := s.views.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := s.views.View()
	x, _ := v.Find(graph.KindCompany, a)
	y, _ := v.Find(graph.KindCompany, b)
	return x == y
}

// press types one key that no field takes.
func (p *tab) press(key string) {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](`document.activeElement?.blur()`), chromedp.KeyEvent(key))
}

// pair goes to an open pair, and waits until it is the one that is asked about.
func (p *tab) pair(s *site, record, candidate, name, called string) {
	p.t.Helper()
	p.goTo("#/review?pair=" + s.review(p.t, record, candidate))
	p.until(fmt.Sprintf(`[...document.querySelectorAll(".review-pair .names td")].map(cell => cell.innerText).join("|") === %q`, name+"|"+called))
}

func TestReview(t *testing.T) {
	s := serveNamesakes(t)
	p := s.open(t, "#/review")
	p.see("Nothing to decide")
	p.click("also compare companies that are described")
	p.click("Look for doubtful names")
	p.see("Merged without asking: 0. To be decided: 4", "1 of 4")

	// What tells the two apart, and why they may be one.
	p.pair(s, "Matsushita", "p-jp", "Matsushita", "Panasonic Holdings")
	p.see("Matsushita", "battery cells to Tesla", "Japan", "Ticker XTKS:6752", "dataset relations", "Spelled alike: matsushita", "How sure the rule is")

	// Nobody decides without a name.
	p.click("One company a")
	p.see("Say who decides first")
	p.run(chromedp.SendKeys(chromedp.CSS(".review-answer input[autocomplete=name]"), "Anna"))

	// Later; then not the same, by key; and back.
	first := value[string](p, `document.querySelector(".review-progress strong").innerText`)
	p.press("s")
	p.until(fmt.Sprintf(`document.querySelector(".review-progress strong").innerText !== %q`, first))
	p.pair(s, "Matsushita", "p-jp", "Matsushita", "Panasonic Holdings")
	p.press("r")
	p.see("Two companies: Matsushita and Panasonic Holdings", "of 4")
	if s.isOne(t, "Matsushita", "p-jp") {
		t.Error("Matsushita is the rejected company")
	}
	p.press("u")
	p.until(`!document.body.innerText.includes("Two companies: Matsushita and")`)
	p.see("Panasonic Holdings", first)

	// Accepted by button: the other candidate of the name is settled with it.
	p.run(chromedp.SendKeys(chromedp.CSS(".review-answer label.why input"), "its site says so"))
	p.click("One company a")
	p.see("One company: Matsushita and Panasonic Holdings", "of 3")
	if !s.isOne(t, "Matsushita", "p-jp") {
		t.Error("Matsushita is not the accepted company")
	}

	// Two whose identifiers contradict each other need a second word.
	p.pair(s, "twin-b", "twin-a", "Twin Werke", "Twin Holding")
	p.see("The identifiers contradict each other: Ticker XETR:AAA / XETR:BBB")
	p.press("a")
	p.see("One company nevertheless?")
	p.click("Leave it")
	p.until(`!document.querySelector("dialog[open]")`)
	p.press("a")
	p.click("Make them one company")
	p.see("One company: Twin Werke and Twin Holding")
	if !s.isOne(t, "twin-a", "twin-b") {
		t.Error("the twins are two")
	}
	p.press("r")
	p.see("Nothing to decide")

	// What was decided, and the way back.
	p.goTo("#/review?status=same")
	p.see("Anna", "its site says so", "2 pairs")
	p.run(chromedp.Click(chromedp.CSS(`button[aria-label="Undo: Matsushita"]`)))
	p.until(`[...document.querySelectorAll(".facts")].some((e) => e.textContent === "1 pair")`)
	if s.isOne(t, "Matsushita", "p-jp") {
		t.Error("Matsushita is the company that was taken back")
	}
	p.goTo("#/review?status=settled")
	p.see("Nothing of this kind yet")
}

// A pair has an address; the page speaks Chinese; what two people decide at once is told.
func TestReviewLinked(t *testing.T) {
	s := serveNamesakes(t)
	s.call(t, "POST", "/v1/resolve/graph?all=true", "")
	id := s.review(t, "Matsushita", "p-jp")
	p := s.open(t, "?lang#/review?lang=zh&pair="+id)
	p.see("共 4 对", "同一家公司", "理由", "写法相同：matsushita", "向 Tesla 供应 battery cells", "数据集 relations")
	p.run(chromedp.SendKeys(chromedp.CSS(".review-answer input[autocomplete=name]"), "王芳"+kb.Tab))
	s.call(t, "POST", "/v1/reviews/"+id, `{"decision": "different", "by": "Bo"}`)
	p.allow("409")
	p.press("r")
	p.see("by Bo")
	p.goTo("#/review?lang=zh&pair=" + id)
	p.see("这一对不在队列中")
}

// axe finds nothing in a pair that is to be decided, nor in those that are.
func TestReviewAccessible(t *testing.T) {
	checker := axeOf(t)
	s := serveNamesakes(t)
	s.call(t, "POST", "/v1/resolve/graph?all=true", "")
	id := s.review(t, "Matsushita", "p-jp")
	s.call(t, "POST", "/v1/reviews/"+id, `{"decision": "same", "by": "Bo", "why": "the same address"}`)
	for _, of := range []state{{"review", "#/review", "How sure the rule is", "规则认为"}, {"decided", "#/review?status=all", "Decided by", "决定人"}} {
		s.show(t, of, "en", light, wide).accessible(checker)
		s.show(t, of, "zh", dark, phone).accessible(checker)
	}
}
