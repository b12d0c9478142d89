package explorer_test

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// chainBox is the box of a company or group in the picture of a chain.
func chainBox(id string) chromedp.CSS {
	return chromedp.CSS(fmt.Sprintf(`.flow-node[data-id=%q]`, id))
}

// painted counts the pixels that the ribbons of the picture cover.
const painted = `(() => { const c = document.querySelector(".flow canvas"); if (!c || !c.width) return 0; const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
	let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i]) n++; return n; })()`

func TestChainPicture(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia/chain")
	p.see("Suppliers · tier 2", "Suppliers · tier 1", "38 companies", "Customers · tier 1", "NVIDIA Corporation", "SK hynix Inc.", "companies are folded into groups")
	p.until(painted + ` > 5000`)
	p.see("Suppliers · tier 2")

	p.run(chromedp.Click(chainBox("sk-hynix")))
	p.at("select=sk-hynix")
	p.see("Open this company", "Suppliers here", "High bandwidth memory")
	p.until(`document.querySelector('.flow-node[data-id="amphenol"]').classList.contains("pale") && !document.querySelector('.flow-node[data-id="microsoft"]').classList.contains("pale")`)
	p.run(chromedp.Click(chromedp.CSS(`.chain-card .relations a`)))
	p.at("relation=supplies~")
	p.goTo("#/company/nvidia/chain?select=sk-hynix")
	p.click("Open this company")
	p.at("#/company/sk-hynix/chain")
	p.see("SK hynix Inc.")
}

func TestChainGroups(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia/chain?visible=20")
	p.run(chromedp.Click(chainBox("group:-1:TW")))
	p.at("open=-1:TW")
	p.see("Opened: Taiwan")
	p.until(`document.querySelector('.flow-node[data-id="tsmc"]') !== null`)
	p.click("Opened: Taiwan")
	p.until(`document.querySelector('.flow-node[data-id="group:-1:TW"]') !== null`)
	p.run(chromedp.SendKeys(chromedp.CSS(`.chain-filters select:has(option[value="sector"])`), "S"))
	p.at("fold=sector")
	p.until(`[...document.querySelectorAll(".flow-node.group .name")].some((e) => e.textContent === "packaging equipment")`)
}

func TestChainFilters(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia/chain")
	p.run(chromedp.Click(chromedp.CSS(`button[aria-label="Supplier tiers: one more"]`)))
	p.at("suppliers=3")
	p.see("Suppliers · tier 3", "9 companies")
	p.run(chromedp.Click(chromedp.CSS(`button[aria-label="Customer tiers: one less"]`)))
	p.at("customers=0")
	p.until(`!document.body.innerText.includes("Customers · tier 1")`)

	product, country := chromedp.CSS(`.chain-filters .picker:nth-of-type(3) input`), chromedp.CSS(`.chain-filters .picker:nth-of-type(4) input`)
	p.run(chromedp.SendKeys(product, "liquid cool"))
	p.see("Liquid cooling")
	p.run(chromedp.SendKeys(product, kb.ArrowDown+kb.ArrowUp+kb.Enter))
	p.at("product=liquid-cooling")
	p.see("Vertiv")
	p.until(`document.querySelector('.flow-node[data-id="sk-hynix"]') === null`)
	p.click("Reset")
	p.until(`!location.hash.includes("product")`)

	p.run(chromedp.SendKeys(country, "jap"))
	p.see("Japan")
	p.run(chromedp.SendKeys(country, kb.Enter))
	p.at("country=JP")
	p.see("are hidden by the filters")
	p.run(chromedp.Click(chromedp.CSS(`button[aria-label="Remove Japan"]`)))
	p.until(`!location.hash.includes("country")`)

	p.run(chromedp.SendKeys(chromedp.CSS(`#chain-date`), kb.Home))
	p.at("as_of=2024")
	p.click("Today")
	p.until(`!location.hash.includes("as_of")`)
	p.run(chromedp.SendKeys(chromedp.CSS(`.chain-filters input[step="0.05"]`), kb.End))
	p.at("min_confidence=1")
	p.run(chromedp.Reload())
	p.see("Confidence at least 100%")
}

