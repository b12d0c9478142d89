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
