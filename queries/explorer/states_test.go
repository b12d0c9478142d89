package explorer_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// state is a view as it stands at an address.
type state struct {
	name   string // of its picture
	at     string
	en, zh string // what shows, in each language, once it is there
}

// states are one for each view and each of its faces that look different.
var states = []state{
	{"start", "#/", "Who stands behind your suppliers?", "您的供应商背后是谁？"},
	{"found", "#/?q=semi", "Companies found", "查找结果"},
	{"import", "#/import", "Drop files here", "将文件拖放到此处"},
	{"review", "#/review", "Nothing to decide", "没有待决定的名称"},
	{"network", "#/network?from=JP&to=TW", "All companies: Taiwan", "全部公司："},
	{"network-sector", "#/network?by=sector", "Companies by sector", "按行业统计的公司"},
	{"network-risk", "#/network/risk", "What if it stops?", "若其中断？"},
	{"network-coverage", "#/network/coverage", "Where the documents end", "资料的边界"},
	{"exposure", "#/company/nvidia/exposure?exposures_row=tsmc", "Along this chain most is lost", "损失最大的传导链条"},
	{"chokepoints", "#/company/nvidia/exposure?section=chokepoints&as_of=2026-11-24", "King Yuan Electronics", "京元电子"},
	{"sanctions", "#/company/bytedance/exposure?section=sanctions&rule=bis&sanctions_row=inspur", "By which ownership it follows", "由何种股权关系得出"},
	{"changes", "#/company/nvidia/exposure?section=changes&from=2021-12-31&to=2026-11-24&did_row=supplies~sk-hynix~nvidia~hbm", "1 company came upstream", "上游新增 1 家公司"},
	{"gaps", "#/company/nvidia/exposure?section=gaps&as_of=2026-11-24", "184 facts are not known", "184 项未知"},
	{"concentration", "#/company/nvidia/exposure?section=concentration&as_of=2026-11-24", "5,041 to 5,882", "5,041 至 5,882"},
	{"chain", "#/company/nvidia/chain", "Suppliers · tier 1", "1 级供应商"},
	{"chain-selected", "#/company/nvidia/chain?suppliers=3&customers=2&select=sk-hynix", "Suppliers here", "图中供应商"},
	{"chain-list", "#/company/tsmc/chain?show=list", "Suppliers · tier 1", "1 级供应商"},
	{"evidence", "#/company/nvidia/chain?relation=supplies~sk-hynix~nvidia~hbm", "What the sources say", "各来源的说法"},
	{"product", "#/product/hbm", "Who supplies it to whom", "供应关系"},
	{"whatif", "#/company/microsoft/whatif?stop=product:liquid-cooling", "Who loses something", "受影响的公司"},
}

const (
	light, dark = "light", "dark"
	wide, phone = 1440, 390
)

// show opens a state as a reader with that language, scheme and screen sees it, and waits until it is there.
func (s *site) show(t testing.TB, of state, language, scheme string, width int64) *tab {
	t.Helper()
	height := int64(900)
	if width == phone {
		height = 844
	}
	p := s.open(t, "", chromedp.EmulateViewport(width, height), prefer(scheme))
	p.run(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`localStorage.setItem("tributary.language", %q)`, language)))
	p.goTo("")
	p.run(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`location.hash = %q`, of.at)))
	wanted := of.en
	if language == "zh" {
		wanted = of.zh
	}
	p.see(wanted)
	p.until(`!document.querySelector(".loading, [aria-busy=true]")`)
	return p
}

// prefer makes the browser ask for a colour scheme, as its system would, and for no movement.
func prefer(scheme string) step {
	return func(ctx context.Context, target *chromedp.Target) (done chromedp.Void, err error) {
		_, err = cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return done, err
	}
}

// axe is the checker of accessibility that npm ci brings.
const axe = "web/node_modules/axe-core/axe.min.js"

