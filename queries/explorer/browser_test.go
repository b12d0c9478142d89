package explorer_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/sqlitestore"
	"github.com/tributarygraph/tributary/importer"
	"github.com/tributarygraph/tributary/importer/sample"
	"github.com/tributarygraph/tributary/queries/explorer"
	"github.com/tributarygraph/tributary/queries/httpapi"
)

// Environment variables that steer the browser tests.
const (
	envChromium = "TRIBUTARY_TEST_CHROMIUM"    // the program; else one of the path
	envRequire  = "TRIBUTARY_REQUIRE_CHROMIUM" // 1: a test that finds no Chromium fails instead of being skipped
)

// patience is how long a test waits for what the page ought to show, on a busy machine.
const patience = time.Minute

// stopChromium ends the browser; nil while none was started.
var stopChromium func()

// chromium is the browser of this test process: started when the first test asks, each test with a profile of its own.
var chromium = sync.OnceValues(func() (context.Context, error) {
	program := os.Getenv(envChromium)
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = cmp.Or(program, found)
		}
	}
	if program == "" {
		return nil, fmt.Errorf("chromium is not installed, and %s names none", envChromium)
	}
	// The sandbox of the browser does not run as root, nor where namespaces are forbidden; these pages are our own.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("force-color-profile", "srgb"), chromedp.WSURLReadTimeout(patience))
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	browser, _ := chromedp.NewContext(allocator)
	stopChromium = func() { _ = chromedp.Cancel(browser) }
	return browser, chromedp.Do(browser)
})

func TestMain(m *testing.M) {
	status := m.Run()
	if stopChromium != nil {
		stopChromium()
	}
	os.Exit(status)
}

// site is a server on a store, with the page.
type site struct {
	store graph.Store
	views *graph.Follower
	url   string
}

// serveSample serves the sample out of an embedded store of the test's own.
func serveSample(t testing.TB) *site {
	t.Helper()
	store, err := sqlitestore.Open(t.Context(), filepath.Join(t.TempDir(), "sample.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	inputs, err := importer.FilesOf(sample.FS(), "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := importer.Import(t.Context(), store, inputs, importer.Options{Dataset: "sample"}); err != nil {
		t.Fatal(err)
	}
	return serve(t, store, "")
}

// serve serves a store; clients must send the token, where it is not empty.
func serve(t testing.TB, store graph.Store, token string) *site {
	t.Helper()
	return serveWith(t, httpapi.Config{Store: store, Token: token})
}

// serveWith serves a store by a server of which something is set.
func serveWith(t testing.TB, config httpapi.Config) *site {
	t.Helper()
	views, err := graph.Follow(context.Background(), config.Store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(views.Close)
	page, err := explorer.New()
	if err != nil {
		t.Fatal(err)
	}
	config.Views, config.Page, config.Build, config.TempDir, config.Log = views, page, "test", t.TempDir(), slog.New(slog.DiscardHandler)
	server, err := httpapi.New(config)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(func() {
		listener.Close()
		server.Close()
	})
	return &site{store: config.Store, views: views, url: listener.URL}
}

// step is one thing that a reader does.
type step = chromedp.Action[chromedp.Void]

func enableNetwork(ctx context.Context, target *chromedp.Target) (done chromedp.Void, err error) {
	_, err = cdp.Call(ctx, target, network.Enable, network.EnableParams{})
	return done, err
}

func enableLog(ctx context.Context, target *chromedp.Target) (done chromedp.Void, err error) {
	_, err = cdp.Call(ctx, target, log.Enable, cdp.Empty{})
	return done, err
}

// tab is a page in the browser. A test with a tab fails when the page throws, writes an error to its console, when a
// request fails or is refused, and when one leaves the page's origin.
type tab struct {
	t   testing.TB
	ctx context.Context
	url string

	mu      sync.Mutex
	faults  []string
	allowed []string // beginnings of faults that the test brings about
}

// open opens a tab at an address within the page, such as "#/company/nvidia/chain", in English unless the address or
// the test says otherwise.
func (s *site) open(t testing.TB, at string, actions ...step) *tab {
	t.Helper()
	browser, err := chromium()
	if err != nil {
		if os.Getenv(envRequire) == "1" {
			t.Fatalf("no Chromium, and %s=1 requires one: %v", envRequire, err)
		}
		t.Skipf("SKIPPED, no Chromium: %v", err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx, url: s.url}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.check)
	p.run(append([]step{enableNetwork, enableLog, chromedp.EmulateViewport(1440, 900)}, actions...)...)
	p.goTo(at)
	return p
}

// listen notes what is wrong with the page.
func (p *tab) listen(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.fault("the page threw: " + e.ExceptionDetails.Text)
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			p.fault(thrown.Description)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var said strings.Builder
			for _, argument := range e.Args {
				fmt.Fprintf(&said, " %s%s", argument.Value, argument.Description)
			}
			p.fault("the console says:" + said.String())
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			p.fault("the log says: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		if at, err := url.Parse(e.Request.URL); err == nil && at.Scheme != "data" && at.Scheme != "blob" && !strings.HasPrefix(e.Request.URL, p.url+"/") && e.Request.URL != "about:blank" {
			p.fault("a request left the origin: " + e.Request.URL)
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			p.fault(fmt.Sprintf("%d for %s", e.Response.Status, e.Response.URL))
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			p.fault("a request failed: " + e.ErrorText)
		}
	}
}

func (p *tab) fault(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, text)
}

// allow says that the test brings about faults that contain a text.
func (p *tab) allow(containing string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, containing)
}

func (p *tab) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
faults:
	for _, fault := range p.faults {
		for _, allowed := range p.allowed {
			if strings.Contains(fault, allowed) {
				continue faults
			}
		}
		p.t.Error(fault)
	}
}

// run does what a reader does. It fails the test, with what the page shows, when that is not possible in time.
func (p *tab) run(actions ...step) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		at, _ := chromedp.Run(p.ctx, chromedp.Location())
		shown, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.body.innerText.slice(0, 3000)`))
		p.t.Fatalf("%v\nat %s the page shows:\n%s", err, at, shown)
	}
}

// goTo goes to an address within the page.
func (p *tab) goTo(at string) {
	p.t.Helper()
	p.run(chromedp.Navigate(p.url+"/"+at), chromedp.WaitVisible(chromedp.CSS("#main")))
}

// see waits until the page shows each of the texts.
func (p *tab) see(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.until(fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
	}
}

// until waits until an expression holds in the page.
func (p *tab) until(expression string) {
	p.t.Helper()
	p.run(chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(patience)))
}

// at waits until the address, unescaped, contains a text.
func (p *tab) at(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`decodeURIComponent(location.href).includes(%q)`, text))
}

// click clicks what shows a text: the innermost visible link, button, tab, option or the like.
func (p *tab) click(text string) {
	p.t.Helper()
	p.run(chromedp.Click(fmt.Sprintf(`//*[self::a or self::button or self::summary or self::label or self::th or @role][contains(normalize-space(.), %q)][not(.//a[contains(normalize-space(.), %q)] or .//button[contains(normalize-space(.), %q)])]`, text, text, text), chromedp.NodeVisible))
}

// value evaluates an expression in the page.
func value[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}
