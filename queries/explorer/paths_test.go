package explorer_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestPathsView(t *testing.T) {
	s := serveSample(t)
	p := s.open(t, "#/paths?k=2")
	from, to := chromedp.CSS(`.path-form .picker input`), chromedp.CSS(`.path-form .swap + .picker input`)
	p.run(chromedp.SendKeys(from, "ASML"))
	p.see("ASML Holding N.V.")
	p.run(chromedp.SendKeys(from, kb.Enter))
	p.at("from=asml")
	p.run(chromedp.SendKeys(to, "英伟达"))
	p.see("NVIDIA Corporation")
	p.run(chromedp.SendKeys(to, kb.Enter))
	p.at("to=nvidia")
	p.see("2 ways from ASML Holding N.V. to NVIDIA Corporation", "Way 1", "Way 2", "2 hops", "EUV scanner", "weakest hop", "63% if the hops are independent",
		"goes into what comes next (as a source says what it is needed for)")

	// A hop opens its evidence, and the ways stay.
	p.click("CoWoS")
	p.at("relation=supplies~tsmc~nvidia~cowos")
	p.see("Evidence", "Way 2")
	p.run(chromedp.KeyEvent(kb.Escape))
	p.until(`!document.querySelector(".evidence")`)

	// The other way round there is none, and it says what to try.
	p.run(chromedp.Click(chromedp.CSS(".path-form .swap")))
	p.at("from=nvidia")
	p.see("No way leads from NVIDIA Corporation to ASML Holding N.V.", "following ownership too")
	p.click("the other direction")
	p.see("2 ways from ASML Holding N.V.")

	p = s.open(t, "#/paths?from=asml&to=nvidia&lang=zh")
	p.see("从阿斯麦到英伟达的 3 条路径", "EUV光刻机", "最弱环节", "台积电", "若各环节相互独立")
}
