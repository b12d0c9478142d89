package explorer_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
)

// measure is JavaScript that a page is measured with. picture waits for the picture that f brings about and gives how
// many milliseconds after the call it was seen, and how many of these the API took; frames moves the picture for a
// second or so and gives the milliseconds from frame to frame; hovers points at boxes and waits for two frames each.
const measure = `window.measure = {
	api: () => performance.getEntriesByType("resource").filter((e) => e.name.includes("/chain?")).at(-1)?.duration ?? 0,
	pictures: () => performance.getEntriesByName("picture").length,
	frame: () => new Promise((done) => requestAnimationFrame(() => done(performance.now()))),
	async picture(f) {
		const [before, began] = [this.pictures(), performance.now()];
		f();
		while (this.pictures() === before) await this.frame();
		return [performance.getEntriesByName("picture").at(-1).startTime - began, this.api()];
	},
	async frames() {
		const svg = document.querySelector(".flow > svg"), took = [];
		let last = await this.frame();
		for (let i = 0; i < 60; i++) {
			svg.dispatchEvent(new WheelEvent("wheel", { deltaY: i < 30 ? 40 : -40, bubbles: true, cancelable: true, clientX: 700, clientY: 600 }));
			const now = await this.frame();
			took.push(now - last);
			last = now;
		}
		return took;
	},
	async hovers() {
		const took = [];
		for (const box of [...document.querySelectorAll(".flow-node")].slice(0, 20)) {
			const began = performance.now();
			box.dispatchEvent(new PointerEvent("pointermove", { bubbles: true }));
			await this.frame();
			took.push(await this.frame() - began);
		}
		return took;
	},
}`

// BenchmarkPage measures the picture of a chain as a reader sees it, in Chromium at 1440 by 900: when it first stands
// after the page was opened, and after a filter changes, both with what of it is the API's; then how long frames take
// while it moves, and while its boxes are pointed at. On the sample, and where TRIBUTARY_BENCH_STORE names a large
// store on its company with the most suppliers.
func BenchmarkPage(b *testing.B) {
	type subject struct{ name, at string }
	run := func(s *site, subjects ...subject) {
		for _, of := range subjects {
			b.Run(of.name, func(b *testing.B) { benchPage(b, s, of.at) })
		}
	}
	run(serveSample(b), subject{"sample", "#/company/nvidia/chain?suppliers=3&customers=2"})
	path := os.Getenv("TRIBUTARY_BENCH_STORE")
	if path == "" {
		return
	}
	store, err := sqlitestore.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	s := serve(b, store, "")
	id := mostSuppliers(s.views.View())
	run(s, subject{"large", "#/company/" + id + "/chain?suppliers=2&customers=1"},
		subject{"boxes=2000", "#/company/" + id + "/chain?suppliers=2&customers=1&visible=2000"})
}

func mostSuppliers(v *graph.View) string {
	return v.ID(graph.KindCompany, slices.MaxFunc(slices.Collect(v.Nodes(graph.KindCompany)), func(x, y graph.Node) int {
		return cmp.Compare(v.In(graph.KindSupplies, x).Len(), v.In(graph.KindSupplies, y).Len())
	}))
}

func benchPage(b *testing.B, s *site, at string) {
	var first, firstAPI, filter, filterAPI, frames, hovers []float64
	boxes := 0.0
	for b.Loop() {
		p := s.open(b, at)
		p.until(`performance.getEntriesByName("picture").length > 0`)
		p.run(chromedp.Evaluate[chromedp.Void](measure))
		first = append(first, value[float64](p, `performance.getEntriesByName("picture")[0].startTime`))
		firstAPI = append(firstAPI, value[float64](p, `measure.api()`))
		moved := waited[[]float64](p, `measure.frames()`)
		frames = append(frames, moved...)
		hovers = append(hovers, waited[[]float64](p, `measure.hovers()`)...)
		for _, confidence := range []string{"0.3", "0.5", "0.65"} {
			took := waited[[]float64](p, fmt.Sprintf(`measure.picture(() => { location.hash += "&min_confidence=%s"; })`, confidence))
			filter, filterAPI = append(filter, took[0]), append(filterAPI, took[1])
			waited[[]float64](p, fmt.Sprintf(`measure.picture(() => { location.hash = location.hash.replace("&min_confidence=%s", ""); })`, confidence))
		}
		boxes = value[float64](p, `Number(document.querySelector(".flow").dataset.boxes)`)
	}
	b.ReportMetric(boxes, "boxes")
	for _, m := range []struct {
		unit string
		of   []float64
	}{{"ms-first", first}, {"ms-first-api", firstAPI}, {"ms-filter", filter}, {"ms-filter-api", filterAPI}, {"ms-frame", frames}, {"ms-hover", hovers}} {
		slices.Sort(m.of)
		b.ReportMetric(m.of[len(m.of)/2], m.unit)
	}
	slices.Sort(frames)
	b.ReportMetric(frames[len(frames)*95/100], "ms-frame-p95")
	b.ReportMetric(0, "ns/op")
}

// waited evaluates an expression that is a promise.
func waited[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}
