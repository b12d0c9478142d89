package explorer_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestExposure goes from a rank to what is behind it, and through the sections.
func TestExposure(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia/exposure")
	p.see("Ranked exposures", "Loss if it stops", "Show all 99")
	p.goTo("#/company/nvidia/exposure?exposures_row=asia-vital-components")
	p.see("If Asia Vital Components Co., Ltd. stops, NVIDIA Corporation loses anything between none and all", "4 suppliers of it are documented", "What would narrow it", "What part of the Cold plate")
	p.click("Cold plate")
	p.at("relation=supplies~asia-vital-components~nvidia~cold-plate")
	p.goTo("#/company/nvidia/exposure?exposures_row=asia-vital-components")
	p.run(chromedp.EmulateViewport(phone, 844))
	p.until(`getComputedStyle(document.querySelector(".hops a")).position === "static"`) // links look like links, not like the panel that they open
	p.run(chromedp.EmulateViewport(wide, 900))
	p.until(`document.querySelector('a[href*="/whatif?stop=company"]')`)
	p.until(`document.querySelector('a[href*="#/paths?from=asia-vital-components&to=nvidia"]')`)

	p.click("Countries")
	p.at("over=countries")
	p.see("Taiwan", "Japan")

	p.click("Chokepoints")
	p.at("section=chokepoints")
	p.see("Only route 7", "Suppliers documented")
	p.settled()
	p.click("Only route")
	p.see("Companies behind it alone")
	p.settled()
	p.click("Concentration")
	p.see("5,041 to 5,882", "no share is stated")
	p.goTo("#/company/nvidia/exposure?section=concentration&hhi_row=hbm")
	p.until(`document.querySelector('.cause .lines a[href*="relation=supplies~"] .share, .cause .lines a[href*="#/paths?"] .share')`)
	p.settled()
	p.click("Common suppliers")
	p.see("Ajinomoto", "5 of 38")
}

// TestExposureOverTime goes through sanctions, changes and what to find out, and narrows what counts.
func TestExposureOverTime(t *testing.T) {
	s := serveSample(t)
	p := s.open(t, "#/company/bytedance/exposure?section=sanctions")
	p.see("No listing is documented under this rule")
	p.settled()
	p.run(chromedp.SetValue(chromedp.CSS(`#section-sanctions select`), "bis"), dispatchChange(`#section-sanctions select`))
	p.at("rule=bis")
	p.see("Possibly blocked", "36%")
	p.goTo("#/company/bytedance/exposure?section=sanctions&rule=bis&sanctions_row=inspur")
	p.see("Bureau of Industry and Security lists Inspur Group", "By which ownership it follows", "control (subsidiary)")
	p.click("Bureau of Industry and Security lists Inspur Group")
	p.at("relation=lists~us-bis~inspur-group~")

	p.goTo("#/company/nvidia/exposure?section=changes&from=2021-12-31&to=2026-11-24&did_row=supplies~sk-hynix~nvidia~hbm")
	p.see("1 company came upstream", "Share of the input: not stated → 71%", "ハンファ投資証券", "Shares of what the company buys that moved")
	p.goTo("#/company/nvidia/exposure?section=changes&from=2021-12-31&to=2026-11-24&shares_row=sk-hynix hbm&moved_row=sk-hynix")
	p.see("Changes behind it")
	p.until(`document.querySelectorAll('table[aria-label^="Shares of"] .cause a.to-evidence, table[aria-label^="Shares of"] .cause a[href*="#/paths?"]').length === 2`)

	p.goTo("#/company/nvidia/exposure?section=gaps")
	p.see("Would NVIDIA Corporation have to stop without Processed logic wafer (foundry)?", "nobody states it")
	p.until(`document.querySelector('a[href="/v1/companies/nvidia/report?format=html"][download]')`)
	p.until(`document.querySelector('a[href*="/v1/companies/nvidia/questionnaire"][download]')`)

	p.goTo("#/company/nvidia/exposure?min_confidence=0.8&as_of=2020-01-01")
	p.see("Ranked exposures")
	p.until(`document.querySelector('.tabs a[href="#/company/nvidia/chain?as_of=2020-01-01&min_confidence=0.8"]')`)
}

// dispatchChange tells the page that a select was changed, as a reader's choice does.
func dispatchChange(selector string) step {
	return chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).dispatchEvent(new Event("change", {bubbles: true}))`, selector))
}

// TestExposureInChinese reads the same in Chinese.
func TestExposureInChinese(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia/exposure?exposures_row=asia-vital-components&lang=zh")
	p.see("敞口排名", "停供损失", "若奇鋐停供", "损失最大的传导链条", "查明何事可收窄区间")
	p.click("瓶颈")
	p.see("唯一路径")
	p.goTo("#/company/bytedance/exposure?section=sanctions&rule=bis&sanctions_row=inspur")
	p.see("可能受限", "由何种股权关系得出", "浪潮集团")
}

// settled waits until nothing is on its way: what comes moves what is below it, and a click would miss.
func (p *tab) settled() {
	p.t.Helper()
	p.until(`!document.querySelector(".loading, [aria-busy=true]")`)
}
