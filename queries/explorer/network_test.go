package explorer_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tributarygraph/tributary/queries/httpapi"
)

// TestNetwork walks the view of the whole network: from a count of relations between two countries to the sources of one
// of these, the ranking of systemic risk, and how well all of it is documented.
func TestNetwork(t *testing.T) {
	p := serveSample(t).open(t, "#/network")
	p.see("The whole network", "Who supplies whom, by country", "South Korea", "Companies by country")
	if cells := value[int](p, `document.querySelectorAll(".matrix td a").length`); cells < 20 {
		t.Errorf("%d cells of the table lead anywhere", cells)
	}
	p.run(chromedp.Click(chromedp.CSS(`.matrix a[aria-label$="relations from Japan to Taiwan"]`)))
	p.at("from=JP&to=TW")
	p.see("Japan to Taiwan", "Ajinomoto", "of 25 relations", "All companies: Japan")
	p.run(chromedp.Click(chromedp.CSS(`.cell tbody tr:first-child td:last-child a`)))
	p.at("relation=supplies~")
	p.see("What the sources say")
	p.run(chromedp.Click(chromedp.CSS(`aside.evidence .close`)))
	p.click("Close")
	p.until(`!document.querySelector(".cell")`)

	p.click("Sector")
	p.at("by=sector")
	p.see("Who supplies whom, by sector", "foundry")
	p.click("Show all")
	p.see("Show fewer")

	p.click("Systemic risk")
	p.at("#/network/risk")
	p.see("What is lost when a company stops", "count like the mean of these", "NVIDIA Corporation", "Computed to ±")
	p.run(chromedp.Click(chromedp.CSS(`.ranking tbody tr:first-child .act a`)))
	p.at("/whatif?stop=company:nvidia")

	p.goTo("#/network/risk?missing=leave_out")
	p.see("are left out: the ranking says nothing of companies without a value", "SK siltron")

	p.click("Coverage")
	p.see("What claims rest on", "company statement", "Where the documents end", "without a documented supplier", "No pair of names awaits a decision", "sample", "No companies supply one another round a loop")
	p.click("Sites (8)")
	p.see("Linde La Porte", "Texas")

	p.click("中文")
	p.see("全网概览", "陈述的依据", "法定披露文件", "待确认的名称")
	p.click("流向")
	p.see("按国家/地区：谁向谁供货", "日本", "供出合计")
}

// TestNetworkJob ranks on a server that never waits for scores: the page follows the job, then shows them.
func TestNetworkJob(t *testing.T) {
	p := serveWith(t, httpapi.Config{Store: serveSample(t).store, ImportWait: time.Nanosecond}).open(t, "#/network/risk")
	p.see("NVIDIA Corporation", "What if it stops?")
	if jobs := value[int](p, `performance.getEntriesByType("resource").filter(e => e.name.includes("/v1/jobs/")).length`); jobs == 0 {
		t.Error("the page never asked how far the job is")
	}
}
