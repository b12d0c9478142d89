package explorer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/goccy/go-yaml"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/queries"
)

const stopBox = chromedp.CSS(`.whatif-picker input`)

// TestWhatIf switches things off: from the first page, by the box, lowered instead of stopped, and reads why.
func TestWhatIf(t *testing.T) {
	p := serveSample(t).open(t, "")
	p.click("What happens to Microsoft if liquid cooling stops?")
	p.at("#/company/microsoft/whatif?stop=product:liquid-cooling")
	p.see("Microsoft Corporation would lose at least 0% and at most 100% of its Cloud compute and GPU cloud", "It needs Nvidia GB300 NVL72 rack, and NVIDIA Corporation is the only documented supplier",
		"It needs Liquid cooling", "4 companies downstream would lose something or may: none for certain, up to 4 everything", "OpenAI")
	p.see("What would narrow this", "How much of its Liquid cooling does NVIDIA Corporation get from each of its 2 documented suppliers?")

	// The picture has what stops, those that lose something by it, and nobody else.
	p.until(`[...document.querySelectorAll(".flow-node")].map(n => n.dataset.id).sort().join() === "coreweave,delta,envicool,microsoft,nvidia,openai,vertiv"`)

	// An assumption that the answer proposes.
	p.see("All of this, and each kind of a product is an input of its own")
	p.run(chromedp.Click(chromedp.CSS(`.supposing tr:last-child button`)))
	p.at("assume=complete&assume=essential&product_level=exact")
	p.see("Microsoft Corporation would lose 100% of its GPU cloud")

	p.run(chromedp.SendKeys(stopBox, "asml"))
	p.see("ASML Holding")
	p.run(chromedp.SendKeys(stopBox, kb.Enter))
	p.at("stop=product:liquid-cooling&stop=company:asml")
	level := chromedp.CSS(`.stop:last-child .level`)
	p.run(chromedp.SetValue(level, ""), chromedp.SendKeys(level, "40"+kb.Enter))
	p.at("stop=company:asml@40")
}

// TestWhatIfReason opens the reason of a row and from it the evidence of a hop.
func TestWhatIfReason(t *testing.T) {
	p := serveSample(t).open(t, "#/whatif?stop=company:vertiv")
	p.see("Who loses something", "What stops itself (1)")
	p.run(chromedp.Click(chromedp.CSS(`.losses tbody tr button`)))
	p.at("why=")
	p.see("Nobody states who supplies how much.", "Nobody states whether it can do without this input.")
	p.run(chromedp.Click(chromedp.CSS(`.losses a.hop`)))
	p.at("relation=supplies~vertiv~nvidia~liquid-cooling")
}

// TestWhatIfRemedy tries a second source, and sees the loss before and after.
func TestWhatIfRemedy(t *testing.T) {
	p := serveSample(t).open(t, "#/company/microsoft/whatif?stop=product:liquid-cooling")
	p.see("Nebius Group N.V. takes over another 30% of the GPU cloud")
	p.click("Try it")
	p.at("second=nebius~gpu-cloud~microsoft~0.3")
	p.see("In the scenario", "Before and after: Microsoft Corporation", "0% to 70%")
	p.click("Take it out")
	p.until(`!location.href.includes("second=") && !document.querySelector(".trying")`)
}

// TestWhatIfKept keeps two scenarios, renames one, compares them by an address, and deletes one.
func TestWhatIfKept(t *testing.T) {
	s := serveSample(t)
	p := s.open(t, "#/company/microsoft/whatif?stop=product:liquid-cooling")
	name := chromedp.CSS(`.kept form input`)
	p.run(chromedp.WaitVisible(name), chromedp.SendKeys(name, "Cooling"+kb.Enter))
	p.at("title=Cooling")
	p.see("Rename")
	p.run(chromedp.Evaluate[chromedp.Void](`location.hash = "#/company/microsoft/whatif?stop=country:TW"`))
	p.see("Taiwan")
	p.until(`document.querySelector(".kept form input").value === ""`)
	p.run(chromedp.SendKeys(name, "Island"+kb.Enter))
	p.at("title=Island")
	p.click("Rename")
	renamed := chromedp.CSS(`.kept-list form input`)
	p.run(chromedp.WaitVisible(renamed), chromedp.Evaluate[chromedp.Void](`document.querySelector(".kept-list form input").select()`), chromedp.SendKeys(renamed, "Taiwan stops"+kb.Enter))
	p.see("Taiwan stops")
	p.run(chromedp.Click(chromedp.CSS(`.kept-list li:nth-child(1) input`)), chromedp.Click(chromedp.CSS(`.kept-list li:nth-child(2) input`)))
	p.click("Compare 2")
	p.at("case=title=Taiwan+stops")
	p.see("Scenarios compared", "1. Taiwan stops", "2. Cooling", "OpenAI")
	shared := value[string](p, `location.hash`)

	p.run(chromedp.Click(chromedp.CSS(`.kept-list li:nth-child(2) button:last-child`)))
	p.until(`document.querySelectorAll(".kept-list li").length === 1`)

	// Whoever has the link sees the same, without having kept anything.
	other := s.open(t, shared)
	other.see("Scenarios compared", "1. Taiwan stops", "2. Cooling", "Liquid cooling stops")
}