func TestChainKeyboard(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia/chain")
	p.until(`document.querySelector(".flow-node.focal") !== null`)
	p.run(chromedp.Focus(chromedp.CSS(`.flow-node.focal [role="button"]`)), chromedp.KeyEvent(kb.ArrowLeft))
	p.until(`document.activeElement.getAttribute("aria-label")?.includes("supplier, tier 1")`)
	first := value[string](p, `document.activeElement.dataset.id`)
	p.run(chromedp.KeyEvent(kb.ArrowDown))
	p.until(fmt.Sprintf(`document.activeElement.dataset.id !== %q && document.activeElement.closest(".flow-node")`, first))
	p.run(chromedp.KeyEvent(kb.ArrowRight))
	p.until(`document.activeElement.dataset.id === "nvidia"`)
	p.run(chromedp.KeyEvent(kb.ArrowRight))
	p.until(`document.activeElement.getAttribute("aria-label")?.includes("customer, tier 1")`)
	customer := value[string](p, `document.activeElement.dataset.id`)
	p.run(chromedp.KeyEvent(" "))
	p.at("select=" + customer)
	p.run(chromedp.KeyEvent(kb.Enter))
	p.at("#/company/" + customer + "/chain")
}

func TestChainList(t *testing.T) {
	s := serveSample(t)
	p := s.open(t, "#/company/nvidia/chain")
	p.click("List")
	p.at("show=list")
	p.see("Suppliers · tier 1", "High bandwidth memory", "Supplies", "Buys from")
	p.until(`document.querySelector(".flow") === null`)
	phone := s.open(t, "#/company/nvidia/chain", chromedp.EmulateViewport(390, 844))
	phone.see("Suppliers · tier 1", "High bandwidth memory")
	phone.until(`document.querySelector(".flow") === null && document.documentElement.scrollWidth <= innerWidth`)
}

func TestChainInChinese(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia/chain?lang=zh&select=sk-hynix")
	p.see("1 级供应商", "本公司", "1 级客户", "SK海力士", "打开该公司", "图中供应商", "家公司已折叠成组", "最低置信度")
}

// saved clicks a button that saves a picture and gives what is in the file.
func saved(p *tab, button string) string {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](`(() => { const make = URL.createObjectURL; URL.createObjectURL = (blob) => { blob.arrayBuffer().then((b) => {
		const bytes = new Uint8Array(b); window.saved = blob.type + "\n" + (blob.type.includes("svg") ? new TextDecoder().decode(bytes) : String.fromCharCode(...bytes.slice(1, 4)) + " " + bytes.length); });
		return make.call(URL, blob); }; HTMLAnchorElement.prototype.click = () => {}; window.saved = ""; })()`))
	p.click(button)
	p.until(`window.saved.startsWith("image/" + ` + fmt.Sprintf("%q", map[string]string{"SVG": "svg", "PNG": "png"}[button]) + `)`)
	return value[string](p, `window.saved`)
}

func TestChainSaved(t *testing.T) {
	p := serveSample(t).open(t, "#/company/nvidia/chain")
	p.see("NVIDIA Corporation", "Customers · tier 1")
	p.until(painted + ` > 5000`)
	svg := saved(p, "SVG")
	for _, wanted := range []string{"Supply chain of NVIDIA Corporation", "SK hynix Inc.", "Suppliers · tier 2", "companies are folded into groups", `stroke-dasharray="6 3"`, "South Korea"} {
		if !strings.Contains(svg, wanted) {
			t.Errorf("the SVG lacks %q", wanted)
		}
	}
	if _, content, _ := strings.Cut(svg, "\n"); xml.Unmarshal([]byte(content), new(any)) != nil {
		t.Error("the SVG is not well-formed XML")
	}
	if png := saved(p, "PNG"); !strings.HasPrefix(png, "image/png\nPNG ") {
		t.Errorf("no PNG: %.60q", png)
	}
	p.until(`document.querySelector('.saves a[download="chain-nvidia.csv"]').href.includes("/v1/companies/nvidia/chain?suppliers=2&customers=1&visible=20&fold=country&format=csv")`)
}
