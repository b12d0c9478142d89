package explorer_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const searchBox = chromedp.CSS(`.search input`)

func TestFind(t *testing.T) {
	p := serveSample(t).open(t, "")
	for _, typed := range []string{"nvid", "英伟达", "ticker:XNAS:NVDA", "isin:US67066G1040"} {
		p.run(chromedp.SendKeys(searchBox, typed))
		p.see("NVIDIA Corporation")
		p.run(chromedp.SendKeys(searchBox, kb.Enter))
		p.at("#/company/nvidia")
		p.see("United States")
		p.goTo("")
	}
}

// TestFindGroups finds countries and sectors by their names in both languages.
func TestFindGroups(t *testing.T) {
	p := serveSample(t).open(t, "")
	for _, test := range []struct{ typed, offered, at, shows string }{
		{"japan", "country · 40 companies", "#/?country=JP", "Advantest"},
		{"日本", "country · 40 companies", "#/?country=JP", "Advantest"},
		{"foundry", "sector · 1 company", "#/?sector=foundry", "Taiwan Semiconductor"},
	} {
		p.run(chromedp.SendKeys(searchBox, test.typed))
		p.see(test.offered)
		p.run(chromedp.SendKeys(searchBox, kb.Enter))
		p.at(test.at)
		p.see(test.shows)
		p.goTo("")
	}
	p.click("中文")
	p.run(chromedp.SendKeys(searchBox, "korea"))
	p.see("韩国", "国家/地区 · 14 家公司")
}