// TestWhatIfMany compares where more companies lose something than are compared: who is beyond them is not told to lose
// nothing, but for the company in question, which is asked for by itself.
func TestWhatIfMany(t *testing.T) {
	const buyers = 250
	s := serve(t, manyBuyers(t, buyers), "")
	p := s.open(t, "#/whatif?case=title%3DHub%26stop%3Dcompany%3Ahub&case=title%3DLast%26stop%3Dcompany%3Asmall")
	p.see("Of scenario 1, only the 200 that may lose most are compared", "none")
	p.click("Show all 202")
	beyond := `[...document.querySelectorAll(".comparing tbody tr")].map(r => r.innerText).find(x => x.includes("Buyer 0249"))`
	p.until(beyond + `.includes("not among the first 200")`)

	p.goTo("#/company/b0249/whatif?case=title%3DHub%26stop%3Dcompany%3Ahub&case=title%3DLast%26stop%3Dcompany%3Asmall")
	p.until(`document.querySelector(".comparing tr.focal")?.innerText.includes("Buyer 0249") && !document.querySelector(".comparing tr.focal").innerText.includes("first 200")`)
	p = s.open(t, "#/whatif?lang=zh&case=title%3DHub%26stop%3Dcompany%3Ahub&case=title%3DLast%26stop%3Dcompany%3Asmall")
	p.see("情景 1 仅对比可能损失最大的 200 项")
	p.click("显示全部 202 项")
	p.see("不在前 200 项之列")
}

// manyBuyers is a store with a hub that delivers to many, and a small supplier of the last of them.
func manyBuyers(t *testing.T, n int) graph.Store {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "many.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	var companies, supplies strings.Builder
	companies.WriteString("id,name,kind,country\nhub,Hub,company,JP\nsmall,Small Works,company,JP\n")
	supplies.WriteString("supplier,buyer,product,stage,basis,source\n")
	for i := range n {
		fmt.Fprintf(&companies, "b%04d,Buyer %04d,company,US\n", i, i)
		fmt.Fprintf(&supplies, "hub,b%04d,part,volume,filing,paper\n", i)
	}
	fmt.Fprintf(&supplies, "small,b%04d,bolt,volume,filing,paper\n", n-1)
	var inputs []importer.Input
	for name, text := range map[string]string{
		"companies.csv": companies.String(), "supplies.csv": supplies.String(),
		"products.csv": "id,name\npart,Part\nbolt,Bolt\n", "sources.csv": "id,title\npaper,Paper\n",
	} {
		inputs = append(inputs, importer.Input{Name: name, Reader: strings.NewReader(text)})
	}
	if _, err := importer.Import(t.Context(), store, inputs, importer.Options{Dataset: "many"}); err != nil {
		t.Fatal(err)
	}
	return store
}

// TestWhatIfFiles saves the losses and the scenario, which reads as tributary disrupt --scenario takes it, and opens a
// file that somebody wrote by hand.
func TestWhatIfFiles(t *testing.T) {
	p := serveSample(t).open(t, "#/company/microsoft/whatif?title=Cooling+%26+Taiwan&stop=product:liquid-cooling@40&stop=country:TW,by:making&second=~gpu-cloud~microsoft~0.3")
	p.see("Who loses something")
	// What stands above the buttons comes in parts and moves them: a click on where one was would be lost.
	p.until(`document.querySelectorAll(".flow-node").length > 2`)
	press := func(text string) {
		p.until(fmt.Sprintf(`[...document.querySelectorAll(".whatif-tools button")].filter(b => b.textContent === %q).map(b => b.click()).length`, text))
	}
	// What is saved is kept beside: a headless browser stores nothing.
	p.run(chromedp.Evaluate[chromedp.Void](`{ const make = URL.createObjectURL; URL.createObjectURL = b => { b.text().then(t => { window.saved = t; }); return make.call(URL, b); }; }`))
	press("Scenario as YAML")
	p.until(`window.saved`)
	var scenario queries.Scenario
	readScenario(t, value[string](p, `window.saved`), &scenario)
	if scenario.Title != "Cooling & Taiwan" || len(scenario.Targets) != 2 || scenario.Targets[0].Product != "liquid-cooling" || scenario.Targets[1].By != "making" || scenario.Remedy == nil || len(scenario.Remedy.Suppliers) != 1 {
		t.Errorf("the file says %+v", scenario)
	}
	p.run(chromedp.Evaluate[chromedp.Void](`window.saved = ""`))
	press("Losses as CSV")
	p.until(`window.saved.startsWith("tier,id,name")`)

	// The picture with what is lost, certain or not.
	press("SVG")
	p.until(`window.saved.startsWith("<svg") && window.saved.includes("url(#hatch)\"/>") && window.saved.includes("How the loss spreads to Microsoft")`)

	file := filepath.Join(t.TempDir(), "hualien.yaml")
	written := "# as it is in the docs\ntitle: Hualien earthquake\nfrom: 2024-04-03\ntargets:\n  - country: TW\n    by: making      # headquarters, origin, making, site\n    product: foundry-wafer\n    capacity: 0.8\n"
	if err := os.WriteFile(file, []byte(written), 0o644); err != nil {
		t.Fatal(err)
	}
	p.run(chromedp.SetUploadFiles(chromedp.CSS(`.whatif input[type=file]`), []string{file}))
	p.at("stop=product:foundry-wafer,country:TW,by:making@80")
	p.at("title=Hualien+earthquake")
}

// readScenario reads a file as the command does: YAML, by the names of the JSON.
func readScenario(t *testing.T, text string, into *queries.Scenario) {
	t.Helper()
	if !strings.Contains(text, "targets:") {
		t.Fatalf("no YAML: %s", text)
	}
	if err := yaml.UnmarshalWithOptions([]byte(text), into, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIfChinese(t *testing.T) {
	p := serveSample(t).open(t, "#/company/microsoft/whatif?stop=product:liquid-cooling&lang=zh")
	p.see("微软将损失至少 0%、至多 100% 的云计算和GPU云产出", "需要GB300机柜，英伟达是唯一有记录的供应商", "如何收窄这一区间", "如何补救", "已保存的情景")
}
