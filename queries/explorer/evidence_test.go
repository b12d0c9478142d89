package explorer_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// showing brings a relation into the address of the view that is shown, as a link of the view does.
func (p *tab) showing(relation string) {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](`location.hash = location.hash.split("?")[0] + "?relation=` + relation + `"`))
}

func TestEvidence(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia")
	p.run(chromedp.Focus(chromedp.CSS(".brand")))
	p.showing("supplies~sk-hynix~nvidia~hbm")
	p.see("SK hynix Inc.", "71%", "of NVIDIA Corporation’s purchases of High bandwidth memory", "2025", "of SK hynix Inc.’s revenue", "Data-centre GPU", "10.9T")
	p.until(`document.querySelector("blockquote[lang=ja]")?.innerText.includes("71%")`)
	p.until(`[...document.querySelectorAll(".claim a")].every((a) => a.target === "_blank" && a.rel === "noopener noreferrer" && a.href.startsWith("http"))`)
	p.until(`document.querySelector(".evidence .ends a").hash === "#/company/sk-hynix"`)
	p.until(`document.activeElement === document.querySelector(".evidence")`)
	p.run(chromedp.KeyEvent(kb.Escape))
	p.until(`!document.querySelector(".evidence") && !location.hash.includes("relation") && document.activeElement === document.querySelector(".brand")`)

	// What is disputed and denied stands side by side; who says so leads to what is said.
	p.showing("supplies~sk-hynix~nvidia~hbm4")
	p.see("Disputed", "50%", "70%", "SemiAnalysis")
	p.showing("supplies~samsung-electronics~nvidia~hbm3e")
	p.see("3 sources deny it", "2024-08")
	p.until(`!document.querySelector(".claims details[open]")`)
	p.click("Samsung Electronics, Sammy Fans")
	p.until(`document.activeElement.matches(".claim.denies") && document.querySelector(".claims details[open]") !== null`)
	p.run(chromedp.Click(chromedp.CSS(".evidence .close")))
	p.until(`!document.querySelector(".evidence")`)
}

func TestEvidenceOfEachKind(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia?lang=zh")
	for relation, texts := range map[string][]string{
		"owns~inspur-group~inspur~":                 {"持股关系", "股东", "36%", "股权", "2 个独立来源"},
		"makes~asml~euv-scanner~":                   {"生产关系", "生产商", "阿斯麦", "100%", "占EUV光刻机市场"},
		"lists~us-bis~inspur-group~":                {"列入名单", "Entity List"},
		"supplies~sk-hynix~nvidia~hbm":              {"占英伟达高带宽内存采购量", "证据"},
		"supplies~samsung-electronics~nvidia~hbm3e": {"3 个来源否认此关系", "争议"},
		"associated~advantest~teradyne~":            {"关联关系", "竞争对手"},
		"input_of~abf-film~abf-substrate~":          {"投入关系"},
	} {
		p.showing(relation)
		p.see(texts...)
	}
}