// axeOf is the checker. Without it the test is skipped, or fails where browser tests are required.
func axeOf(t *testing.T) string {
	t.Helper()
	checker, err := os.ReadFile(axe)
	if err != nil {
		if os.Getenv(envRequire) == "1" {
			t.Fatalf("no axe, and %s=1 requires it: run npm ci in queries/explorer/web (%v)", envRequire, err)
		}
		t.Skipf("SKIPPED, no axe: run npm ci in queries/explorer/web (%v)", err)
	}
	return string(checker)
}

// TestAccessible lets axe look for what keeps readers out, in each state, light and dark, wide and on a phone.
func TestAccessible(t *testing.T) {
	checker := axeOf(t)
	s := serveSample(t)
	for i, of := range states {
		t.Run(of.name, func(t *testing.T) {
			// Languages and schemes take turns: each state meets both widths, each scheme half of the states twice.
			for j, width := range []int64{wide, phone} {
				scheme := []string{light, dark}[(i+j)%2]
				p := s.show(t, of, []string{"en", "zh"}[(i+j)%2], scheme, width)
				p.accessible(checker)
			}
		})
	}
}

// accessible lets axe look at what the page shows, which must not be wider than the screen either.
func (p *tab) accessible(checker string) {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](checker))
	found := value[[]violation](p, `axe.run({resultTypes: ["violations"]}).then(r => r.violations.filter(v => ["serious", "critical"].includes(v.impact)).map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 5).map(n => n.html.slice(0, 200) + " " + (n.any[0] || n.all[0] || n.none[0] || {}).message)})))`)
	for _, v := range found {
		p.t.Errorf("%s: %s\n  %s", v.ID, v.Help, strings.Join(v.Nodes, "\n  "))
	}
	if sideways := value[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); sideways > 0 {
		p.t.Errorf("the page is %d pixels wider than the screen", sideways)
	}
}

type violation struct {
	ID    string
	Help  string
	Nodes []string
}

// update makes the pictures of the docs again: go test ./queries/explorer -run Pictures -update
var update = flag.Bool("update", false, "write the pictures of the docs")

// pictures go into the docs.
var pictures = []struct{ state, language, scheme string }{
	{"start", "en", light},
	{"chain", "en", light},
	{"whatif", "en", light},
	{"evidence", "zh", dark},
	{"exposure", "en", light},
	{"network", "zh", dark},
}

// TestPictures takes the pictures of the docs.
func TestPictures(t *testing.T) {
	folder := t.TempDir()
	if *update {
		folder = "../../docs/images"
	}
	s := serveSample(t)
	for _, picture := range pictures {
		of := stateNamed(t, picture.state)
		p := s.show(t, of, picture.language, picture.scheme, wide)
		shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%s-%s-%s.png", of.name, picture.language, picture.scheme)
		if err := os.WriteFile(filepath.Join(folder, name), shot, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func stateNamed(t *testing.T, name string) state {
	t.Helper()
	for _, of := range states {
		if of.name == name {
			return of
		}
	}
	t.Fatalf("no state is called %q", name)
	return state{}
}

// TestWords compares what the page shows in both languages: in Chinese no English words of its own are left in the
// frame, and switching keeps the address.
func TestWords(t *testing.T) {
	p := serveSample(t).open(t, "#/?q=semi")
	p.see("Companies found", "Network")
	p.click("中文")
	p.see("查找结果", "全网概览")
	p.at("#/?q=semi")
	if lang := value[string](p, `document.documentElement.lang`); lang != "zh-Hans" {
		t.Errorf("the page says that its language is %q", lang)
	}
	p.click("English")
	p.see("Companies found")
}

// TestToken opens the page of a server that wants a token.
func TestToken(t *testing.T) {
	s := serve(t, serveSample(t).store, "secret")
	p := s.open(t, "#/company/nvidia")
	p.allow("401")
	p.see("This server wants a token")
	p.run(chromedp.SendKeys(chromedp.CSS(`input[type=password]`), "secret"))
	p.click("Go on")
	p.see("NVIDIA Corporation")
}
