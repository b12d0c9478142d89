package explorer_test

import (
	"testing"
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
	p.settled()
	p.click("Common suppliers")
	p.see("Ajinomoto", "5 of 38")
}

// TestExposureInChinese reads the same in Chinese.
func TestExposureInChinese(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia/exposure?exposures_row=asia-vital-components&lang=zh")
	p.see("敞口排名", "停供损失", "若奇鋐停供", "损失最大的传导链条", "查明何事可收窄区间")
	p.click("瓶颈")
	p.see("唯一路径")
}

// settled waits until nothing is on its way: what comes moves what is below it, and a click would miss.
func (p *tab) settled() {
	p.t.Helper()
	p.until(`!document.querySelector(".loading, [aria-busy=true]")`)
}
