package explorer_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestOddAddresses opens addresses that nobody would make by clicking: each shows its view, and no view breaks.
func TestOddAddresses(t *testing.T) {
	p := serveSample(t).open(t, "")
	for _, test := range []struct{ at, shows string }{
		{"#/company/nvidia/chain?as_of=any", "whatever the date"},
		{"#/company/nvidia/chain?as_of=today", "Suppliers · tier 1"},
		{"#/company/nvidia/chain?as_of=2024Q2", "Suppliers · tier 1"},
		{"#/company/nvidia/chain?pair=%25~a", "Suppliers · tier 1"},
		{"#/company/nvidia/whatif?rest=null", "What stops"},
		{"#/whatif?rest=[1]", "What stops"},
		{"#/constructor", "Who stands behind your suppliers?"},
		{"#/company/nvidia/toString", "Suppliers · tier 1"},
	} {
		p.goTo("#/network") // each begins with another view, or the text of the last would do
		p.see("Companies by country")
		p.goTo(test.at)
		p.see(test.shows)
	}
}

// TestViewFails breaks a view: the frame says so in both languages, and the next address shows its view.
func TestViewFails(t *testing.T) {
	p := serveSample(t).open(t, "")
	p.allow("broken on purpose")
	p.run(chromedp.Evaluate[chromedp.Void](`{ window.kept = Intl.DateTimeFormat; Intl.DateTimeFormat = function () { throw new Error("broken on purpose") } }`))
	p.run(chromedp.Evaluate[chromedp.Void](`location.hash = "#/company/nvidia/chain"`))
	p.see("This view failed")
	p.click("中文")
	p.see("此视图出错")
	p.run(chromedp.Evaluate[chromedp.Void](`{ Intl.DateTimeFormat = window.kept }`))
	p.click("返回首页")
	p.see("您的供应商背后是谁？")
	p.run(chromedp.Evaluate[chromedp.Void](`location.hash = "#/company/nvidia/chain"`))
	p.see("1 级供应商")
}

// TestLanguageChosen: hits that are kept speak the language that was chosen since, which replaces that of the link and
// is kept where a link's is not.
func TestLanguageChosen(t *testing.T) {
	p := serveSample(t).open(t, "#/network?lang=zh")
	p.see("全网概览")
	p.until(`localStorage.getItem("tributary.language") === null`)
	p.run(chromedp.SendKeys(searchBox, "nvidia"))
	p.until(`document.querySelector(".top .hits")?.innerText.includes("美国")`)
	p.click("English")
	p.until(`!location.hash.includes("lang=") && localStorage.getItem("tributary.language") === "en"`)
	p.run(chromedp.SendKeys(searchBox, " "))
	p.until(`document.querySelector(".top .hits")?.innerText.includes("United States") && !document.querySelector(".top .hits").innerText.includes("美国")`)
}
