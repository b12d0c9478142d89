package explorer_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestProductView(t *testing.T) {
	s := serveSample(t)
	p := s.open(t, "#/product/hbm")
	p.see("Who makes it", "SK hynix", "Who supplies it to whom", "What it goes into")

	// A maker's share opens its evidence, and the page stays.
	p.run(chromedp.Click(chromedp.CSS(`.product .rows a[href*="relation=makes"]`), chromedp.NodeVisible))
	p.at("relation=makes~")
	p.see("What the sources say", "of the market of High bandwidth memory")
	p.run(chromedp.KeyEvent(kb.Escape))
	p.until(`!document.querySelector(".evidence")`)

	p.click("What if it stops?")
	p.at("#/whatif?stop=product:hbm")
	p.see("Who loses something")

	p = s.open(t, "#/product/liquid-cooling?lang=zh")
	p.see("下级品类", "生产商", "供应关系", "若其断供会怎样？")
}
