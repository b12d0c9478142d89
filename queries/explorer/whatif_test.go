package explorer_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestWhatIf switches things off: from the first page, by the box, lowered instead of stopped, and reads why.
func TestWhatIf(t *testing.T) {
	s := serveSample(t)
	p := s.open(t, "")
	p.click("What happens to Microsoft if liquid cooling stops?")
	p.at("#/company/microsoft/whatif?stop=product:liquid-cooling")
	p.see("Microsoft Corporation would lose at least 0% and at most 100% of its output", "It needs Nvidia GB300 NVL72 rack, and NVIDIA Corporation is the only documented supplier",
		"4 companies downstream would lose something or may: none for certain, up to 4 everything", "OpenAI")

	p.run(chromedp.SendKeys(chromedp.CSS(`.whatif-picker input`), "asml"))
	p.see("ASML Holding")
	p.run(chromedp.SendKeys(chromedp.CSS(`.whatif-picker input`), kb.Enter))
	p.at("stop=product:liquid-cooling&stop=company:asml")
	p.run(chromedp.SetValue(chromedp.CSS(`.stop:last-child .level`), ""), chromedp.SendKeys(chromedp.CSS(`.stop:last-child .level`), "40"+kb.Enter))
	p.at("stop=company:asml@40")
	p.click("What nobody states")
	p.click("Documented suppliers are all there are")
	p.at("assume=complete")

	p.goTo("#/company/microsoft/whatif?stop=product:liquid-cooling&lang=zh")
	p.run(chromedp.Reload())
	p.see("微软将损失至少 0%、至多 100% 的产出", "需要GB300机柜，英伟达是唯一有记录的供应商")
}
